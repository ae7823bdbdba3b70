-- A survey may ask for more ratings than the one of satisfaction. What they measure nobody says here.
with versions as (
    {{ latest_raw('zendesk', 'csat_survey_responses', ['response_id']) }}
),

exploded as (
    select
        response_id,
        survey_id,
        ticket_id,
        responder_id,
        sent_at,
        {{ explode_json_list('other_ratings') }} as rating_json
    from versions
    where not is_deleted
),

other_ratings as (
    select
        'survey-' || response_id as rating_id,
        coalesce(survey_id, 'csat_survey') as survey_id,
        coalesce({{ json_text('rating_json', 'question_id') }}, 'unnamed') as question_id,
        lower(coalesce({{ json_text('rating_json', 'question_ref') }}, '')) as question_ref,
        coalesce({{ json_text('rating_json', 'question_type') }}, '') as question_type,
        ticket_id,
        responder_id as respondent_id,
        cast({{ json_text('rating_json', 'rating') }} as double) as score,
        coalesce(cast({{ json_text('rating_json', 'rating_min') }} as double), 1.0) as scale_min,
        coalesce(cast({{ json_text('rating_json', 'rating_max') }} as double), 5.0) as scale_max,
        sent_at,
        {{ micros_to_timestamp('cast(' ~ json_text('rating_json', 'answered_at_micros') ~ ' as bigint)') }} as answered_at
    from exploded
)

select * from other_ratings
where answered_at < {{ as_of_end() }}
