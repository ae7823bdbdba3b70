{#- measure: [what must be told for it, what is missing otherwise] -#}
{%- set needs = {
    'first_reply': ['tells_first_replies', 'neither public replies nor the time of the first one'],
    'resolution': ['tells_solvings', 'neither changes of status nor the time of solving or closing'],
    'business_minutes': ['tells_schedules', 'no schedule of working hours'],
    'public_replies': ['tells_replies', 'no public replies among the events'],
    'one_touch': ['tells_replies and inputs.tells_status_changes', 'no public replies or no changes of status among the events'],
    'reopens': ['tells_status_changes', 'no changes of status among the events'],
    'handoffs': ['tells_assignments', 'no changes of assignee or group among the events'],
    'sla': ['tells_slas', 'no due times, verdicts or clocks of an SLA'],
    'csat': ['tells_satisfaction', 'no score of a customer about any ticket'],
    'support_kind': ['tells_kinds', 'neither tags nor types'],
} -%}

-- Measures of support that are NULL because their helpdesk does not tell what they rest on.
with inputs as (
    select * from {{ ref('int_support__inputs_told') }}
),

inputs_missing as (
    {% for measure, (condition, reason) in needs.items() -%}
    select source_name, '{{ measure }}' as measure, '{{ reason }}' as reason
    from inputs
    where not (inputs.{{ condition }})
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from inputs_missing
