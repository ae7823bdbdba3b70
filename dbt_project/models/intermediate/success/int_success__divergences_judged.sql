{#- A hair of tolerance: a fall of exactly epsilon, told in floating point, is a fall of epsilon. -#}
{%- set epsilon = var('divergence_epsilon') ~ ' - 0.000000001' -%}

with paired as (
    select * from {{ ref('int_success__nrr_vectors_paired') }}
),

compared as (
    select
        paired.*,
        {{ ratio('retained_mrr_minor', 'cohort_mrr_minor') }} as nrr_12,
        {{ ratio('retained_mrr_minor', 'cohort_mrr_minor') }} >= {{ var('nrr_target') }} as is_target_met,
        delta <= -1 * ({{ epsilon }}) as is_falling,
        delta >= {{ epsilon }} as is_rising,
        lag(delta) over (partition by segment_dimension, segment_value order by calendar_month) as previous_delta
    from paired
),

judged as (
    select
        compared.*,
        case
            when is_target_met is null or success_vector is null or delta is null then 'unknown'
            when is_target_met and is_falling and previous_delta <= -1 * ({{ epsilon }}) then 'revenue_at_expense_of_success'
            when not is_target_met and is_rising and previous_delta >= {{ epsilon }} then 'success_without_revenue'
            when is_target_met then 'aligned_up'
            else 'aligned_down'
        end as divergence_state
    from compared
),

-- a run of months in one state: it begins where the state differs from the month before
begun as (
    select
        judged.*,
        case
            when divergence_state = lag(divergence_state) over (partition by segment_dimension, segment_value order by calendar_month) then 0
            else 1
        end as is_first_month
    from judged
),

numbered as (
    select
        begun.*,
        sum(is_first_month) over (
            partition by segment_dimension, segment_value
            order by calendar_month
            rows between unbounded preceding and current row
        ) as run_number
    from begun
),

-- how many months the state has lasted, this one included
counted as (
    select
        numbered.*,
        row_number() over (
            partition by segment_dimension, segment_value, run_number
            order by calendar_month
        ) as months_in_state
    from numbered
)

select * from counted
