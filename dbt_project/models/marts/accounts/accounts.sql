with registered as (
    select * from {{ ref('int_accounts__registered') }}
),

latest_months as (
    select * from {{ ref('int_revenue__account_months') }}
    where calendar_month = {{ month_of(as_of()) }}
),

quarantined as (
    select account_id from {{ ref('int_revenue__accounts_quarantined') }}
    where calendar_month = {{ month_of(as_of()) }}
),

evidence as (
    select * from {{ ref('int_accounts__evidence_months') }}
    where calendar_month = {{ month_of(as_of()) }}
),

renewal_dates as (
    select account_id, min(renewal_on) as renewal_on
    from {{ ref('int_revenue__renewals_dated') }}
    group by account_id
),

loads as (
    select
        registered.csm_owner,
        count(*) as csm_load,
        cast(sum(latest_months.closing_mrr_minor) as bigint) as csm_load_mrr_minor
    from registered
    inner join latest_months on registered.account_id = latest_months.account_id
    where registered.csm_owner is not null and latest_months.closing_mrr_minor > 0
    group by registered.csm_owner
),

accounts as (
    select
        registered.account_id,
        registered.parent_account_id,
        registered.account_name,
        registered.segment,
        registered.appropriate_experience,
        registered.coverage_model,
        registered.csm_structure,
        registered.csm_owner,
        loads.csm_load,
        loads.csm_load_mrr_minor,
        registered.industry,
        registered.region,
        registered.service_level,
        registered.started_on,
        registered.contract_ends_on,
        registered.is_auto_renewed,
        latest_months.first_paid_month,
        case when not registered.is_merged then coalesce(renewal_dates.renewal_on, registered.renewal_on, registered.contract_ends_on) end
            as renewal_on,
        evidence.customer_class,
        evidence.success_vector,
        case when quarantined.account_id is null then latest_months.closing_mrr_minor end as mrr_minor,
        coalesce(latest_months.closing_mrr_minor > 0, false) as is_paying,
        case when registered.is_merged then registered.survivor_id end as merged_into,
        case when registered.is_merged then registered.merged_on end as merged_on,
        registered.is_derived,
        {{ money_columns() }},
        {{ publication_columns() }}
    from registered
    left join latest_months on registered.account_id = latest_months.account_id
    left join quarantined on registered.account_id = quarantined.account_id
    left join evidence on registered.account_id = evidence.account_id
    left join renewal_dates on registered.account_id = renewal_dates.account_id
    left join loads on registered.csm_owner = loads.csm_owner
)

select * from accounts
