with tickets as (
    select
        account_id,
        ticket_id,
        is_sla_met,
        {{ local_date('created_at') }} as created_on,
        {{ local_date('first_solved_at') }} as solved_on
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null
),

created as (
    select
        account_id,
        cast(date_trunc('quarter', created_on) as date) as calendar_quarter,
        count(*) as tickets_created
    from tickets
    group by account_id, cast(date_trunc('quarter', created_on) as date)
),

solved as (
    select
        account_id,
        cast(date_trunc('quarter', solved_on) as date) as calendar_quarter,
        count(*) as tickets_solved,
        count(is_sla_met) as sla_judged,
        count_if(is_sla_met) as sla_met
    from tickets
    where solved_on is not null
    group by account_id, cast(date_trunc('quarter', solved_on) as date)
),

measured as (
    select
        coalesce(created.account_id, solved.account_id) as account_id,
        coalesce(created.calendar_quarter, solved.calendar_quarter) as calendar_quarter,
        coalesce(created.tickets_created, 0) as tickets_created,
        coalesce(solved.tickets_solved, 0) as tickets_solved,
        coalesce(solved.sla_judged, 0) as sla_judged,
        coalesce(solved.sla_met, 0) as sla_met
    from created
    full outer join solved
        on solved.account_id = created.account_id
        and solved.calendar_quarter = created.calendar_quarter
)

select * from measured
