-- Public comments by people who were not customers when they wrote.
with comments as (
    select * from {{ ref('int_support__ticket_events_unioned') }}
    where event_kind = 'comment' and is_public and not is_merge
),

roles as (
    select * from {{ ref('int_support__user_roles_spanned') }}
),

replies as (
    select
        comments.source_name,
        comments.ticket_id,
        comments.ticket_event_id,
        comments.actor_id,
        comments.occurred_at,
        coalesce(comments.is_system, false)
        or coalesce(comments.channel in ({{ text_list(var('automatic_reply_channels')) }}), false) as is_automatic
    from comments
    left join roles
        on comments.source_name = roles.source_name
        and comments.actor_id = roles.user_id
        and comments.occurred_at >= roles.valid_from
        and comments.occurred_at < roles.valid_to
    -- an author whose role nobody knows answered nothing for certain; the system itself has no role
    where not coalesce(comments.is_by_customer, roles.is_customer) or comments.is_system
)

select * from replies
