with milestones as (
    select * from {{ ref('int_success__milestones_resolved') }}
),

invitations as (
    select
        account_id,
        {{ local_date('sent_at') }} as sent_on
    from {{ ref('int_voice__invitations_unioned') }}
    where account_id is not null
    union all
    select
        account_id,
        {{ local_date('coalesce(sent_at, responded_at)') }} as sent_on
    from {{ ref('int_voice__responses_unioned') }}
    where account_id is not null
),

-- a survey was asked where one went to the account soon after the milestone was met
surveyed as (
    select
        milestones.milestone_id,
        min(invitations.sent_on) as asked_on
    from milestones
    inner join invitations
        on invitations.account_id = milestones.account_id
        and invitations.sent_on >= milestones.completed_on
        and invitations.sent_on <= {{ add_days('milestones.completed_on', var('ask_within_days')) }}
    where milestones.asks_for = 'survey'
    group by milestones.milestone_id
),

asked as (
    select
        milestones.milestone_id,
        milestones.account_id,
        milestones.account_ref,
        milestones.milestone_name,
        milestones.owner_party,
        milestones.plan_day,
        milestones.due_on,
        milestones.completed_on,
        milestones.is_due,
        milestones.is_met,
        milestones.is_met_on_time,
        milestones.days_late,
        milestones.evidence,
        milestones.asks_for,
        -- a testimonial or case study leaves no trace but the evidence that people wrote down
        case
            when milestones.asks_for is null or not milestones.is_met then null
            when milestones.asks_for = 'survey' then surveyed.asked_on is not null
            else milestones.evidence is not null
        end as is_asked,
        surveyed.asked_on,
        milestones.source_name,
        {{ publication_columns() }}
    from milestones
    left join surveyed
        on surveyed.milestone_id = milestones.milestone_id
)

select * from asked
