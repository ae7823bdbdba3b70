-- Refuses the build with the line of every rule in intervention_rules.csv that can't be understood.
{%- set occasions = [
    'plan_day_ahead', 'days_without_qbr', 'qbr_overdue', 'renewal_ahead', 'customer_milestone_missed', 'supplier_milestone_missed',
    'class_worsened', 'dangling_entered', 'claimed_not_proven', 'revenue_at_expense_of_success', 'champion_left',
    'detractor_answered', 'payment_failed',
] %}
with lines as (
    select
        {{ seed_line() }} as line,
        intervention_rules.*
    from {{ ref('intervention_rules') }} as intervention_rules
),

problems as (
    select
        line,
        case
            when rule_id is null or kind is null or occasion is null or operator is null or threshold is null
                or lead_days is null or due_in_days is null or once_per is null or play is null
                then 'a cell is empty'
            when kind not in ('timed', 'data', 'trigger') then 'unknown kind "' || kind || '"'
            when occasion not in ({{ text_list(occasions) }}) then 'unknown occasion "' || occasion || '"'
            when operator not in ({{ text_list(rule_operators().keys()) }}) then 'unknown operator "' || operator || '"'
            when try_cast(threshold as double) is null then 'threshold "' || threshold || '" is no number'
            when coalesce(try_cast(lead_days as integer), -1) < 0 then 'lead_days "' || lead_days || '" is no number of days'
            when coalesce(try_cast(due_in_days as integer), 0) < 1 then 'due_in_days "' || due_in_days || '" is no number of days'
            when once_per not in ('occasion', 'month') then 'once_per "' || once_per || '" is neither occasion nor month'
            when count(*) over (partition by rule_id) > 1 then 'rule "' || rule_id || '" stands there twice'
        end as problem
    from lines
),

refusal as (
    select {{ joined_text("'intervention_rules.csv line ' || cast(line as string) || ': ' || problem", '; ') }} as message
    from problems
    where problem is not null
)

select message
from refusal
where case when message is not null then {{ fail_run('message') }} is not null else false end
