-- Business seconds from creation to first reply, first and last solving: at each end of each span of a schedule the prefix
-- sum of working time is looked up, and differences are added. A stretch under a schedule that nobody knows the hours of leaves
-- the whole figure NULL: the rest of the sum would be too small.
with tickets as (
    select * from {{ ref('int_support__tickets_clocked') }}
),

spans as (
    select * from {{ ref('int_support__ticket_schedules_spanned') }}
),

segments as (
    select * from {{ ref('int_support__working_segments_summed') }}
),

clocks as (
    select source_name, ticket_id, 'first_reply' as clock, first_reply_at as ends_at from tickets where first_reply_at is not null
    union all
    select source_name, ticket_id, 'first_resolution', first_solved_at from tickets where first_solved_at is not null
    union all
    select source_name, ticket_id, 'full_resolution', last_solved_at from tickets where last_solved_at is not null
),

stretches as (
    select
        clocks.source_name,
        clocks.ticket_id,
        clocks.clock,
        spans.schedule_id,
        spans.valid_from as starts_at,
        least(clocks.ends_at, spans.valid_to) as ends_at
    from clocks
    inner join spans
        on clocks.source_name = spans.source_name and clocks.ticket_id = spans.ticket_id
    where spans.valid_from < clocks.ends_at or spans.valid_from = clocks.ends_at
),

measured as (
    select
        stretches.source_name,
        stretches.ticket_id,
        stretches.clock,
        {{ working_seconds_until('stretches.ends_at', 'last_segments') }}
        - {{ working_seconds_until('stretches.starts_at', 'first_segments') }} as business_seconds
    from stretches
    left join segments as first_segments
        on {{ segment_holds('first_segments', 'stretches.schedule_id', 'stretches.starts_at') }}
    left join segments as last_segments
        on {{ segment_holds('last_segments', 'stretches.schedule_id', 'stretches.ends_at') }}
),

summed as (
    select
        source_name,
        ticket_id,
        {% for clock in ['first_reply', 'first_resolution', 'full_resolution'] -%}
        case
            when count(case when clock = '{{ clock }}' then 1 end) = count(case when clock = '{{ clock }}' then business_seconds end)
                then cast(sum(case when clock = '{{ clock }}' then business_seconds end) as double) / 60
        end as {{ clock }}_business_minutes{{ "," if not loop.last }}
        {% endfor %}
    from measured
    group by source_name, ticket_id
)

select * from summed
