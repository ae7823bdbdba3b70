with movements as (
    select * from {{ ref('int_revenue__movements_reasoned') }}
),

account_months as (
    select * from {{ ref('int_revenue__account_months') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

all_movements as (
    select account_id, calendar_month, movement, reason, previous_minor, current_minor
    from movements
    union all
    select
        account_id,
        calendar_month,
        'fx' as movement,
        'rate' as reason,
        opening_mrr_minor as previous_minor,
        revalued_mrr_minor as current_minor
    from account_months
    where fx_minor <> 0
),

mrr_movements as (
    select
        all_movements.account_id,
        all_movements.calendar_month,
        months.is_provisional,
        all_movements.movement,
        all_movements.reason,
        all_movements.previous_minor,
        all_movements.current_minor,
        all_movements.current_minor - all_movements.previous_minor as change_minor,
        {{ money_columns() }},
        {{ publication_columns() }}
    from all_movements
    inner join months on all_movements.calendar_month = months.calendar_month
)

select * from mrr_movements
