-- How each question was asked, stretch by stretch: forms are edited while answers come in, and an answer is read as it was
-- asked. The form says when it last changed; what its first listing says is taken to have held before.
with listings as (
    select
        form_id,
        title,
        coalesce(fields, '[]') as fields,
        updated_at,
        {{ micros_to_timestamp('_version') }} as listed_at,
        row_number() over (partition by form_id order by _version, _extracted_at, _page, _row) as listing_number
    from {{ source('typeform', 'forms') }}
    where not _deleted
),

numbered as (
    select
        *,
        lag(fields) over (partition by form_id order by listing_number) as fields_before,
        lag(updated_at) over (partition by form_id order by listing_number) as updated_before
    from listings
),

changes as (
    select
        form_id,
        title as form_title,
        fields,
        listing_number,
        case
            when updated_at <= listed_at and (updated_before is null or updated_at > updated_before) then updated_at
            else listed_at
        end as changed_at
    from numbered
    where fields_before is null or fields <> fields_before
),

-- of a form that was first listed after the run's date, that listing stands in
edits as (
    select * from changes
    where listing_number = 1 or changed_at < {{ as_of_end() }}
),

-- a group, an inline group or a matrix holds fields of its own; Typeform nests two levels, eight are read
{% for depth in range(8) -%}
fields_{{ depth }} as (
    select
        form_id,
        form_title,
        listing_number,
        changed_at,
        {{ explode_json_list('fields' if depth == 0 else json_text('field_json', 'properties.fields')) }} as field_json
    from {{ 'edits' if depth == 0 else 'fields_' ~ (depth - 1) }}
),

{% endfor -%}
fields as (
    {%- for depth in range(8) %}
    select * from fields_{{ depth }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

questions as (
    select
        form_id,
        form_title,
        listing_number,
        changed_at,
        {{ json_text('field_json', 'id') }} as question_id,
        {{ json_text('field_json', 'title') }} as question_title,
        lower(coalesce({{ json_text('field_json', 'ref') }}, '')) as question_ref,
        coalesce({{ json_text('field_json', 'type') }}, '') as question_type,
        try_cast({{ json_text('field_json', 'properties.steps') }} as integer) as steps,
        coalesce({{ json_text('field_json', 'properties.start_at_one') }} = 'true', false) as is_from_one
    from fields
    where {{ json_text('field_json', 'id') }} is not null
),

compared as (
    select
        *,
        {{ surrogate_key(['question_ref', 'question_type', 'steps', 'is_from_one']) }} as definition,
        last_value(form_title) over whole as latest_form_title,
        last_value(question_title) over whole as latest_question_title,
        {{ typeform_metric('question_ref') }} as named_metric
    from questions
    window whole as (
        partition by form_id, question_id order by listing_number rows between unbounded preceding and unbounded following
    )
),

stretches as (
    select
        *,
        row_number() over (partition by form_id, question_id order by listing_number) as stretch_number,
        lag(definition) over (partition by form_id, question_id order by listing_number) as definition_before
    from compared
),

-- a ref that was given a metric's name later, or has lost it, still says what was asked
names as (
    select
        form_id,
        question_id,
        max_by(named_metric, listing_number) filter (where named_metric is not null) as named_metric
    from compared
    group by form_id, question_id
),

form_questions as (
    select
        stretches.form_id,
        stretches.question_id,
        stretches.stretch_number,
        case when stretches.stretch_number > 1 then stretches.changed_at end as valid_from,
        stretches.latest_form_title as form_title,
        stretches.latest_question_title as question_title,
        stretches.question_ref,
        stretches.question_type,
        case when stretches.question_type = 'nps' then 'nps' else coalesce(stretches.named_metric, names.named_metric) end as metric,
        {{ typeform_scale_min('stretches.question_type', 'stretches.steps', 'stretches.is_from_one') }} as scale_min,
        {{ typeform_scale_max('stretches.question_type', 'stretches.steps', 'stretches.is_from_one') }} as scale_max
    from stretches
    inner join names on stretches.form_id = names.form_id and stretches.question_id = names.question_id
    where stretches.definition_before is null or stretches.definition <> stretches.definition_before
)

select * from form_questions
