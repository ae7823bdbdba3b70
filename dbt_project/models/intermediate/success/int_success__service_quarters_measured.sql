with tickets as (
    select
        account_id,
        is_sla_met,
        {{ local_date('created_at') }} as created_on,
        {{ local_date('first_solved_at') }} as solved_on,
        {{ local_date('sla_judged_at') }} as judged_on
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null
        and not is_merged
),

-- one row per thing that happened, each in its own quarter
happenings as (
    select account_id, created_on as happened_on, 1 as is_created, 0 as is_solved, 0 as is_judged, 0 as is_met
    from tickets
    union all
    select account_id, solved_on, 0, 1, 0, 0
    from tickets
    where solved_on is not null
    union all
    select account_id, judged_on, 0, 0, 1, case when is_sla_met then 1 else 0 end
    from tickets
    where judged_on is not null
        and is_sla_met is not null
),

measured as (
    select
        account_id,
        cast(date_trunc('quarter', happened_on) as date) as calendar_quarter,
        sum(is_created) as tickets_created,
        sum(is_solved) as tickets_solved,
        sum(is_judged) as sla_judged,
        sum(is_met) as sla_met
    from happenings
    group by account_id, cast(date_trunc('quarter', happened_on) as date)
)

select * from measured
