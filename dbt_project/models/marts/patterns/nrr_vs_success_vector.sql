with divergences as (
    select * from {{ ref('int_success__divergences_judged') }}
),

months as (
    select calendar_month, is_provisional from {{ ref('int_calendar__months_spined') }}
),

published as (
    select
        divergences.segment_dimension,
        divergences.segment_value,
        divergences.account_id,
        divergences.calendar_month,
        months.is_provisional,
        cast(divergences.retained_mrr_minor as bigint) as retained_mrr_minor,
        cast(divergences.cohort_mrr_minor as bigint) as cohort_mrr_minor,
        cast(divergences.cohort_accounts as bigint) as cohort_accounts,
        divergences.nrr_12,
        cast({{ var('nrr_target') }} as double) as nrr_target,
        divergences.is_target_met,
        divergences.success_vector,
        cast(divergences.vector_accounts as bigint) as vector_accounts,
        divergences.delta,
        divergences.previous_delta,
        divergences.divergence_state as state,
        cast(divergences.months_in_state as bigint) as months_in_state,
        cast(divergences.exposed_mrr_minor as bigint) as exposed_mrr_minor,
        cast(divergences.falling_accounts as bigint) as falling_accounts,
        cast(divergences.falling_mrr_minor as bigint) as falling_mrr_minor,
        divergences.renewal_on,
        {{ money_columns() }},
        {{ publication_columns() }}
    from divergences
    inner join months
        on months.calendar_month = divergences.calendar_month
)

select * from published
