with latest as (
    {{ latest_raw('drop_folder', 'interviews', ['interview_id'], kind='file') }}
),

interviews as (
    select
        interview_id,
        account_ref,
        held_on,
        interviewer,
        situation,
        cast(sentiment as double) as sentiment,
        cast(propensity_to_continue as double) as propensity_to_continue,
        nullif(trim(future_work), '') as future_work,
        themes,
        cast(confidence as double) as confidence,
        next_action,
        'drop_folder' as source_name
    from latest
    where not is_deleted
        and held_on <= {{ as_of() }}
)

select * from interviews
