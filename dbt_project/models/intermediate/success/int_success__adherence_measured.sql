{#- Read once: not worth a table of its own. -#}
{{ config(materialized='view') }}
with milestones as (
    select * from {{ ref('int_success__milestones_resolved') }}
    where account_id is not null
),

months as (
    select distinct calendar_month, last_on from {{ ref('int_success__account_months_spined') }}
),

-- a promise counts from the day it is due, for the window's length; met later is not met in time,
-- so that nothing learnt after a month changes it
due_in_window as (
    select
        milestones.account_id,
        months.calendar_month,
        milestones.milestone_id,
        milestones.owner_party,
        milestones.due_on,
        coalesce(milestones.completed_on <= milestones.due_on, false) as is_met_on_time
    from milestones
    inner join months
        on months.last_on >= milestones.due_on
        and months.last_on < {{ add_days('milestones.due_on', var('adherence_window_days')) }}
),

adherence as (
    select
        account_id,
        calendar_month,
        count(*) as milestones_due_90d,
        count_if(is_met_on_time) as milestones_met_90d,
        count_if(owner_party = 'customer') as customer_milestones_due_90d,
        count_if(owner_party = 'customer' and is_met_on_time) as customer_milestones_met_90d,
        count_if(owner_party = 'supplier') as supplier_milestones_due_90d,
        count_if(owner_party = 'supplier' and is_met_on_time) as supplier_milestones_met_90d,
        max(due_on) as last_due_on,
        -- the milestone that speaks: the latest one missed, else the latest one due
        coalesce(
            max_by(milestone_id, cast(due_on as string) || milestone_id) filter (where not is_met_on_time),
            max_by(milestone_id, cast(due_on as string) || milestone_id)
        ) as deciding_milestone_id
    from due_in_window
    group by account_id, calendar_month
)

select * from adherence
