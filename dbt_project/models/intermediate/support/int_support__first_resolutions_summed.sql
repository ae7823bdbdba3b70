-- First solvings by account and the month they happened in. A model of its own: exact percentiles hold every
-- value in memory, and one pass over the tickets at a time fits where three at once do not.
with tickets as (
    select
        account_id,
        first_solved_at,
        first_resolution_minutes,
        first_resolution_business_minutes
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null and first_solved_at is not null
),

summed as (
    select
        account_id,
        {{ month_of(local_date('first_solved_at')) }} as calendar_month,
        {{ minute_statistics('first_resolution_minutes', 'first_resolution') }},
        {{ minute_statistics('first_resolution_business_minutes', 'first_resolution_business') }}
    from tickets
    group by account_id, {{ month_of(local_date('first_solved_at')) }}
)

select * from summed
