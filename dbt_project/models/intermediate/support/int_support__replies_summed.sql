with replies as (
    select * from {{ ref('int_support__replies_judged') }}
    where not is_automatic
),

tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

roles as (
    select * from {{ ref('int_support__user_roles_spanned') }}
),

replies_summed as (
    select
        source_name,
        ticket_id,
        min(occurred_at) as first_reply_at,
        count(*) as public_replies
    from replies
    group by source_name, ticket_id
),

creators as (
    select
        tickets.source_name,
        tickets.ticket_id,
        coalesce(tickets.vendor_is_agent_created, not roles.is_customer, false) as is_agent_created,
        -- where the helpdesk tells no replies, what the ticket's own record says is all there is
        case when not tickets.tells_replies then tickets.vendor_replied_at end as recorded_reply_at
    from tickets
    left join roles
        on tickets.source_name = roles.source_name
        and tickets.submitter_id = roles.user_id
        and tickets.created_at >= roles.valid_from
        and tickets.created_at < roles.valid_to
),

ticket_replies as (
    select
        creators.source_name,
        creators.ticket_id,
        creators.is_agent_created,
        {% if var('agent_created_tickets') == 'excluded' -%}
        case
            when not creators.is_agent_created then coalesce(replies_summed.first_reply_at, creators.recorded_reply_at)
        end as first_reply_at,
        {%- else -%}
        coalesce(replies_summed.first_reply_at, creators.recorded_reply_at) as first_reply_at,
        {%- endif %}
        coalesce(replies_summed.public_replies, 0) as public_replies
    from creators
    left join replies_summed
        on creators.source_name = replies_summed.source_name and creators.ticket_id = replies_summed.ticket_id
)

select * from ticket_replies
