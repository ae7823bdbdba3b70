-- CSAT, CES and review answers and invitations per month and segment; customers alone, agents' own answers are elsewhere.
with answers as (
    select
        {{ month_of(local_date('responded_at')) }} as calendar_month,
        metric,
        survey_kind,
        account_id,
        case when is_satisfied then 1 else 0 end as satisfied,
        normalised_score,
        {{ local_date('responded_at') }} as responded_on
    from {{ ref('int_voice__responses_unioned') }}
    where metric in ('csat', 'ces', 'review') and survey_kind <> 'agent'
),

invitations as (
    select invitations_matched.*, respondents.account_id, answers_judged.responded_at
    from {{ ref('int_voice__invitations_matched') }} as invitations_matched
    left join {{ ref('int_voice__respondents_resolved') }} as respondents
        on respondents.record_type = 'invitation'
        and invitations_matched.source_name = respondents.source_name
        and invitations_matched.invitation_id = respondents.record_id
    left join {{ ref('int_voice__answers_judged') }} as answers_judged
        on invitations_matched.answered_by_response_id = answers_judged.response_id
        and answers_judged.rejection_reason is null
    where invitations_matched.metric in ('csat', 'ces', 'review') and invitations_matched.survey_kind <> 'agent'
),

segments as (
    select * from {{ ref('int_accounts__segments_unpivoted') }}
    where segment_dimension <> 'all'
),

facts as (
    select
        calendar_month, metric, survey_kind, account_id,
        count(*) as responses, sum(satisfied) as satisfied, {{ exact_sum('normalised_score') }} as score_sum,
        {{ exact_sum('normalised_score * normalised_score') }} as score_squared_sum, max(responded_on) as last_responded_on,
        0 as offered, 0 as unoffered, 0 as offered_answered
    from answers
    group by calendar_month, metric, survey_kind, account_id
    union all
    select
        {{ month_of(local_date('sent_at')) }}, metric, survey_kind, account_id,
        0, 0, 0.0, 0.0, cast(null as date),
        count(case when is_offered then 1 end), count(case when not is_offered then 1 end),
        count(case when is_offered then responded_at end)
    from invitations
    group by {{ month_of(local_date('sent_at')) }}, metric, survey_kind, account_id
),

placed as (
    select 'all' as segment_dimension, 'all' as segment_value, facts.* from facts
    union all
    select 'account' as segment_dimension, account_id as segment_value, facts.* from facts
    where account_id is not null
    union all
    select segments.segment_dimension, segments.segment_value, facts.*
    from facts
    inner join segments on facts.account_id = segments.account_id
),

satisfaction_summed as (
    select
        calendar_month, metric, survey_kind, segment_dimension, segment_value,
        sum(responses) as responses,
        sum(satisfied) as satisfied,
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum('score_squared_sum') }} as score_squared_sum,
        max(last_responded_on) as last_responded_on,
        sum(offered) as offered,
        sum(unoffered) as unoffered,
        sum(offered_answered) as offered_answered
    from placed
    group by calendar_month, metric, survey_kind, segment_dimension, segment_value
)

select * from satisfaction_summed
