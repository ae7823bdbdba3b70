{#- Billing lines month by month, each under the account it is of in that month: where the map of identities says from when to
    when a customer is whose, the day of the month's snapshot decides. -#}
{{ config(materialized='view') }}

with spans as (
    select * from {{ ref('int_revenue__line_spans') }}
),

identity_spans as (
    select * from {{ ref('int_accounts__identity_spans') }}
),

exploded as (
    select
        *,
        {{ explode_integers('first_month', 'last_month') }} as month_number
    from spans
),

dated as (
    select
        *,
        {% if var('mrr_snapshot') == 'first_instant' -%}
        {{ first_of_month('month_number') }} as snapshot_on
        {%- else -%}
        least({{ add_days(first_of_month('month_number + 1'), -1) }}, {{ as_of() }}) as snapshot_on
        {%- endif %}
    from exploded
),

owned as (
    select
        dated.* except (account_id, exclusion_reason),
        case when identity_spans.source_id is null then dated.account_id else identity_spans.account_id end as account_id,
        case
            when identity_spans.source_id is null then dated.exclusion_reason
            when coalesce(dated.exclusion_reason, 'unmatched_account') <> 'unmatched_account' then dated.exclusion_reason
            when identity_spans.account_id is null then 'unmatched_account'
            when dated.kind = 'recurring' and {{ periods_per_year('dated.billing_interval') }} is null then 'unknown_interval'
        end as exclusion_reason
    from dated
    left join identity_spans
        on dated.source_name = identity_spans.source_name
        and dated.customer_record_kind = identity_spans.record_kind
        and dated.customer_ref = identity_spans.source_id
        and (identity_spans.valid_from is null or dated.snapshot_on >= identity_spans.valid_from)
        and (identity_spans.valid_to is null or dated.snapshot_on < identity_spans.valid_to)
)

select * from owned
