with classes as (
    select * from {{ ref('int_success__classes_decided') }}
),

signals as (
    select * from {{ ref('int_success__signals_measured') }}
),

conditions as (
    select
        rule_id,
        condition_group,
        signal,
        operator,
        try_cast(threshold as double) as threshold,
        try_cast(valid_days as integer) as valid_days
    from {{ ref('class_rules') }}
),

-- every condition of the rule that decided, also the ones that nothing is known about
deciding as (
    select
        classes.account_id,
        classes.calendar_month,
        classes.rule_id,
        conditions.condition_group,
        conditions.signal,
        conditions.operator,
        conditions.threshold,
        conditions.valid_days,
        'condition' as reason_kind
    from classes
    inner join conditions
        on conditions.rule_id = classes.rule_id
),

undecided as (
    select * from {{ ref('int_success__missing_signals_found') }}
),

asked as (
    select * from deciding
    union all
    select * from undecided
),

evidence as (
    select account_id, calendar_month, signal, signal_value, evidence_table, evidence_id, observed_on, age_days
    from signals
    union all
    select
        account_id,
        calendar_month,
        'valid_patterns',
        cast(valid_patterns as double),
        'customer_classes',
        account_id,
        last_on,
        0
    from classes
),

signal_reasons as (
    select
        asked.*,
        evidence.signal_value,
        evidence.evidence_table,
        evidence.evidence_id,
        evidence.observed_on,
        evidence.age_days
    from asked
    left join evidence
        on evidence.account_id = asked.account_id
        and evidence.calendar_month = asked.calendar_month
        and evidence.signal = asked.signal
)

select * from signal_reasons
