with milestones as (
    select * from {{ ref('int_success__milestones_resolved') }}
    where account_id is not null
),

qbrs as (
    select * from {{ ref('int_success__qbrs_resolved') }}
    where account_id is not null
),

renewals as (
    -- a day that only follows from the billing interval comes every month and decides nothing
    select distinct account_id, renewal_on from {{ ref('int_revenue__renewals_dated') }}
    where not coalesce(is_date_derived, false)
),

held as (
    select
        account_id,
        qbr_id,
        held_on,
        lead(held_on) over (partition by account_id order by held_on, qbr_id) as next_held_on
    from qbrs
    where held_on is not null
),

occasions as (
    select
        account_id,
        'plan_day_ahead' as occasion,
        cast(plan_day as double) as occasion_value,
        milestone_id as subject_id,
        due_on as occurred_on,
        completed_on as settled_on,
        'milestones' as evidence_table,
        milestone_id as evidence_id
    from milestones
    where plan_day is not null
    union all
    select
        account_id,
        owner_party || '_milestone_missed',
        1.0,
        milestone_id,
        {{ add_days('due_on', 1) }},
        completed_on,
        'milestones',
        milestone_id
    from milestones
    where due_on < {{ as_of() }}
        and coalesce(completed_on > due_on, true)
    union all
    select
        account_id,
        'days_without_qbr',
        cast({{ var('qbr_cadence_days') }} as double),
        qbr_id,
        {{ add_days('held_on', var('qbr_cadence_days')) }},
        next_held_on,
        'present_patterns',
        qbr_id
    from held
    where coalesce(next_held_on > {{ add_days('held_on', var('qbr_cadence_days')) }}, true)
    union all
    select
        account_id,
        'qbr_overdue',
        1.0,
        qbr_id,
        {{ add_days('planned_on', var('qbr_grace_days') + 1) }},
        held_on,
        'present_patterns',
        qbr_id
    from qbrs
    where coalesce(held_on > {{ add_days('planned_on', var('qbr_grace_days')) }}, true)
    union all
    select
        account_id,
        'renewal_ahead',
        1.0,
        cast(renewal_on as string),
        renewal_on,
        cast(null as date),
        'renewals',
        account_id || ':' || cast(renewal_on as string)
    from renewals
)

select * from occasions
