-- Tickets that were open in somebody's hands at any time of a month.
with assignments as (
    select * from {{ ref('int_support__assignments_spanned') }}
    where worker_id is not null
),

open_spans as (
    select * from {{ ref('int_support__open_spans_derived') }}
),

holdings as (
    select
        assignments.source_name,
        assignments.worker_kind,
        assignments.worker_id,
        assignments.ticket_id,
        greatest(assignments.valid_from, open_spans.opened_at) as held_from,
        least(assignments.valid_to, coalesce(open_spans.solved_at, {{ as_of_end() }}), {{ as_of_end() }}) as held_until
    from assignments
    inner join open_spans
        on assignments.source_name = open_spans.source_name and assignments.ticket_id = open_spans.ticket_id
),

month_numbers as (
    select
        source_name,
        worker_kind,
        worker_id,
        ticket_id,
        {{ explode_integers(
            month_number(local_date('held_from')), month_number(local_date(add_seconds('held_until', -1)))
        ) }} as month_number
    from holdings
    where held_until > held_from
),

tickets_held as (
    select
        source_name,
        worker_kind,
        worker_id,
        month_number,
        count(distinct ticket_id) as tickets_held
    from month_numbers
    group by source_name, worker_kind, worker_id, month_number
)

select * from tickets_held
