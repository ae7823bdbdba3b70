{#- The contract of billing: one row per line and service interval, whoever bills. Amounts are for one whole billing
    period (interval x interval_count) in minor units of `currency`, period_end_at is exclusive and NULL while open. -#}
with lines as (
    {% for source_name in var('billing_sources') %}
    select * from {{ ref('stg_' ~ source_name ~ '__billing_lines') }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
),

identified as (
    select
        lines.source_name,
        lines.line_id,
        identities.account_id,
        lines.customer_record_kind,
        lines.customer_ref,
        lines.subscription_id,
        lines.product,
        lines.price_ref,
        lines.billing_interval,
        lines.interval_count,
        lines.quantity,
        lines.currency,
        lines.gross_amount_minor,
        {% if var('discount_policy') == 'none' -%}
        cast(0 as decimal(26, 6))
        {%- else -%}
        lines.discount_amount_minor
        {%- endif %} as discount_amount_minor,
        lines.inclusive_tax_minor,
        lines.period_start_at,
        lines.period_end_at,
        lines.billed_until_at,
        lines.kind,
        lines.status,
        case
            when lines.exclusion_reason is not null then lines.exclusion_reason
            when identities.account_id is null then 'unmatched_account'
            when lines.kind = 'recurring' and {{ periods_per_year('lines.billing_interval') }} is null then 'unknown_interval'
        end as exclusion_reason,
        lines.end_cause,
        lines.scheduled_end_at,
        lines.is_end_committed,
        lines.end_requested_at,
        lines.requested_end_at,
        lines.start_cause,
        lines.is_extended,
        lines.is_backdated,
        lines.is_unbilled,
        lines.listed_quantity,
        lines.billed_quantity
    from lines
    left join identities
        on lines.source_name = identities.source_name
        and lines.customer_record_kind = identities.record_kind
        and lines.customer_ref = identities.source_id
    where lines.period_start_at < {{ as_of_end() }}
)

select * from identified
