{#- Accounts' MRR of closed months that differs from the last publication, with the cause as far as it shows: another policy,
    a merge since, the same billed amount at another rate, else data that came late. -#}
with published as (
    {{ previous_rows('account_months', {
        'account_id': 'string', 'calendar_month': 'date', 'is_provisional': 'boolean', 'closing_mrr_minor': 'bigint',
        'billing_currency': 'string', 'billing_mrr_minor': 'bigint', 'as_of_date': 'date', 'policy_version': 'string',
    }) }}
),

account_months as (
    select * from {{ ref('int_revenue__account_months') }}
),

billed as (
    select * from {{ ref('int_revenue__billing_currencies') }}
),

registered as (
    select * from {{ ref('int_accounts__registered') }}
),

closed as (
    select * from published
    where not is_provisional and as_of_date <= {{ as_of() }}
),

newly_merged as (
    select distinct registered.account_id, registered.survivor_id
    from registered
    inner join closed on registered.account_id = closed.account_id
    where registered.is_merged
),

merge_parties as (
    select account_id from newly_merged
    union
    select survivor_id as account_id from newly_merged
),

bounds as (
    select min(calendar_month) as first_month, max(calendar_month) as last_month, max(policy_version) as policy_version
    from closed
),

present as (
    select
        account_months.account_id,
        account_months.calendar_month,
        account_months.closing_mrr_minor,
        billed.billing_currency,
        billed.billing_mrr_minor
    from account_months
    inner join bounds on account_months.calendar_month between bounds.first_month and bounds.last_month
    left join billed
        on account_months.account_id = billed.account_id and account_months.month_number = billed.month_number
),

compared as (
    select
        coalesce(present.account_id, closed.account_id) as account_id,
        coalesce(present.calendar_month, closed.calendar_month) as calendar_month,
        coalesce(closed.closing_mrr_minor, 0) as old_minor,
        coalesce(present.closing_mrr_minor, 0) as new_minor,
        coalesce(
            present.billing_currency = closed.billing_currency
            and present.billing_mrr_minor = closed.billing_mrr_minor,
            false
        ) as is_billed_alike
    from closed
    full outer join present
        on closed.account_id = present.account_id and closed.calendar_month = present.calendar_month
),

restatements as (
    select
        compared.account_id,
        compared.calendar_month,
        compared.old_minor,
        compared.new_minor,
        case
            when bounds.policy_version <> '{{ policy_version() }}' then 'policy'
            when merge_parties.account_id is not null then 'merge'
            when compared.is_billed_alike then 'rate'
            else 'late_data'
        end as cause
    from compared
    cross join bounds
    left join merge_parties on compared.account_id = merge_parties.account_id
    where compared.old_minor <> compared.new_minor
)

select * from restatements
