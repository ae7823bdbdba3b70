with account_months as (
    select * from {{ ref('int_success__account_months_spined') }}
),

signals as (
    select * from {{ ref('int_success__signals_measured') }}
),

dictionary as (
    select * from {{ ref('class_signals') }}
),

last_observed as (
    select
        signals.account_id,
        signals.calendar_month,
        max(signals.observed_on) filter (where dictionary.pattern = 'past') as past_observed_on,
        max(signals.observed_on) filter (where dictionary.pattern = 'present') as present_observed_on,
        max(signals.observed_on) filter (where dictionary.pattern = 'potential') as potential_observed_on
    from signals
    inner join dictionary
        on dictionary.signal = signals.signal
    group by signals.account_id, signals.calendar_month
),

validated as (
    select
        account_months.account_id,
        account_months.calendar_month,
        account_months.is_provisional,
        account_months.last_on,
        last_observed.past_observed_on,
        last_observed.present_observed_on,
        last_observed.potential_observed_on,
        coalesce(
            {{ days_between('last_observed.past_observed_on', 'account_months.last_on') }} <= {{ var('past_valid_days') }},
            false
        ) as has_past,
        coalesce(
            {{ days_between('last_observed.present_observed_on', 'account_months.last_on') }} <= {{ var('present_valid_days') }},
            false
        ) as has_present,
        coalesce(
            {{ days_between('last_observed.potential_observed_on', 'account_months.last_on') }} <= {{ var('potential_valid_days') }},
            false
        ) as has_potential
    from account_months
    left join last_observed
        on last_observed.account_id = account_months.account_id
        and last_observed.calendar_month = account_months.calendar_month
),

counted as (
    select
        validated.*,
        cast(has_past as integer) + cast(has_present as integer) + cast(has_potential as integer) as valid_patterns
    from validated
)

select * from counted
