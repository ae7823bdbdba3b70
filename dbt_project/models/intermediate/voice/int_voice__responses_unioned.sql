with answers as (
    select * from {{ ref('int_voice__answers_judged') }}
    where rejection_reason is null
),

respondents as (
    select * from {{ ref('int_voice__respondents_resolved') }}
),

invitations as (
    select * from {{ ref('int_voice__invitations_matched') }}
),

named_invitations as (
    select invitation_id, min(sent_at) as sent_at
    from invitations
    group by invitation_id
),

matched_invitations as (
    select answered_by_response_id, min(sent_at) as sent_at
    from invitations
    where answered_by_response_id is not null
    group by answered_by_response_id
),

responses as (
    select
        answers.source_name,
        answers.response_id,
        answers.survey_id,
        answers.metric,
        answers.survey_kind,
        case answers.survey_kind when 'transactional' then 'past' when 'relationship' then 'present' end as pattern,
        answers.score,
        answers.scale_min,
        answers.scale_max,
        answers.scale_direction,
        case answers.scale_direction
            when 'higher_is_better' then (answers.score - answers.scale_min) / (answers.scale_max - answers.scale_min)
            else (answers.scale_max - answers.score) / (answers.scale_max - answers.scale_min)
        end as normalised_score,
        case answers.scale_direction
            when 'higher_is_better' then answers.score - answers.scale_min
            else answers.scale_max - answers.score
        end as points_above_worst,
        answers.respondent_id,
        case when answers.survey_kind <> 'agent' then respondents.account_id end as account_id,
        answers.account_ref,
        answers.trigger_kind,
        answers.trigger_id,
        answers.topic,
        coalesce(answers.sent_at, named_invitations.sent_at, matched_invitations.sent_at) as sent_at,
        answers.responded_at,
        answers.site
    from answers
    left join respondents
        on answers.source_name = respondents.source_name
        and answers.response_id = respondents.record_id
        and respondents.record_type = 'response'
    left join named_invitations on answers.invitation_id = named_invitations.invitation_id
    left join matched_invitations on answers.response_id = matched_invitations.answered_by_response_id
),

-- whole numbers are compared: 4 of 5 points, or 5 of 7, must not fall to a rounding of a fraction
classified as (
    select
        * except (points_above_worst),
        case
            when metric = 'csat' then 4 * points_above_worst >= 3 * (scale_max - scale_min)
            when metric = 'ces' then 3 * points_above_worst >= 2 * (scale_max - scale_min)
        end as is_satisfied,
        case when metric = 'nps' then case when score >= 9 then 1 when score >= 7 then 0 else -1 end end as nps_vote
    from responses
)

select * from classified
