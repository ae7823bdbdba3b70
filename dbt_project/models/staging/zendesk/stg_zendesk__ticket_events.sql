with versions as (
    {{ latest_raw('zendesk', 'ticket_events', ['child_event_id'], rarely_twice=true) }}
),

ticket_events as (
    select
        'zendesk' as source_name,
        child_event_id as ticket_event_id,
        event_id as ticket_update_id,
        ticket_id,
        occurred_at,
        coalesce(author_id, updater_id) as actor_id,
        case
            when event_type = 'Comment' then 'comment'
            when event_type in ('Create', 'Change') then 'change'
            else lower(event_type)
        end as event_kind,
        field_name,
        nullif(field_value, '') as field_value,
        nullif(previous_value, '') as previous_value,
        is_public,
        lower(channel) as channel,
        coalesce(via_rel = 'merge' or lower(channel) = 'merge', false) as is_merge,
        -- -1 is Zendesk's own system user: triggers, automations, satisfaction surveys
        coalesce(author_id, updater_id) = '-1' as is_system,
        -- the role of a person at a time is known from the versions of the user
        cast(null as boolean) as is_by_customer,
        -- the closing of the ticket that ends says where it went; the note on the one that goes on names the other
        case
            when field_name = 'status' and field_value = 'closed' and (via_rel = 'merge' or lower(channel) = 'merge')
                then coalesce(merged_into_ticket_id, via_reference_id)
        end as merged_into_ticket_id
    from versions
    where not is_deleted and occurred_at < {{ as_of_end() }}
)

select * from ticket_events
