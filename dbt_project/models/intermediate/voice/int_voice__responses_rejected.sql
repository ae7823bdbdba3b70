with answers as (
    select * from {{ ref('int_voice__answers_judged') }}
),

responses_rejected as (
    select
        source_name,
        response_id,
        survey_id,
        metric,
        survey_kind,
        score,
        scale_min,
        scale_max,
        scale_direction,
        responded_at,
        rejection_reason
    from answers
    where rejection_reason is not null
)

select * from responses_rejected
