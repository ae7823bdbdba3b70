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

pairs as (
    select
        invitations.source_name,
        invitations.invitation_id,
        answers.response_id,
        row_number() over (
            partition by invitations.source_name, invitations.invitation_id order by answers.responded_at, answers.response_id
        ) as answer_rank,
        -- an answer belongs to the latest invitation before it
        row_number() over (
            partition by answers.source_name, answers.response_id order by invitations.sent_at desc, invitations.invitation_id
        ) as invitation_rank
    from invitations
    inner join answers
        on invitations.survey_id = answers.survey_id
        and coalesce(invitations.respondent_id, invitations.account_ref)
        = case when invitations.respondent_id is not null then answers.respondent_id else answers.account_ref end
        and answers.invitation_id is null
        and answers.responded_at >= invitations.sent_at
        and coalesce(invitations.trigger_id, '') = coalesce(answers.trigger_id, invitations.trigger_id, '')
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
