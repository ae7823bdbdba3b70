-- Every answer with the scale it is read on and, where it can't be used, the reason.
with answers as (
    select * from {{ ref('int_voice__answers_mapped') }}
    where is_answer
),

-- one tool knows a person by the helpdesk's id, another by the address: both become the hash of the address
people as (
    select user_id, max(respondent_hash) as respondent_hash
    from {{ ref('int_support__people_listed') }}
    where respondent_hash is not null
    group by user_id
    having count(*) = 1
),

-- a scale that is not stated is the metric's own: NPS 0-10, CSAT and reviews 1-5, CES 2.0 1-7
completed as (
    select
        answers.* except (scale_min, scale_max, scale_direction, survey_kind, respondent_id),
        coalesce(people.respondent_hash, answers.respondent_id) as respondent_id,
        coalesce(survey_kind, case
            when metric = 'review' then 'relationship'
            when trigger_kind in ({{ text_list(work_triggers()) }}) then 'transactional'
            when trigger_kind in ({{ text_list(relationship_triggers()) }}) then 'relationship'
            when metric = 'nps' then 'relationship'
            else 'transactional'
        end) as survey_kind,
        coalesce(scale_min, case metric when 'nps' then 0.0 else 1.0 end) as scale_min,
        coalesce(scale_max, case metric when 'nps' then 10.0 when 'ces' then 7.0 else 5.0 end) as scale_max,
        -- effort is asked both ways in the wild, so its direction is never guessed
        coalesce(scale_direction, case when metric <> 'ces' then 'higher_is_better' end) as scale_direction
    from answers
    left join people on answers.respondent_id = people.user_id
),

judged as (
    select
        *,
        case
            when unread_reason is not null then unread_reason
            when metric is null or metric not in ('nps', 'csat', 'ces', 'review') then 'metric_unknown'
            when survey_kind not in ('transactional', 'relationship', 'agent') then 'survey_kind_unknown'
            when score is null then 'score_missing'
            when scale_direction is null then 'direction_missing'
            when scale_direction not in ('higher_is_better', 'lower_is_better') then 'direction_unknown'
            when scale_max <= scale_min then 'scale_empty'
            when metric = 'nps' and (scale_min <> 0 or scale_max <> 10 or scale_direction <> 'higher_is_better') then 'nps_scale_not_0_to_10'
            when metric = 'nps' and score <> floor(score) then 'nps_score_not_whole'
            when score < scale_min or score > scale_max then 'score_outside_scale'
        end as rejection_reason
    from completed
)

select * from judged
