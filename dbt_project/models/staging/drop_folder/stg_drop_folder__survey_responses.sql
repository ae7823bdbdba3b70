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
)

select * from survey_responses
