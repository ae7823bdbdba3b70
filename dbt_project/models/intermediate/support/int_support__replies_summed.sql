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
        not roles.is_customer as is_agent_created
    from tickets
    inner join roles
        on tickets.source_name = roles.source_name
        and tickets.submitter_id = roles.user_id
        and tickets.created_at >= roles.valid_from
        and tickets.created_at < roles.valid_to
),

ticket_replies as (
    select
        tickets.source_name,
        tickets.ticket_id,
        coalesce(creators.is_agent_created, false) as is_agent_created,
        {% if var('agent_created_tickets') == 'excluded' -%}
        case when not coalesce(creators.is_agent_created, false) then replies_summed.first_reply_at end as first_reply_at,
        {%- else -%}
        replies_summed.first_reply_at,
        {%- endif %}
        coalesce(replies_summed.public_replies, 0) as public_replies
    from tickets
    left join replies_summed
        on tickets.source_name = replies_summed.source_name and tickets.ticket_id = replies_summed.ticket_id
    left join creators on tickets.source_name = creators.source_name and tickets.ticket_id = creators.ticket_id
)

select * from ticket_replies
