with months as (
    select
        calendar_month,
        is_provisional,
        -- the last day whose evidence the month may know
        least({{ add_days('ends_on', -1) }}, {{ as_of() }}) as last_on
    from {{ ref('int_calendar__months_spined') }}
),

revenue as (
    select
        account_id,
        min(calendar_month) as first_on
    from {{ ref('int_revenue__account_months') }}
    group by account_id
),

evidence_days as (
    select account_id, first_on from revenue
    union all
    select account_id, rated_on from {{ ref('int_success__ratings_resolved') }}
    union all
    select account_id, due_on from {{ ref('int_success__milestones_resolved') }}
    union all
    select account_id, held_on from {{ ref('int_success__interviews_resolved') }}
    union all
    select account_id, coalesce(held_on, planned_on) from {{ ref('int_success__qbrs_resolved') }}
    union all
    select account_id, coalesce(started_on, closed_on) from {{ ref('int_success__projects_resolved') }}
    union all
    select account_id, {{ local_date('responded_at') }} from {{ ref('int_voice__responses_unioned') }}
    union all
    select account_id, {{ local_date('created_at') }} from {{ ref('int_support__tickets_measured') }}
),

accounts as (
    select
        account_id,
        min(first_on) as first_on
    from evidence_days
    where account_id is not null
        and first_on is not null
        and first_on <= {{ as_of() }}
    group by account_id
),

account_months as (
    select
        accounts.account_id,
        months.calendar_month,
        months.is_provisional,
        months.last_on
    from accounts
    inner join months
        on months.last_on >= accounts.first_on
)

select * from account_months
