-- A hole of the rules in the data: everything that a rule asks for is known, and yet no rule but the last one holds.
with classes as (
    select * from {{ ref('int_success__classes_decided') }}
    where customer_class = 'Unknown'
        and valid_patterns >= 2
),

asked_for as (
    select
        signal,
        min(cast(valid_days as integer)) as valid_days
    from {{ ref('class_rules') }}
    where signal <> 'valid_patterns'
        -- nobody gives notice where nobody leaves
        and signal <> 'scheduled_exit_rate'
    group by signal
),

known as (
    select
        signals.account_id,
        signals.calendar_month,
        count(*) as signals_known
    from {{ ref('int_success__signals_measured') }} as signals
    inner join asked_for
        on asked_for.signal = signals.signal
        and signals.age_days <= asked_for.valid_days
    group by signals.account_id, signals.calendar_month
),

needed as (
    select count(*) as signals_needed from asked_for
)

select
    classes.account_id,
    classes.calendar_month
from classes
inner join known
    on known.account_id = classes.account_id
    and known.calendar_month = classes.calendar_month
cross join needed
where known.signals_known >= needed.signals_needed
