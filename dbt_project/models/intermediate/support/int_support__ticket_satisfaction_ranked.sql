-- The latest CSAT answer about each ticket, from whichever survey asked.
with responses as (
    select * from {{ ref('int_voice__responses_unioned') }}
    where metric = 'csat' and trigger_kind = 'ticket'
),

tickets as (
    select source_name, ticket_id, is_shared_id from {{ ref('int_support__tickets_resolved') }}
),

ranked as (
    select
        tickets.source_name,
        tickets.ticket_id,
        responses.response_id,
        responses.responded_at,
        responses.normalised_score,
        responses.is_satisfied,
        row_number() over (
            partition by tickets.source_name, tickets.ticket_id order by responses.responded_at desc, responses.response_id desc
        ) as answer_rank
    from responses
    inner join tickets on {{ is_about_ticket('responses', 'tickets') }}
),

ticket_satisfaction as (
    select
        source_name,
        ticket_id,
        response_id,
        responded_at as csat_responded_at,
        normalised_score as csat_normalised_score,
        case when is_satisfied then 1.0 else 0.0 end as csat
    from ranked
    where answer_rank = 1
)

select * from ticket_satisfaction
