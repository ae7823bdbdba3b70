-- Counted from what was landed alone, so that an answer lost on the way to the published tables is missed.
with versions as (
    {{ latest_raw('drop_folder', 'survey_responses', ['response_id'], kind='file') }}
),

tickets as (
    {{ latest_raw('drop_folder', 'tickets', ['ticket_id'], kind='file') }}
),

-- a ticket that is spam is no ticket, and its score no answer
spam as (
    select word from {{ ref('stg_drop_folder__status_words') }}
    where status = 'deleted'
),

landed as (
    select coalesce(survey_id, 'drop_' || metric) as survey_id
    from versions
    where not is_deleted and responded_at < {{ as_of_end() }}
    union all
    select 'ticket_satisfaction' as survey_id
    from tickets
    where
        not is_deleted
        and satisfaction is not null
        and created_at < {{ as_of_end() }}
        and coalesce(satisfaction_at < {{ as_of_end() }}, true)
        and lower(status) not in (select word from spam)
),

survey_answers_landed as (
    select 'drop_folder' as source_name, survey_id, count(*) as answers
    from landed
    group by survey_id
)

select * from survey_answers_landed
