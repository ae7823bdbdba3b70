with interviews as (
    select * from {{ ref('int_success__interviews_resolved') }}
),

patterns as (
    select
        interview_id,
        account_id,
        account_ref,
        held_on,
        {{ month_of('held_on') }} as calendar_month,
        cast({{ days_between('held_on', as_of()) }} as bigint) as age_days,
        {{ days_between('held_on', as_of()) }} <= {{ var('potential_valid_days') }} as is_valid,
        case
            when account_id is null then null
            else row_number() over (partition by account_id order by held_on desc, interview_id desc) = 1
        end as is_latest,
        interviewer,
        situation,
        sentiment,
        propensity_to_continue,
        future_work,
        future_work is not null as has_future_work,
        themes,
        confidence,
        next_action,
        source_name,
        {{ publication_columns() }}
    from interviews
)

select * from patterns
