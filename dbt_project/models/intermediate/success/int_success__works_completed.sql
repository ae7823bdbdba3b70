with projects as (
    select * from {{ ref('int_success__projects_resolved') }}
    where is_completed
),

tickets as (
    select
        account_id,
        {{ local_date('first_solved_at') }} as solved_on
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null
        and first_solved_at is not null
),

-- single tickets are too small a piece of work to be judged; an account's month of them is one
ticket_batches as (
    select
        account_id || ':' || cast({{ month_of('solved_on') }} as string) as work_id,
        account_id,
        'ticket_batch' as work_kind,
        'solved tickets' as work_name,
        cast(count(*) as bigint) as work_items,
        min(solved_on) as started_on,
        max(solved_on) as completed_on,
        {{ add_months(month_of('solved_on'), 1) }} > {{ as_of() }} as is_provisional
    from tickets
    group by account_id, {{ month_of('solved_on') }}
),

works as (
    select
        project_id as work_id,
        account_id,
        account_ref,
        work_kind,
        project_name as work_name,
        cast(1 as bigint) as work_items,
        started_on,
        closed_on as completed_on,
        false as is_provisional
    from projects
    union all
    select
        work_id,
        account_id,
        account_id as account_ref,
        work_kind,
        work_name,
        work_items,
        started_on,
        completed_on,
        is_provisional
    from ticket_batches
)

select * from works
