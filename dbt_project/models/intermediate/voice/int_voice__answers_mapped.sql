-- Every answer with the metric it counts for. An answer to a question that asks for no score has none, and none is missing.
with answers as (
    select * from {{ ref('int_voice__answers_unioned') }}
),

questions as (
    select * from {{ ref('int_voice__questions_mapped') }}
),

joined as (
    select
        answers.* except (metric, survey_kind, scale_min, scale_max, scale_direction),
        coalesce(questions.question_metric, answers.metric, questions.survey_metric, questions.type_metric) as metric,
        case
            when questions.question_metric is not null then 'survey_questions'
            when answers.metric is not null then 'source'
            when questions.survey_metric is not null then 'survey_questions'
            when questions.type_metric is not null then 'type'
        end as mapped_by,
        coalesce(answers.survey_kind, questions.survey_kind) as survey_kind,
        -- the scale that the tool itself states is the one the answer was given on
        coalesce(answers.scale_min, questions.question_scale_min) as stated_min,
        coalesce(answers.scale_max, questions.question_scale_max) as stated_max,
        coalesce(questions.question_direction, answers.scale_direction) as stated_direction,
        questions.survey_metric,
        questions.survey_scale_min,
        questions.survey_scale_max,
        questions.survey_direction
    from answers
    left join questions
        on answers.source_name = questions.source_name
        and answers.survey_id = questions.survey_id
        and coalesce(answers.question_id, '') = coalesce(questions.question_id, '')
        and coalesce(answers.question_ref, '') = coalesce(questions.question_ref, '')
        and coalesce(answers.question_type, '') = coalesce(questions.question_type, '')
),

-- the line about a survey describes the questions of its own metric, no others
scaled as (
    select
        * except (stated_min, stated_max, stated_direction, survey_metric, survey_scale_min, survey_scale_max, survey_direction),
        coalesce(stated_min, case when metric = survey_metric then survey_scale_min end) as scale_min,
        coalesce(stated_max, case when metric = survey_metric then survey_scale_max end) as scale_max,
        coalesce(stated_direction, case when metric = survey_metric then survey_direction end) as scale_direction
    from joined
),

answers_mapped as (
    select
        * except (metric, unread_reason),
        nullif(metric, 'none') as metric,
        metric is not null or is_scored as is_answer,
        case
            when metric = 'none' then 'question_not_counted'
            when unread_reason is not null then unread_reason
            when metric is null then 'question_unmapped'
            when question_id is not null and score is not null and (scale_min is null or scale_max is null) then 'scale_missing'
        end as unread_reason
    from scaled
)

select * from answers_mapped
