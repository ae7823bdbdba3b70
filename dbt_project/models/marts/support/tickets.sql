with tickets as (
    select * from {{ ref('int_support__tickets_measured') }}
),

published as (
    select
        source_name,
        ticket_id,
        account_id,
        requester_id,
        assignee_id,
        group_id,
        channel,
        priority,
        ticket_type,
        support_kind,
        created_at,
        first_reply_at,
        first_solved_at,
        last_solved_at,
        cast(first_reply_minutes as double) as first_reply_minutes,
        cast(first_reply_business_minutes as double) as first_reply_business_minutes,
        cast(first_resolution_minutes as double) as first_resolution_minutes,
        cast(first_resolution_business_minutes as double) as first_resolution_business_minutes,
        cast(full_resolution_minutes as double) as full_resolution_minutes,
        cast(full_resolution_business_minutes as double) as full_resolution_business_minutes,
        cast(public_replies as bigint) as public_replies,
        cast(reopens as bigint) as reopens,
        cast(handoffs as bigint) as handoffs,
        is_one_touch,
        is_solved,
        is_agent_created,
        is_merged,
        merged_into,
        has_history,
        is_sla_met,
        cast(sla_clocks as bigint) as sla_clocks,
        cast(sla_breached_clocks as bigint) as sla_breached_clocks,
        cast(first_reply_target_minutes as bigint) as first_reply_target_minutes,
        cast(csat as double) as csat,
        cast(csat_normalised_score as double) as csat_normalised_score,
        csat_responded_at,
        has_whole_history,
        {{ publication_columns() }}
    from tickets
)

select * from published
