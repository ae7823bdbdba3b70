{#- Revenue that counts today, by the day it comes up for renewal: the end that billing knows of, for terms of a quarter or
    longer the end of the paid period, else what the registry says, else, for an agreement without an end, the day on which its
    next interval begins. Revenue without any such day is left out. -#}
with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where
        account_id is not null
        and exclusion_reason is null
        and month_number = {{ month_number(as_of()) }}
),

accounts as (
    select * from {{ ref('int_accounts__current') }}
),

anchored as (
    select
        *,
        {{ local_date('period_start_at') }} as starts_on,
        case
            when billed_until_at is null and scheduled_end_at is null then
                {{ whole_periods(local_date('period_start_at'), as_of(), 'billing_interval', 'interval_count') }} * interval_count
        end as counts_past
    from line_months
),

dated as (
    select
        line_months.account_id,
        line_months.net_mrr_minor,
        line_months.is_end_committed,
        case
            when line_months.scheduled_end_at is not null then {{ local_date('line_months.scheduled_end_at') }}
            when
                {{ periods_per_year('line_months.billing_interval') }} <= 4 * line_months.interval_count
                then
                    case
                        when line_months.billed_until_at >= {{ as_of_end() }} then {{ local_date('line_months.billed_until_at') }}
                        else {{ local_date(add_periods('line_months.billed_until_at', 'line_months.billing_interval', 'line_months.interval_count')) }}
                    end
        end as line_ends_on,
        -- counted from the first day, so that the 31st stays the 31st
        cast(case
            when {{ add_periods('line_months.starts_on', 'line_months.billing_interval', 'line_months.counts_past') }} > {{ as_of() }}
                then {{ add_periods('line_months.starts_on', 'line_months.billing_interval', 'line_months.counts_past') }}
            else {{ add_periods('line_months.starts_on', 'line_months.billing_interval', '(line_months.counts_past + line_months.interval_count)') }}
        end as date) as interval_ends_on,
        case when accounts.renewal_on > {{ as_of() }} then accounts.renewal_on end as renewal_on,
        case when accounts.contract_ends_on > {{ as_of() }} then accounts.contract_ends_on end as contract_ends_on
    from anchored as line_months
    inner join accounts on line_months.account_id = accounts.account_id
),

renewals as (
    select
        account_id,
        coalesce(line_ends_on, renewal_on, contract_ends_on, interval_ends_on) as renewal_on,
        case
            when line_ends_on is not null then 'billing'
            when renewal_on is not null then 'registry_renewal'
            when contract_ends_on is not null then 'registry_contract_end'
            else 'interval'
        end as date_basis,
        net_mrr_minor,
        is_end_committed
    from dated
),

renewals_dated as (
    select
        account_id,
        renewal_on,
        min(date_basis) as date_basis,
        bool_and(date_basis = 'interval') as is_date_derived,
        cast(sum(net_mrr_minor) as bigint) as exposed_mrr_minor,
        cast(sum(case when is_end_committed then net_mrr_minor else 0 end) as bigint) as committed_churn_minor
    from renewals
    where renewal_on > {{ as_of() }}
    group by account_id, renewal_on
)

select * from renewals_dated
