with tickets as (
    select * from {{ ref('int_support__tickets_clocked') }}
),

business as (
    select * from {{ ref('int_support__business_minutes_summed') }}
),

sla as (
    select * from {{ ref('int_support__sla_judged') }}
),

satisfaction as (
    select * from {{ ref('int_support__ticket_satisfaction_ranked') }}
),

support_kinds as (
    select * from {{ ref('int_support__support_kinds_derived') }}
),

tickets_measured as (
    select
        tickets.source_name,
        tickets.ticket_id,
        tickets.is_shared_id,
        tickets.account_id,
        tickets.organization_id,
        tickets.requester_id,
        tickets.assignee_id,
        tickets.group_id,
        tickets.channel,
        tickets.priority,
        tickets.ticket_type,
        support_kinds.support_kind,
        tickets.created_at,
        tickets.first_reply_at,
        tickets.first_solved_at,
        tickets.last_solved_at,
        cast({{ seconds_between('tickets.created_at', 'tickets.first_reply_at') }} as double) / 60 as first_reply_minutes,
        business.first_reply_business_minutes,
        cast({{ seconds_between('tickets.created_at', 'tickets.first_solved_at') }} as double) / 60 as first_resolution_minutes,
        business.first_resolution_business_minutes,
        cast({{ seconds_between('tickets.created_at', 'tickets.last_solved_at') }} as double) / 60 as full_resolution_minutes,
        business.full_resolution_business_minutes,
        case when not tickets.is_merged then tickets.public_replies end as public_replies,
        case when not tickets.is_merged then tickets.reopens end as reopens,
        case when not tickets.is_merged then tickets.handoffs end as handoffs,
        case when tickets.last_solved_at is not null then tickets.public_replies < 2 and tickets.reopens = 0 end as is_one_touch,
        tickets.last_solved_at is not null as is_solved,
        tickets.is_agent_created,
        tickets.is_merged,
        tickets.merged_into,
        tickets.has_history,
        tickets.has_whole_history,
        case when not tickets.is_merged then sla.is_sla_met end as is_sla_met,
        case when not tickets.is_merged then sla.sla_judged_at end as sla_judged_at,
        sla.sla_clocks,
        sla.sla_breached_clocks,
        sla.first_reply_target_minutes,
        case when not tickets.is_merged then satisfaction.csat end as csat,
        case when not tickets.is_merged then satisfaction.csat_normalised_score end as csat_normalised_score,
        case when not tickets.is_merged then satisfaction.csat_responded_at end as csat_responded_at
    from tickets
    left join business on tickets.source_name = business.source_name and tickets.ticket_id = business.ticket_id
    left join sla on tickets.source_name = sla.source_name and tickets.ticket_id = sla.ticket_id
    left join satisfaction on tickets.source_name = satisfaction.source_name and tickets.ticket_id = satisfaction.ticket_id
    left join support_kinds on tickets.source_name = support_kinds.source_name and tickets.ticket_id = support_kinds.ticket_id
)

select * from tickets_measured
