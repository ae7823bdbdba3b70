with versions as (
    {{ latest_raw('drop_folder', 'survey_responses', ['response_id'], kind='file') }}
),

survey_responses as (
    select
        'drop_folder' as source_name,
        response_id,
        coalesce(survey_id, 'drop_' || metric) as survey_id,
        cast(null as {{ dbt.type_string() }}) as question_id,
        cast(null as {{ dbt.type_string() }}) as question_ref,
        cast(null as {{ dbt.type_string() }}) as question_type,
        cast(null as {{ dbt.type_string() }}) as question_title,
        true as is_scored,
        cast(null as {{ dbt.type_string() }}) as unread_reason,
        lower(metric) as metric,
        lower(survey_kind) as survey_kind,
        score,
        scale_min,
        scale_max,
        lower(scale_direction) as scale_direction,
        md5(lower(trim(respondent_email))) as respondent_id,
        lower(respondent_email) as respondent_ref,
        account_ref,
        lower(trigger_kind) as trigger_kind,
        trigger_id,
        case
            when lower(survey_id) like '%tool%' then 'tools'
            when lower(survey_id) like '%training%' then 'training'
        end as topic,
        sent_at,
        responded_at,
        site,
        cast(null as {{ dbt.type_string() }}) as invitation_id
    from versions
    where not is_deleted and responded_at < {{ as_of_end() }}
),

-- the score of a ticket is invitation and answer in one row
ticket_answers as (
    select
        source_name,
        rating_id as response_id,
        survey_id,
        cast(null as {{ dbt.type_string() }}) as question_id,
        cast(null as {{ dbt.type_string() }}) as question_ref,
        cast(null as {{ dbt.type_string() }}) as question_type,
        cast(null as {{ dbt.type_string() }}) as question_title,
        true as is_scored,
        -- a score of no day belongs to no month
        case when answered_at is null then 'time_missing' end as unread_reason,
        'csat' as metric,
        'transactional' as survey_kind,
        score,
        scale_min,
        scale_max,
        'higher_is_better' as scale_direction,
        requester_id as respondent_id,
        requester_ref as respondent_ref,
        account_ref,
        'ticket' as trigger_kind,
        ticket_id as trigger_id,
        cast(null as {{ dbt.type_string() }}) as topic,
        sent_at,
        answered_at as responded_at,
        cast(null as {{ dbt.type_string() }}) as site,
        rating_id as invitation_id
    from {{ ref('stg_drop_folder__ticket_answers') }}
    where is_answered
),

answers as (
    select * from survey_responses
    union all
    select * from ticket_answers
)

select * from answers
