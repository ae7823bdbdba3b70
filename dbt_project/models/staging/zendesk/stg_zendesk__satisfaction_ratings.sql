with versions as (
    {{ latest_raw('zendesk', 'satisfaction_ratings', ['rating_id']) }}
),

surveys as (
    select ticket_id, sent_at, answered_at from {{ ref('stg_zendesk__csat_survey_responses') }}
),

-- the helpdesk writes an answer to the customisable survey into the legacy rating of the ticket too, as good or bad
twins as (
    select distinct versions.rating_id
    from versions
    inner join surveys
        on versions.ticket_id = surveys.ticket_id
        and (
            abs({{ seconds_between('versions.created_at', 'surveys.sent_at') }}) <= 86400
            or abs({{ seconds_between('versions.updated_at', 'surveys.answered_at') }}) <= 86400
        )
),

satisfaction_ratings as (
    select
        'rating-' || rating_id as rating_id,
        'legacy_csat' as survey_id,
        ticket_id,
        requester_id as respondent_id,
        -- the score also says whether a comment came with it: goodwithcomment, badwithcomment
        case
            when updated_at >= {{ as_of_end() }} then null
            when score like 'good%' then 1.0
            when score like 'bad%' then 0.0
        end as score,
        0.0 as scale_min,
        1.0 as scale_max,
        case when coalesce(score, 'offered') <> 'unoffered' then created_at end as sent_at,
        case
            when updated_at < {{ as_of_end() }} and coalesce(score, 'offered') not in ('offered', 'unoffered') then updated_at
        end as answered_at,
        coalesce(score, 'offered') <> 'unoffered' as is_offered,
        rating_id in (select rating_id from twins) as is_twin,
        created_at
    from versions
    -- an answer that came later was still an offer then
    where not is_deleted and created_at < {{ as_of_end() }}
)

select * from satisfaction_ratings
