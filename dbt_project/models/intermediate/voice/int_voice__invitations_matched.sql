-- Invitations of every vendor, each with its answer: the one that names it, else the first one of
-- the same survey, person and occasion that came after it.
with invitations as (
    {{ union_of_vendors('survey_sources', 'survey_invitations', [
        'source_name', 'invitation_id', 'survey_id', 'metric', 'survey_kind', 'respondent_id', 'respondent_ref',
        'account_ref', 'trigger_kind', 'trigger_id', 'sent_at', 'is_offered',
    ]) }}
),

answers as (
    select * from {{ ref('int_voice__answers_judged') }}
    where rejection_reason is null
),

surveys as (
    select
        survey_id,
        -- a form that asks for several metrics is sent for the sake of NPS, if that is one of them
        case when max(case when metric = 'nps' then 1 else 0 end) = 1 then 'nps' else min(metric) end as metric,
        min(survey_kind) as survey_kind
    from answers
    group by survey_id
    having count(distinct survey_kind) = 1
),

-- the answer names the invitation it came by
named as (
    select
        invitations.source_name,
        invitations.invitation_id,
        min_by(answers.response_id, cast(answers.responded_at as {{ dbt.type_string() }}) || answers.response_id) as response_id
    from invitations
    inner join answers on invitations.invitation_id = answers.invitation_id
    group by invitations.source_name, invitations.invitation_id
),

-- An answer that names no invitation, under each name that an invitation may know it by. The join compares names alone: of a
-- condition that mixes both sides the engine would compare every invitation of a survey with every answer to it.
answerers as (
    select source_name, response_id, survey_id, responded_at, trigger_id, 'person' as named_by, respondent_id as answerer
    from answers
    where invitation_id is null
    union all
    select source_name, response_id, survey_id, responded_at, trigger_id, 'account' as named_by, account_ref as answerer
    from answers
    where invitation_id is null
),

pairs as (
    select
        invitations.source_name,
        invitations.invitation_id,
        answerers.response_id,
        row_number() over (
            partition by invitations.source_name, invitations.invitation_id order by answerers.responded_at, answerers.response_id
        ) as answer_rank,
        -- an answer belongs to the latest invitation before it
        row_number() over (
            partition by answerers.source_name, answerers.response_id order by invitations.sent_at desc, invitations.invitation_id
        ) as invitation_rank
    from invitations
    inner join answerers
        on invitations.survey_id = answerers.survey_id
        and case when invitations.respondent_id is not null then 'person' else 'account' end = answerers.named_by
        and coalesce(invitations.respondent_id, invitations.account_ref) = answerers.answerer
        and answerers.responded_at >= invitations.sent_at
        and (answerers.trigger_id is null or answerers.trigger_id = coalesce(invitations.trigger_id, ''))
),

matches as (
    select source_name, invitation_id, response_id from pairs
    where answer_rank = 1 and invitation_rank = 1
),

invitations_matched as (
    select
        invitations.source_name,
        invitations.invitation_id,
        invitations.survey_id,
        coalesce(invitations.metric, surveys.metric) as metric,
        coalesce(invitations.survey_kind, surveys.survey_kind) as survey_kind,
        invitations.respondent_id,
        invitations.respondent_ref,
        invitations.account_ref,
        invitations.trigger_kind,
        invitations.trigger_id,
        invitations.sent_at,
        invitations.is_offered,
        coalesce(named.response_id, matches.response_id) as answered_by_response_id
    from invitations
    left join matches
        on invitations.source_name = matches.source_name and invitations.invitation_id = matches.invitation_id
    left join named
        on invitations.source_name = named.source_name and invitations.invitation_id = named.invitation_id
    left join surveys on invitations.survey_id = surveys.survey_id
)

select * from invitations_matched
