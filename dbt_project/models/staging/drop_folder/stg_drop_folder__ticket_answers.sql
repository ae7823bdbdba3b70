{#- The score of a ticket is an answer to a survey about it; a customer who was asked and has not answered is an invitation alone. -#}
with ticket_records as (
    select * from {{ ref('stg_drop_folder__ticket_records') }}
),

ticket_answers as (
    select
        'drop_folder' as source_name,
        'ticket-' || ticket_id as rating_id,
        'ticket_satisfaction' as survey_id,
        ticket_id,
        requester_id,
        requester_ref,
        account_ref,
        satisfaction as score,
        satisfaction_min as scale_min,
        satisfaction_max as scale_max,
        satisfaction_sent_at as sent_at,
        satisfaction_at as answered_at,
        satisfaction is not null and not coalesce(is_satisfaction_later, false) as is_answered
    from ticket_records
    where satisfaction is not null or satisfaction_sent_at is not null
)

select * from ticket_answers
