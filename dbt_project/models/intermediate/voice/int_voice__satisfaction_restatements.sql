{#- CSAT, CES and review scores of closed months that differ from the last publication, per survey kind and cut; accounts one by
    one are left out, as of NPS. Other answers in the whole are late data; the same answers in other hands are a merge or an account put
    into another segment. -#}
with published as (
    {{ previous_rows('satisfaction_trend', {
        'calendar_month': 'date', 'is_provisional': 'boolean', 'metric': 'string', 'survey_kind': 'string',
        'segment_dimension': 'string', 'segment_value': 'string', 'responses': 'bigint', 'score': 'double',
        'as_of_date': 'date', 'policy_version': 'string',
    }) }}
),

summed as (
    select
        calendar_month, metric, survey_kind, segment_dimension, segment_value, responses,
        case when metric = 'review' then {{ ratio('score_sum', 'responses') }} else {{ ratio('satisfied', 'responses') }} end as score
    from {{ ref('int_voice__satisfaction_summed') }}
    where segment_dimension <> 'account'
),

merge_cuts as (
    select * from {{ ref('int_accounts__merge_cuts_found') }}
),

closed as (
    select * from published
    where not is_provisional and as_of_date <= {{ as_of() }} and segment_dimension <> 'account'
),

closed_months as (
    select calendar_month, max(policy_version) as policy_version from closed group by calendar_month
),

present as (
    select summed.* from summed
    inner join closed_months on summed.calendar_month = closed_months.calendar_month
),

compared as (
    select
        coalesce(present.calendar_month, closed.calendar_month) as calendar_month,
        coalesce(present.metric, closed.metric) as metric,
        coalesce(present.survey_kind, closed.survey_kind) as survey_kind,
        coalesce(present.segment_dimension, closed.segment_dimension) as segment_dimension,
        coalesce(present.segment_value, closed.segment_value) as segment_value,
        closed.score as old_value,
        present.score as new_value,
        coalesce(present.responses, 0) <> coalesce(closed.responses, 0) as is_other_count,
        (closed.score is null) <> (present.score is null) or coalesce(abs(closed.score - present.score), 0) > 1e-9 as is_other_score
    from closed
    full outer join present
        on closed.calendar_month = present.calendar_month
        and closed.metric = present.metric
        and closed.survey_kind = present.survey_kind
        and closed.segment_dimension = present.segment_dimension
        and closed.segment_value = present.segment_value
),

late as (
    select calendar_month, metric, survey_kind from compared
    where segment_dimension = 'all' and (is_other_count or is_other_score)
),

restatements as (
    select
        'satisfaction_' || compared.metric || '_' || compared.survey_kind as metric,
        compared.calendar_month,
        compared.segment_dimension,
        compared.segment_value,
        compared.old_value,
        compared.new_value,
        case
            when closed_months.policy_version <> '{{ policy_version() }}' then 'policy'
            when '{{ var("previous_models") }}' = 'other' then 'model'
            when late.calendar_month is not null then 'late_data'
            when merge_cuts.segment_value is not null then 'merge'
            when compared.segment_dimension <> 'all' then 'segment'
            else 'late_data'
        end as cause
    from compared
    inner join closed_months on compared.calendar_month = closed_months.calendar_month
    left join late
        on compared.calendar_month = late.calendar_month
        and compared.metric = late.metric
        and compared.survey_kind = late.survey_kind
    left join merge_cuts
        on compared.segment_dimension = merge_cuts.segment_dimension and compared.segment_value = merge_cuts.segment_value
    where compared.is_other_score
)

select * from restatements
