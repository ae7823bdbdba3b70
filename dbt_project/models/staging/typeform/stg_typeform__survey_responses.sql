with responses as (
    {{ latest_raw('typeform', 'responses', ['response_id']) }}
),

form_fields as (
    select * from {{ ref('stg_typeform__form_fields') }}
),

answers_listed as (
    select
        response_id,
        form_id,
        submitted_at,
        hidden,
        {{ explode_json_list('answers') }} as answer_json
    from responses
    where
        not is_deleted
        and coalesce(response_type, 'completed') = 'completed'
        and submitted_at < {{ as_of_end() }}
),

answers as (
    select
        response_id,
        form_id,
        submitted_at,
        {{ json_text('answer_json', 'field.id') }} as field_id,
        try_cast({{ json_text('answer_json', 'number') }} as double) as score,
        {{ json_text('hidden', 'survey_kind') }} as survey_kind,
        {{ json_text('hidden', 'trigger_kind') }} as trigger_kind,
        {{ json_text('hidden', 'trigger_id') }} as trigger_id,
        {{ json_text('hidden', 'account_ref') }} as account_ref,
        {{ json_text('hidden', 'respondent_id') }} as respondent,
        {{ json_text('hidden', 'invitation_id') }} as invitation_id
    from answers_listed
),

survey_responses as (
    select
        'typeform' as source_name,
        -- a form may ask for two metrics, so the field belongs to the key
        answers.response_id || ':' || form_fields.field_id as response_id,
        answers.form_id as survey_id,
        form_fields.metric,
        nullif(answers.survey_kind, '') as survey_kind,
        answers.score,
        form_fields.scale_min,
        form_fields.scale_max,
        form_fields.scale_direction,
        case
            when answers.respondent like '%@%' then md5(lower(trim(answers.respondent)))
            else nullif(answers.respondent, '')
        end as respondent_id,
        lower(answers.respondent) as respondent_ref,
        nullif(answers.account_ref, '') as account_ref,
        nullif(answers.trigger_kind, '') as trigger_kind,
        nullif(answers.trigger_id, '') as trigger_id,
        form_fields.topic,
        cast(null as timestamp) as sent_at,
        answers.submitted_at as responded_at,
        cast(null as {{ dbt.type_string() }}) as site,
        nullif(answers.invitation_id, '') as invitation_id
    from answers
    inner join form_fields on answers.form_id = form_fields.form_id and answers.field_id = form_fields.field_id
)

select * from survey_responses
