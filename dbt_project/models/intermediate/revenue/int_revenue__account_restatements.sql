{#- Accounts' MRR of closed months that differs from the last publication, with the cause as far as it shows: another policy,
    other models, a merge since, the same billed amounts at other rates, else data that came late. -#}
with published as (
    {{ previous_rows('account_months', {
        'account_id': 'string', 'calendar_month': 'date', 'is_provisional': 'boolean', 'closing_mrr_minor': 'bigint',
        'as_of_date': 'date', 'policy_version': 'string',
    }) }}
),

published_lines as (
    {{ previous_rows('mrr_lines', {
        'account_id': 'string', 'calendar_month': 'date', 'billing_currency': 'string', 'billing_net_mrr_minor': 'bigint',
    }) }}
),

account_months as (
    select * from {{ ref('int_revenue__account_months') }}
),

line_months as (
    select * from {{ ref('int_revenue__line_months') }}
),

merges as (
    select * from {{ ref('int_accounts__merges_found') }}
),

closed as (
    select * from published
    where not is_provisional and as_of_date <= {{ as_of() }}
),

merge_parties as (
    select account_id from merges
    union
    select survivor_id as account_id from merges
),

bounds as (
    select min(calendar_month) as first_month, max(calendar_month) as last_month, max(policy_version) as policy_version
    from closed
),

present as (
    select account_months.account_id, account_months.calendar_month, account_months.closing_mrr_minor
    from account_months
    inner join bounds on account_months.calendar_month between bounds.first_month and bounds.last_month
),

changed as (
    select
        coalesce(present.account_id, closed.account_id) as account_id,
        coalesce(present.calendar_month, closed.calendar_month) as calendar_month,
        coalesce(closed.closing_mrr_minor, 0) as old_minor,
        coalesce(present.closing_mrr_minor, 0) as new_minor
    from closed
    full outer join present
        on closed.account_id = present.account_id and closed.calendar_month = present.calendar_month
    where coalesce(closed.closing_mrr_minor, 0) <> coalesce(present.closing_mrr_minor, 0)
),

-- what was billed, by currency: where that is the same to the unit, only a rate can have moved the account
billed as (
    select account_id, calendar_month, billing_currency, sum(old_billed) as old_billed, sum(new_billed) as new_billed
    from (
        select account_id, calendar_month, billing_currency, billing_net_mrr_minor as old_billed, 0 as new_billed
        from published_lines
        union all
        select account_id, calendar_month, billing_currency, 0 as old_billed, billing_net_mrr_minor as new_billed
        from line_months
    ) as told
    where exists (
        select 1 from changed
        where changed.account_id = told.account_id and changed.calendar_month = told.calendar_month
    )
    group by account_id, calendar_month, billing_currency
),

alike as (
    select account_id, calendar_month, max(abs(old_billed - new_billed)) = 0 and max(abs(old_billed)) > 0 as is_billed_alike
    from billed
    group by account_id, calendar_month
),

restatements as (
    select
        changed.account_id,
        changed.calendar_month,
        changed.old_minor,
        changed.new_minor,
        case
            when bounds.policy_version <> '{{ policy_version() }}' then 'policy'
            when '{{ var("previous_models") }}' = 'other' then 'model'
            when merge_parties.account_id is not null then 'merge'
            when alike.is_billed_alike then 'rate'
            else 'late_data'
        end as cause
    from changed
    cross join bounds
    left join merge_parties on changed.account_id = merge_parties.account_id
    left join alike
        on changed.account_id = alike.account_id and changed.calendar_month = alike.calendar_month
)

select * from restatements
