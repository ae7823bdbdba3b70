with responses as (
    select * from {{ ref('int_voice__responses_unioned') }}
),

published as (
    select
        source_name,
        response_id,
        survey_id,
        metric,
        survey_kind,
        pattern,
        cast(score as double) as score,
        cast(scale_min as double) as scale_min,
        cast(scale_max as double) as scale_max,
        scale_direction,
        cast(normalised_score as double) as normalised_score,
        is_satisfied,
        cast(nps_vote as integer) as nps_vote,
        {{ published_person('respondent_id') }} as respondent_id,
        account_id,
        trigger_kind,
        trigger_id,
        topic,
        sent_at,
        responded_at,
        site,
        {{ publication_columns() }}
    from responses
)

select * from published
