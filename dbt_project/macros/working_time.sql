{#- Working seconds of a schedule from the start of its horizon to an instant: the prefix sum of the segment that holds the
    instant, plus the part of the segment worked by then. The difference of two is the business time between them. -#}
{% macro working_seconds_until(at, segment) -%}
    ({{ segment }}.seconds_before + greatest(
        0, {{ seconds_between(segment ~ '.starts_at', 'least(' ~ at ~ ', ' ~ segment ~ '.working_until)') }}
    ))
{%- endmacro %}

{#- Join condition: the one segment of a schedule that holds an instant. Equality on schedule and UTC day finds a handful
    of candidates by hash, the two comparisons pick one; no range join over all tickets. -#}
{% macro segment_holds(segment, schedule_id, at) -%}
    {{ segment }}.schedule_id = {{ schedule_id }}
    and {{ segment }}.segment_on = cast({{ at }} as date)
    and {{ segment }}.starts_at <= {{ at }}
    and {{ segment }}.ends_at > {{ at }}
{%- endmacro %}
