-- Refuses the build with the line of every condition in class_rules.csv that can't be understood or leaves a hole.
with lines as (
    select
        {{ seed_line() }} as line,
        class_rules.*,
        try_cast(rule_order as integer) as order_number,
        try_cast(threshold as double) as threshold_number,
        try_cast(valid_days as integer) as days_number
    from {{ ref('class_rules') }} as class_rules
),

signals as (
    select * from {{ ref('class_signals') }}
),

rules as (
    select
        rule_id,
        min(order_number) as order_number,
        count(distinct rule_order) as orders,
        count(distinct customer_class) as classes
    from lines
    group by rule_id
),

shared_orders as (
    select order_number
    from rules
    group by order_number
    having count(*) > 1
),

repeated as (
    select max(line) as line
    from lines
    group by rule_id, condition_group, signal, operator, threshold
    having count(*) > 1
),

-- what no other rule decides must still be decided: the last rule always holds
last_line as (
    select *
    from lines
    qualify row_number() over (order by order_number desc nulls last, line desc) = 1
),

problems as (
    select
        lines.line,
        case
            when lines.rule_id is null or lines.rule_order is null or lines.customer_class is null or lines.condition_group is null
                or lines.signal is null or lines.operator is null or lines.threshold is null or lines.valid_days is null
                then 'a cell is empty'
            when lines.order_number is null then 'rule_order "' || lines.rule_order || '" is no whole number'
            when lines.threshold_number is null then 'threshold "' || lines.threshold || '" is no number'
            when coalesce(lines.days_number, 0) < 1 then 'valid_days "' || lines.valid_days || '" is no number of days'
            when lines.customer_class not in ('Dangling', 'At-Risk', 'Growth', 'Happy', 'Unknown')
                then 'unknown class "' || lines.customer_class || '"'
            when lines.operator not in ({{ text_list(rule_operators().keys()) }}) then 'unknown operator "' || lines.operator || '"'
            when signals.signal is null then 'unknown signal "' || lines.signal || '"; class_signals.csv lists them'
            when rules.orders > 1 or rules.classes > 1 then 'rule "' || lines.rule_id || '" has several orders or classes'
            when shared_orders.order_number is not null then 'rule_order ' || lines.rule_order || ' is used by two rules'
            when repeated.line is not null then 'repeats an earlier line'
            when last_line.line is not null and not (
                lines.customer_class = 'Unknown' and lines.signal = 'valid_patterns' and lines.operator = '>=' and lines.threshold_number <= 0
            ) then 'leaves a hole: the last rule must be Unknown where valid_patterns >= 0'
        end as problem
    from lines
    left join signals on signals.signal = lines.signal
    left join rules on rules.rule_id = lines.rule_id
    left join shared_orders on shared_orders.order_number = lines.order_number
    left join repeated on repeated.line = lines.line
    left join last_line on last_line.line = lines.line
),

refusal as (
    select listagg('class_rules.csv line ' || cast(line as string) || ': ' || problem, '; ') as message
    from problems
    where problem is not null
)

select message
from refusal
where case when message is not null then {{ fail_run('message') }} is not null else false end
