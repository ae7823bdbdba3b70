{#- Read once: not worth a table of its own. -#}
{{ config(materialized='view') }}
with tickets as (
    select
        account_id,
        ticket_id,
        is_sla_met,
        {{ local_date('sla_judged_at') }} as judged_on
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null
        and sla_judged_at is not null
        and is_sla_met is not null
),

months as (
    select distinct calendar_month, last_on from {{ ref('int_success__account_months_spined') }}
),

in_window as (
    select
        tickets.*,
        months.calendar_month
    from tickets
    inner join months
        on months.last_on >= tickets.judged_on
        and months.last_on < {{ add_days('tickets.judged_on', var('sla_window_days')) }}
),

windows as (
    select
        account_id,
        calendar_month,
        count(*) as sla_judged_90d,
        count_if(is_sla_met) as sla_met_90d,
        max(judged_on) as last_judged_on,
        coalesce(
            max_by(ticket_id, cast(judged_on as string) || ticket_id) filter (where not is_sla_met),
            max_by(ticket_id, cast(judged_on as string) || ticket_id)
        ) as deciding_ticket_id
    from in_window
    group by account_id, calendar_month
)

select * from windows
