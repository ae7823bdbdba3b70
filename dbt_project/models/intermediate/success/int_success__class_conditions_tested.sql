with patterns as (
    select * from {{ ref('int_success__patterns_counted') }}
),

signals as (
    select * from {{ ref('int_success__signals_measured') }}
),

-- text in the seed, so that a mistyped cell is told with its line by a test instead of a loader's error
conditions as (
    select
        rule_id,
        cast(rule_order as integer) as rule_order,
        customer_class,
        condition_group,
        signal,
        operator,
        cast(threshold as double) as threshold,
        cast(valid_days as integer) as valid_days
    from {{ ref('class_rules') }}
),

known as (
    select account_id, calendar_month, signal, signal_value, evidence_table, evidence_id, observed_on, age_days
    from signals
    union all
    select account_id, calendar_month, 'valid_patterns', cast(valid_patterns as double), 'customer_classes', null, last_on, 0
    from patterns
),

tested as (
    select
        known.account_id,
        known.calendar_month,
        conditions.rule_id,
        conditions.rule_order,
        conditions.customer_class,
        conditions.condition_group,
        conditions.signal,
        conditions.operator,
        conditions.threshold,
        conditions.valid_days,
        known.signal_value,
        known.evidence_table,
        known.evidence_id,
        known.observed_on,
        known.age_days,
        known.age_days <= conditions.valid_days as is_valid,
        {{ rule_holds('known.signal_value', 'conditions.operator', 'conditions.threshold') }} as is_satisfied
    from known
    inner join conditions
        on conditions.signal = known.signal
)

select * from tested
