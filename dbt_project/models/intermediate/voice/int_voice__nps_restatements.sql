{#- NPS of closed months that differs from the last publication, per level, kind, window and cut; accounts one by one are left
    out. Votes are whole numbers, so any difference is real. Another count of votes is an answer that came late; the same votes
    in other hands are a merge, an MRR restated (level revenue) or an account put into another segment. -#}
with published as (
    {{ previous_rows('nps_trend', {
        'calendar_month': 'date', 'is_provisional': 'boolean', 'window_days': 'integer', 'level': 'string', 'survey_kind': 'string',
        'segment_dimension': 'string', 'segment_value': 'string', 'responses': 'bigint', 'accounts': 'bigint',
        'promoters': 'bigint', 'detractors': 'bigint', 'nps': 'double', 'as_of_date': 'date', 'policy_version': 'string',
    }) }}
),

measured as (
    select * from {{ ref('int_voice__nps_levels_measured') }}
    where windows_back = 0 and segment_dimension <> 'account'
),

weighed as (
    select * from {{ ref('int_revenue__restatements_weighed') }}
    where segment_dimension = 'all'
),

merge_cuts as (
    select * from {{ ref('int_accounts__merge_cuts_found') }}
),

closed as (
    select * from published
    where not is_provisional and as_of_date <= {{ as_of() }} and segment_dimension <> 'account'
),

closed_months as (
    select calendar_month, window_days, max(policy_version) as policy_version
    from closed
    group by calendar_month, window_days
),

present as (
    select measured.* from measured
    inner join closed_months
        on measured.calendar_month = closed_months.calendar_month and measured.window_days = closed_months.window_days
),

compared as (
    select
        coalesce(present.calendar_month, closed.calendar_month) as calendar_month,
        coalesce(present.window_days, closed.window_days) as window_days,
        coalesce(present.level, closed.level) as level,
        coalesce(present.survey_kind, closed.survey_kind) as survey_kind,
        coalesce(present.segment_dimension, closed.segment_dimension) as segment_dimension,
        coalesce(present.segment_value, closed.segment_value) as segment_value,
        closed.nps as old_value,
        present.nps as new_value,
        coalesce(present.accounts, 0) <> coalesce(closed.accounts, 0) as is_other_accounts,
        coalesce(present.responses, 0) <> coalesce(closed.responses, 0)
        or coalesce(present.promoters, 0) <> coalesce(closed.promoters, 0)
        or coalesce(present.detractors, 0) <> coalesce(closed.detractors, 0) as is_other_votes
    from closed
    full outer join present
        on closed.calendar_month = present.calendar_month
        and closed.window_days = present.window_days
        and closed.level = present.level
        and closed.survey_kind = present.survey_kind
        and closed.segment_dimension = present.segment_dimension
        and closed.segment_value = present.segment_value
),

-- the whole respondents' window says whether any answer is new, changed or gone
late as (
    select calendar_month, window_days, survey_kind
    from compared
    where level = 'respondent' and segment_dimension = 'all' and is_other_votes
),

revenue_causes as (
    select month_number, cause
    from weighed
    qualify row_number() over (partition by month_number order by gross_minor desc, cause asc) = 1
),

restatements as (
    select
        'nps_' || compared.level || '_' || compared.survey_kind || '_' || cast(compared.window_days as {{ dbt.type_string() }}) || 'd' as metric,
        compared.calendar_month,
        compared.segment_dimension,
        compared.segment_value,
        compared.old_value,
        compared.new_value,
        case
            when closed_months.policy_version <> '{{ policy_version() }}' then 'policy'
            when '{{ var("previous_models") }}' = 'other' then 'model'
            when late.calendar_month is not null then 'late_data'
            when merge_cuts.segment_value is not null and (compared.is_other_accounts or compared.is_other_votes) then 'merge'
            when compared.level = 'revenue' and revenue_causes.cause is not null then revenue_causes.cause
            when compared.segment_dimension <> 'all' then 'segment'
            else 'late_data'
        end as cause
    from compared
    inner join closed_months
        on compared.calendar_month = closed_months.calendar_month and compared.window_days = closed_months.window_days
    left join merge_cuts
        on compared.segment_dimension = merge_cuts.segment_dimension and compared.segment_value = merge_cuts.segment_value
    left join late
        on compared.calendar_month = late.calendar_month
        and compared.window_days = late.window_days
        and compared.survey_kind = late.survey_kind
    left join revenue_causes on {{ month_number('compared.calendar_month') }} = revenue_causes.month_number
    where (compared.old_value is null) <> (compared.new_value is null) or abs(compared.old_value - compared.new_value) > 1e-9
)

select * from restatements
