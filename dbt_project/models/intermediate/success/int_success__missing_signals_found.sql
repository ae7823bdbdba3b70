-- Where no rule could be decided, the signals that the other rules ask for and that are missing or stale are the reason. A model of its own: two
-- joins with all signals at once want more memory than a night has.
with classes as (
    select * from {{ ref('int_success__classes_decided') }}
    where customer_class = 'Unknown' and valid_patterns >= 2
),

signals as (
    select * from {{ ref('int_success__signals_measured') }}
),

conditions as (
    select
        signal,
        try_cast(valid_days as integer) as valid_days
    from {{ ref('class_rules') }}
    where customer_class <> 'Unknown' and signal <> 'valid_patterns'
),

undecided as (
    select distinct
        classes.account_id,
        classes.calendar_month,
        classes.rule_id,
        'missing' as condition_group,
        conditions.signal,
        cast(null as string) as operator,
        cast(null as double) as threshold,
        cast(null as integer) as valid_days,
        'missing_signal' as reason_kind
    from classes
    cross join conditions
    left join signals
        on signals.account_id = classes.account_id
        and signals.calendar_month = classes.calendar_month
        and signals.signal = conditions.signal
        and signals.age_days <= conditions.valid_days
    where signals.signal is null
)

select * from undecided
