with measured as (
    select * from {{ ref('int_voice__nps_levels_measured') }}
),

windows as (
    select * from {{ ref('int_voice__windows_spined') }}
    where windows_back = 0
),

invitations as (
    select * from {{ ref('int_voice__nps_invitations_summed') }}
),

bases as (
    select * from {{ ref('int_voice__segment_bases_summed') }}
),

-- the step is judged against the window that ended where this one begins
steps as (
    select
        present.*,
        earlier.nps as previous_nps,
        earlier.evidence_count as previous_evidence_count,
        present.nps - earlier.nps as change,
        abs(present.adjusted_share - earlier.adjusted_share)
        > {{ z_95() }} * sqrt(present.adjusted_variance + earlier.adjusted_variance) as is_significant
    from measured as present
    left join measured as earlier
        on present.calendar_month = earlier.calendar_month
        and present.window_days = earlier.window_days
        and present.survey_kind = earlier.survey_kind
        and present.level = earlier.level
        and present.segment_dimension = earlier.segment_dimension
        and present.segment_value = earlier.segment_value
        and earlier.windows_back = 1
    where present.windows_back = 0
),

published as (
    select
        steps.calendar_month,
        windows.is_provisional,
        cast(steps.window_days as integer) as window_days,
        steps.level,
        steps.survey_kind,
        steps.segment_dimension,
        steps.segment_value,
        cast(steps.responses as bigint) as responses,
        cast(steps.accounts as bigint) as accounts,
        cast(steps.promoters as bigint) as promoters,
        cast(steps.passives as bigint) as passives,
        cast(steps.detractors as bigint) as detractors,
        steps.nps_numerator,
        steps.nps_denominator,
        steps.nps,
        steps.nps_low,
        steps.nps_high,
        cast(steps.evidence_count as bigint) as evidence_count,
        case
            when steps.evidence_count < {{ var('indicative_responses') }} then 'insufficient'
            when steps.evidence_count < {{ var('reportable_responses') }} then 'indicative'
            else 'reportable'
        end as reliability,
        cast(invitations.invited as bigint) as invited,
        cast(invitations.answered as bigint) as answered,
        {{ ratio('invitations.answered', 'invitations.invited') }} as response_rate,
        cast(steps.paying_accounts as bigint) as accounts_covered,
        cast(bases.paying_accounts as bigint) as accounts_paying,
        {{ ratio('steps.paying_accounts', 'bases.paying_accounts') }} as accounts_covered_rate,
        cast(steps.revenue as bigint) as revenue_covered_minor,
        cast(bases.revenue as bigint) as revenue_minor,
        {{ ratio('steps.revenue', 'bases.revenue') }} as revenue_covered_rate,
        steps.previous_nps,
        cast(steps.previous_evidence_count as bigint) as previous_evidence_count,
        steps.change,
        steps.is_significant,
        {{ money_columns() }},
        {{ publication_columns() }}
    from steps
    inner join windows on steps.calendar_month = windows.calendar_month and steps.window_days = windows.window_days
    left join invitations
        on steps.calendar_month = invitations.calendar_month
        and steps.window_days = invitations.window_days
        and steps.survey_kind = invitations.survey_kind
        and steps.segment_dimension = invitations.segment_dimension
        and steps.segment_value = invitations.segment_value
    left join bases
        on steps.calendar_month = bases.calendar_month
        and steps.segment_dimension = bases.segment_dimension
        and steps.segment_value = bases.segment_value
)

select * from published
