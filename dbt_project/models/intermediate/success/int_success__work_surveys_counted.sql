with invitations as (
    select * from {{ ref('int_voice__invitations_unioned') }}
    where account_id is not null
),

touchpoints as (
    select * from {{ ref('int_success__touchpoints_linked') }}
    where work_id is not null
),

projects as (
    select * from {{ ref('int_success__projects_resolved') }}
),

tickets as (
    select
        source_name,
        ticket_id,
        is_shared_id,
        account_id,
        {{ local_date('first_solved_at') }} as solved_on
    from {{ ref('int_support__tickets_measured') }}
    where first_solved_at is not null
),

invited as (
    select
        invitations.account_id,
        coalesce(
            projects.project_id,
            tickets.account_id || ':' || cast({{ month_of('tickets.solved_on') }} as string)
        ) as work_id,
        {{ local_date('invitations.sent_at') }} as sent_on
    from invitations
    left join projects
        on projects.project_id = invitations.trigger_id
        and invitations.trigger_kind in ({{ text_list(work_kinds()) }})
    left join tickets
        on {{ is_about_ticket('invitations', 'tickets') }}
        and tickets.account_id = invitations.account_id
),

invited_works as (
    select
        account_id,
        work_id,
        count(*) as invitations,
        min(sent_on) as first_sent_on
    from invited
    where work_id is not null
    group by account_id, work_id
),

-- who answered was asked, also where the tool keeps no list of invitations
answered_works as (
    select
        account_id,
        work_id,
        count(*) as answers,
        min(coalesce({{ local_date('sent_at') }}, responded_on)) as first_sent_on
    from touchpoints
    group by account_id, work_id
),

counted as (
    select
        coalesce(invited_works.account_id, answered_works.account_id) as account_id,
        coalesce(invited_works.work_id, answered_works.work_id) as work_id,
        greatest(coalesce(invited_works.invitations, 0), coalesce(answered_works.answers, 0)) as surveys_sent,
        least(invited_works.first_sent_on, answered_works.first_sent_on) as first_sent_on
    from invited_works
    full outer join answered_works
        on answered_works.account_id = invited_works.account_id
        and answered_works.work_id = invited_works.work_id
)

select * from counted
