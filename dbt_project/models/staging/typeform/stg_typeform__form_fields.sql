with forms as (
    {{ latest_raw('typeform', 'forms', ['form_id'], kind='snapshot') }}
),

-- a form that was deleted still explains the answers it once got
fields_listed as (
    select
        form_id,
        title,
        {{ explode_json_list('fields') }} as field_json
    from forms
),

fields as (
    select
        form_id,
        title as form_title,
        {{ json_text('field_json', 'id') }} as field_id,
        lower(coalesce({{ json_text('field_json', 'ref') }}, '')) as field_ref,
        {{ json_text('field_json', 'type') }} as field_type,
        cast({{ json_text('field_json', 'properties.steps') }} as integer) as steps,
        coalesce({{ json_text('field_json', 'properties.start_at_one') }} = 'true', false) as is_from_one
    from fields_listed
),

form_fields as (
    select
        form_id,
        form_title,
        field_id,
        field_ref,
        field_type,
        case
            when field_type = 'nps' or field_ref like 'nps%' then 'nps'
            when field_ref like 'csat%' then 'csat'
            when field_ref like 'ces%' then 'ces'
        end as metric,
        -- an opinion scale starts at 0 or 1, a rating always at 1, an NPS field always at 0
        case
            when field_type = 'rating' or (field_type = 'opinion_scale' and is_from_one) then 1.0
            else 0.0
        end as scale_min,
        case
            when field_type = 'nps' then 10.0
            when field_type = 'rating' or (field_type = 'opinion_scale' and is_from_one) then steps
            else steps - 1.0
        end as scale_max,
        case
            when lower(form_title || ' ' || field_ref) like '%tool%' then 'tools'
            when lower(form_title || ' ' || field_ref) like '%training%' then 'training'
        end as topic,
        -- by the naming rule for refs, `ces` is CES 2.0 (higher is easier) unless the ref says otherwise
        case when field_ref like '%lower_is_better%' then 'lower_is_better' else 'higher_is_better' end as scale_direction
    from fields
)

select * from form_fields
where metric is not null
