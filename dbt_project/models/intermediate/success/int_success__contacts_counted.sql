with days as (
    select account_id, held_on as contact_on from {{ ref('int_success__qbrs_resolved') }}
    where account_id is not null
        and held_on is not null
    union all
    select account_id, held_on from {{ ref('int_success__interviews_resolved') }}
    where account_id is not null
    union all
    select account_id, rated_on from {{ ref('int_success__ratings_resolved') }}
    where account_id is not null
),

contact_days as (
    select distinct account_id, contact_on from days
),

gaps as (
    select
        account_id,
        contact_on,
        {{ days_between('lag(contact_on) over (partition by account_id order by contact_on)', 'contact_on') }} as gap_days
    from contact_days
),

counted as (
    select
        account_id,
        cast(date_trunc('quarter', contact_on) as date) as calendar_quarter,
        count(*) as contact_days,
        max(contact_on) as last_contact_on,
        max(gap_days) as longest_gap_days
    from gaps
    group by account_id, cast(date_trunc('quarter', contact_on) as date)
)

select * from counted
