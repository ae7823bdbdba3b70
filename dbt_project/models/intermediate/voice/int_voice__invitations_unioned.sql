with invitations as (
    select * from {{ ref('int_voice__invitations_matched') }}
),

respondents as (
    select * from {{ ref('int_voice__respondents_resolved') }}
    where record_type = 'invitation'
),

answers as (
    select source_name, response_id, responded_at from {{ ref('int_voice__answers_judged') }}
    where rejection_reason is null
),

invitations_unioned as (
    select
        invitations.source_name,
        invitations.invitation_id,
        invitations.survey_id,
        invitations.metric,
        invitations.survey_kind,
        invitations.respondent_id,
        respondents.account_id,
        invitations.trigger_kind,
        invitations.trigger_id,
        invitations.sent_at,
        answers.response_id as answered_by_response_id,
        answers.responded_at,
        answers.response_id is not null as is_answered
    from invitations
    left join respondents
        on invitations.source_name = respondents.source_name and invitations.invitation_id = respondents.record_id
    left join answers on invitations.answered_by_response_id = answers.response_id
    -- a survey that was never offered asked nobody
    where invitations.is_offered
)

select * from invitations_unioned
