-- First replies by account and the month they were sent in. A model of its own: exact percentiles hold every
-- value in memory, and one pass over the tickets at a time fits where three at once do not.
with tickets as (
    select
        account_id,
        first_reply_at,
        first_reply_minutes,
        first_reply_business_minutes
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null and first_reply_at is not null
),

summed as (
    select
        account_id,
        {{ month_of(local_date('first_reply_at')) }} as calendar_month,
        {{ minute_statistics('first_reply_minutes', 'first_reply') }},
        {{ minute_statistics('first_reply_business_minutes', 'first_reply_business') }}
    from tickets
    group by account_id, {{ month_of(local_date('first_reply_at')) }}
)

select * from summed
