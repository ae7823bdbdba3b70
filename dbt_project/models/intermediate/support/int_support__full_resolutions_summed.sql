-- Last solvings by account and the month they happened in. A model of its own: exact percentiles hold every
-- value in memory, and one pass over the tickets at a time fits where three at once do not.
with tickets as (
    select
        account_id,
        last_solved_at,
        full_resolution_minutes,
        full_resolution_business_minutes,
        is_one_touch
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null and last_solved_at is not null
),

summed as (
    select
        account_id,
        {{ month_of(local_date('last_solved_at')) }} as calendar_month,
        {{ minute_statistics('full_resolution_minutes', 'resolution') }},
        {{ minute_statistics('full_resolution_business_minutes', 'resolution_business') }},
        count(case when is_one_touch then 1 end) as one_touch
    from tickets
    group by account_id, {{ month_of(local_date('last_solved_at')) }}
)

select * from summed
