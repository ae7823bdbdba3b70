with qbrs as (
    select * from {{ ref('int_success__qbrs_resolved') }}
    where account_id is not null
),

planned as (
    select
        account_id,
        cast(date_trunc('quarter', planned_on) as date) as calendar_quarter,
        count(*) as qbrs_planned,
        count(held_on) as qbrs_held,
        count_if(held_on is null and {{ add_days('planned_on', var('qbr_grace_days')) }} < {{ as_of() }}) as qbrs_overdue,
        min(planned_on) filter (where held_on is null) as open_since_on
    from qbrs
    group by account_id, cast(date_trunc('quarter', planned_on) as date)
),

held as (
    select
        account_id,
        cast(date_trunc('quarter', held_on) as date) as calendar_quarter,
        max(held_on) as last_held_on,
        max_by(qbr_id, cast(held_on as string) || qbr_id) as last_qbr_id,
        sum(issues_raised) as issues_raised,
        -- open issues are a state, not a flow: the last review of the quarter tells it
        max_by(issues_open, cast(held_on as string) || qbr_id) filter (where issues_open is not null) as issues_open,
        sum(opportunities) as opportunities,
        {{ exact_mean('service_rating') }} as service_rating
    from qbrs
    where held_on is not null
    group by account_id, cast(date_trunc('quarter', held_on) as date)
),

reviews as (
    select
        coalesce(planned.account_id, held.account_id) as account_id,
        coalesce(planned.calendar_quarter, held.calendar_quarter) as calendar_quarter,
        coalesce(planned.qbrs_planned, 0) as qbrs_planned,
        coalesce(planned.qbrs_held, 0) as qbrs_held,
        coalesce(planned.qbrs_overdue, 0) as qbrs_overdue,
        planned.open_since_on,
        held.last_held_on,
        held.last_qbr_id,
        held.issues_raised,
        held.issues_open,
        held.opportunities,
        held.service_rating
    from planned
    full outer join held
        on held.account_id = planned.account_id
        and held.calendar_quarter = planned.calendar_quarter
)

select * from reviews
