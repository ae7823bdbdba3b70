with responses as (
    select * from {{ ref('int_voice__responses_unioned') }}
    where pattern = 'past'
        and account_id is not null
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

linked as (
    select
        responses.response_id,
        responses.account_id,
        responses.metric,
        responses.score,
        responses.normalised_score,
        responses.is_satisfied,
        responses.sent_at,
        responses.responded_at,
        {{ local_date('responses.responded_at') }} as responded_on,
        coalesce(
            projects.project_id,
            tickets.account_id || ':' || cast({{ month_of('tickets.solved_on') }} as string)
        ) as work_id,
        -- the work as it could be named on the day of the answer: a ticket solved later was in no batch yet
        case when tickets.solved_on > {{ local_date('responses.responded_at') }} then responses.response_id end as unsolved_id
    from responses
    left join projects
        on projects.project_id = responses.trigger_id
        and responses.trigger_kind in ({{ text_list(work_kinds()) }})
    left join tickets
        on {{ is_about_ticket('responses', 'tickets') }}
        and tickets.account_id = responses.account_id
),

-- peak and end as they stood when the answer came in, so that a later answer changes no earlier month
running as (
    select
        linked.*,
        min(normalised_score) over work_so_far as lowest_score,
        max(normalised_score) over work_so_far as highest_score
    from linked
    where normalised_score is not null
    window work_so_far as (
        partition by account_id, coalesce(unsolved_id, work_id, response_id)
        order by responded_at, response_id
        rows between unbounded preceding and current row
    )
),

peaked as (
    select
        running.*,
        -- the rating farthest from the middle; a tie goes to the worse one
        case when highest_score - 0.5 > 0.5 - lowest_score then highest_score else lowest_score end as peak_score
    from running
),

touchpoints as (
    select
        peaked.*,
        (peak_score + normalised_score) / 2 as peak_end_score
    from peaked
)

select * from touchpoints
