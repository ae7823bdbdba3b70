{#- Pauses of collection as the vendor says them. It says that collection is paused, never since when: an event dates it, else it
    began after the last listing that did not say so. -#}
with listings as (
    select * from {{ source('stripe', 'subscriptions') }}
    where _version < {{ epoch_micros(as_of_end()) }}
),

events as (
    select * from {{ source('stripe', 'events') }}
    where object_type = 'subscription' and created_at < {{ as_of_end() }}
),

statements as (
    select
        subscription_id,
        {{ micros_to_timestamp('_version') }} as said_at,
        coalesce(status = 'paused', false) or pause_behavior is not null as is_paused,
        pause_resumes_at as resumes_at,
        false as is_exact
    from listings
    union all
    select
        object_id as subscription_id,
        created_at as said_at,
        coalesce(object_status = 'paused', false) or pause_behavior is not null as is_paused,
        pause_resumes_at as resumes_at,
        true as is_exact
    from events
),

dated as (
    select *, is_paused and coalesce(resumes_at > said_at, true) as is_said_paused
    from statements
),

ordered as (
    select
        *,
        lag(is_said_paused) over (partition by subscription_id order by said_at) as was_paused,
        lag(said_at) over (partition by subscription_id order by said_at) as said_before
    from dated
),

numbered as (
    select
        *,
        sum(case when is_said_paused and not coalesce(was_paused, false) then 1 else 0 end)
            over (partition by subscription_id order by said_at rows between unbounded preceding and current row) as pause_number
    from ordered
),

stated as (
    select
        subscription_id,
        min(case when is_said_paused then case when is_exact then said_at else coalesce(said_before, said_at) end end) as paused_from_at,
        min(case when is_said_paused then said_at end) as first_said_at,
        max(case when is_said_paused then said_at end) as last_said_at,
        {{ earliest([
            'min(case when not is_said_paused then said_at end)',
            'max(case when is_said_paused and resumes_at < ' ~ as_of_end() ~ ' then resumes_at end)',
        ]) }} as resumed_at
    from numbered
    where pause_number > 0
    group by subscription_id, pause_number
)

select * from stated
