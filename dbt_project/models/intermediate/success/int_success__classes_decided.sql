with patterns as (
    select * from {{ ref('int_success__patterns_counted') }}
),

signals as (
    select * from {{ ref('int_success__signals_measured') }}
),

-- text in the seed, so that a mistyped cell is told with its line by a test instead of an engine's error
conditions as (
    select
        rule_id,
        try_cast(rule_order as integer) as rule_order,
        customer_class,
        condition_group,
        signal,
        operator,
        try_cast(threshold as double) as threshold,
        try_cast(valid_days as integer) as valid_days
    from {{ ref('class_rules') }}
),

known as (
    select account_id, calendar_month, signal, signal_value, age_days
    from signals
    union all
    select account_id, calendar_month, 'valid_patterns', cast(valid_patterns as double), 0
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
        -- 1 on its day, 0.5 on the last day it is valid
        1 - 0.5 * known.age_days / conditions.valid_days as freshness
    from known
    inner join conditions
        on conditions.signal = known.signal
    where known.age_days <= conditions.valid_days
        and {{ rule_holds('known.signal_value', 'conditions.operator', 'conditions.threshold') }}
),

rules as (
    select
        rule_id,
        count(distinct condition_group) as groups_needed
    from conditions
    group by rule_id
),

-- a group holds when one of its conditions does, on evidence still valid; what is not known holds nothing
groups_met as (
    select
        account_id,
        calendar_month,
        rule_id,
        rule_order,
        customer_class,
        count(distinct condition_group) as groups_held
    from tested
    group by account_id, calendar_month, rule_id, rule_order, customer_class
),

matching as (
    select groups_met.*
    from groups_met
    inner join rules
        on rules.rule_id = groups_met.rule_id
        and rules.groups_needed = groups_met.groups_held
    qualify row_number() over (
        partition by groups_met.account_id, groups_met.calendar_month
        order by groups_met.rule_order
    ) = 1
),

-- how fresh the evidence is that decided
freshness as (
    select
        tested.account_id,
        tested.calendar_month,
        {{ exact_mean('tested.freshness') }} as freshness
    from tested
    inner join matching
        on matching.account_id = tested.account_id
        and matching.calendar_month = tested.calendar_month
        and matching.rule_id = tested.rule_id
    where tested.signal <> 'valid_patterns'
    group by tested.account_id, tested.calendar_month
),

decided as (
    select
        patterns.account_id,
        patterns.calendar_month,
        patterns.is_provisional,
        patterns.last_on,
        patterns.valid_patterns,
        patterns.has_past,
        patterns.has_present,
        patterns.has_potential,
        matching.customer_class,
        matching.rule_id,
        matching.rule_order,
        -- share of the three patterns that speak, times how fresh they are
        patterns.valid_patterns / cast(3 as double) * freshness.freshness as confidence
    from patterns
    left join matching
        on matching.account_id = patterns.account_id
        and matching.calendar_month = patterns.calendar_month
    left join freshness
        on freshness.account_id = patterns.account_id
        and freshness.calendar_month = patterns.calendar_month
),

changed as (
    select
        decided.*,
        lag(customer_class) over (partition by account_id order by calendar_month) as previous_class
    from decided
)

select * from changed
