-- Every answer of every response, also to questions that ask for no score: what becomes of each is said further on.
with responses as (
    {{ latest_raw('typeform', 'responses', ['form_id', 'response_id']) }}
),

questions as (
    select * from {{ ref('stg_typeform__questions') }}
),

answers_listed as (
    select
        -- the vendor's tokens are unique in a form alone; the form that used one first keeps it as it is
        case
            when form_id = first_value(form_id) over (partition by response_id order by submitted_at, form_id) then response_id
            else form_id || ':' || response_id
        end as token,
        form_id,
        submitted_at,
        coalesce(response_type, 'completed') = 'completed' as is_completed,
        hidden,
        answers
    from responses
    where not is_deleted and submitted_at < {{ as_of_end() }}
),

answers_exploded as (
    select token, form_id, submitted_at, is_completed, hidden, {{ explode_json_list('answers') }} as answer_json
    from answers_listed
),

answers as (
    select
        token,
        form_id,
        submitted_at,
        is_completed,
        coalesce({{ json_text('answer_json', 'field.id') }}, {{ json_text('answer_json', 'field.ref') }}, '') as question_id,
        lower(coalesce({{ json_text('answer_json', 'field.ref') }}, '')) as question_ref,
        coalesce({{ json_text('answer_json', 'field.type') }}, '') as question_type,
        {{ json_text('answer_json', 'number') }} as number_text,
        {{ json_text('answer_json', 'boolean') }} as boolean_text,
        {{ json_text('answer_json', 'choice.label') }} as choice_text,
        row_number() over (
            partition by token, {{ json_text('answer_json', 'field.id') }} order by cast(answer_json as {{ dbt.type_string() }})
        ) as answer_number,
        lower(nullif(trim({{ json_text('hidden', 'survey_kind') }}), '')) as survey_kind,
        lower(nullif(trim({{ json_text('hidden', 'trigger_kind') }}), '')) as trigger_kind,
        nullif({{ json_text('hidden', 'trigger_id') }}, '') as trigger_id,
        nullif({{ json_text('hidden', 'account_ref') }}, '') as account_ref,
        nullif({{ json_text('hidden', 'respondent_id') }}, '') as respondent,
        nullif({{ json_text('hidden', 'invitation_id') }}, '') as invitation_id
    from answers_exploded
),

-- the question as it was asked when the answer came; the type that the answer itself names goes first
asked as (
    select
        answers.token,
        answers.question_id,
        answers.answer_number,
        questions.form_title,
        questions.question_title,
        questions.question_ref,
        questions.question_type,
        questions.metric,
        questions.scale_min,
        questions.scale_max
    from answers
    inner join questions
        on answers.form_id = questions.form_id
        and answers.question_id = questions.question_id
        and (questions.valid_from is null or questions.valid_from <= answers.submitted_at)
    qualify row_number() over (
        partition by answers.token, answers.question_id, answers.answer_number
        order by
            case when answers.question_type in ('', questions.question_type) then 0 else 1 end,
            questions.stretch_number desc
    ) = 1
),

-- of a question that no listing has shown, the answer itself names type and ref
described as (
    select
        answers.*,
        coalesce(asked.question_ref, answers.question_ref) as asked_ref,
        coalesce(asked.question_type, answers.question_type) as asked_type,
        asked.form_title,
        asked.question_title,
        case
            when coalesce(asked.question_type, answers.question_type) = 'nps' then 'nps'
            -- a text is no score, whatever its ref begins with
            when coalesce(asked.question_type, answers.question_type) in {{ typeform_texts() }} then null
            else coalesce(asked.metric, {{ typeform_metric('answers.question_ref') }})
        end as named_metric,
        asked.scale_min,
        asked.scale_max,
        asked.token is not null as is_listed
    from answers
    left join asked
        on answers.token = asked.token
        and answers.question_id = asked.question_id
        and answers.answer_number = asked.answer_number
),

survey_responses as (
    select
        'typeform' as source_name,
        -- a form may ask for two metrics, so the field belongs to the key
        token || ':' || question_id || case when answer_number > 1 then ':' || answer_number else '' end as response_id,
        form_id as survey_id,
        question_id,
        asked_ref as question_ref,
        asked_type as question_type,
        question_title,
        asked_type in ('nps', 'opinion_scale', 'rating') as is_scored,
        case
            when not is_completed then 'response_not_completed'
            when answer_number > 1 then 'answered_twice'
            when boolean_text is null and try_cast(coalesce(number_text, choice_text) as double) is null
                and coalesce(number_text, choice_text) is not null then 'score_unreadable'
        end as unread_reason,
        named_metric as metric,
        survey_kind,
        case
            when boolean_text is not null then case when boolean_text = 'true' then 1.0 else 0.0 end
            else try_cast(coalesce(number_text, choice_text) as double)
        end as score,
        case when is_listed then scale_min else {{ typeform_scale_min('asked_type', 'cast(null as integer)', 'false') }} end as scale_min,
        case when is_listed then scale_max else {{ typeform_scale_max('asked_type', 'cast(null as integer)', 'false') }} end as scale_max,
        -- by the naming rule for refs, `ces` is CES 2.0 (higher is easier) unless the ref says otherwise
        case
            when asked_ref like '%lower_is_better%' or question_ref like '%lower_is_better%' then 'lower_is_better'
            when named_metric is not null then 'higher_is_better'
        end as scale_direction,
        case when respondent like '%@%' then md5(lower(trim(respondent))) else respondent end as respondent_id,
        lower(respondent) as respondent_ref,
        account_ref,
        trigger_kind,
        trigger_id,
        case
            when lower(coalesce(form_title, '') || ' ' || asked_ref) like '%tool%' then 'tools'
            when lower(coalesce(form_title, '') || ' ' || asked_ref) like '%training%' then 'training'
        end as topic,
        cast(null as timestamp) as sent_at,
        submitted_at as responded_at,
        cast(null as {{ dbt.type_string() }}) as site,
        invitation_id
    from described
)

select * from survey_responses
