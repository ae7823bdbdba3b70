-- Created and merged tickets per account and month equal the tickets themselves: none is lost or counted twice.
with tickets as (
    select
        account_id,
        {{ month_of(local_date('created_at')) }} as calendar_month,
        count(case when not is_merged then 1 end) as created,
        count(case when is_merged then 1 end) as merged
    from {{ ref('tickets') }}
    where account_id is not null
    group by account_id, {{ month_of(local_date('created_at')) }}
),

account_months as (
    select account_id, calendar_month, created, merged
    from {{ ref('support_account_months') }}
    where created > 0 or merged > 0
),

differences as (
    select account_id, calendar_month
    from tickets
    full outer join account_months using (account_id, calendar_month)
    where
        tickets.created is distinct from account_months.created
        or tickets.merged is distinct from account_months.merged
)

select * from differences
