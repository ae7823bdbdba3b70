-- The latest CSAT answer about each ticket, from whichever survey asked.
with responses as (
    select * from {{ ref('int_voice__responses_unioned') }}
    where metric = 'csat' and trigger_kind = 'ticket'
),

ranked as (
    select
        *,
        row_number() over (partition by trigger_id order by responded_at desc, response_id desc) as answer_rank
    from responses
),

ticket_satisfaction as (
    select
        trigger_id as ticket_id,
        response_id,
        responded_at as csat_responded_at,
        normalised_score as csat_normalised_score,
        case when is_satisfied then 1.0 else 0.0 end as csat
    from ranked
    where answer_rank = 1
)

select * from ticket_satisfaction
