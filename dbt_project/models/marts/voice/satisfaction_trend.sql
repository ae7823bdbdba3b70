with sums as (
    select * from {{ ref('int_voice__satisfaction_summed') }}
),

months as (
    select calendar_month, is_provisional from {{ ref('int_calendar__months_spined') }}
),

means as (
    select
        *,
        {{ ratio('satisfied', 'responses') }} as satisfied_share,
        {{ ratio('score_sum', 'responses') }} as mean_0_to_1,
        -- sample variance; one answer has none
        greatest(0.0, score_squared_sum - score_sum * score_sum / nullif(responses, 0)) / nullif(responses - 1, 0) as score_variance
    from sums
),

bounds as (
    select
        *,
        {{ wilson_bound('satisfied', 'responses', 'low') }} as share_low,
        {{ wilson_bound('satisfied', 'responses', 'high') }} as share_high,
        case when score_variance is not null then greatest(0.0, mean_0_to_1 - {{ z_95() }} * sqrt(score_variance / responses)) end as mean_low,
        case when score_variance is not null then least(1.0, mean_0_to_1 + {{ z_95() }} * sqrt(score_variance / responses)) end as mean_high
    from means
),

published as (
    select
        bounds.calendar_month,
        months.is_provisional,
        bounds.metric,
        bounds.survey_kind,
        bounds.segment_dimension,
        bounds.segment_value,
        cast(bounds.responses as bigint) as responses,
        cast(case when bounds.metric <> 'review' then bounds.satisfied end as bigint) as satisfied,
        case when bounds.metric = 'review' then bounds.mean_0_to_1 else bounds.satisfied_share end as score,
        case when bounds.metric = 'review' then bounds.mean_low else bounds.share_low end as score_low,
        case when bounds.metric = 'review' then bounds.mean_high else bounds.share_high end as score_high,
        case bounds.metric
            when 'csat' then 1.0 + 4.0 * bounds.mean_0_to_1
            when 'ces' then 1.0 + 6.0 * bounds.mean_0_to_1
            else bounds.mean_0_to_1
        end as mean,
        case bounds.metric
            when 'csat' then 'share_top_two_of_five'
            when 'ces' then 'share_5_to_7_of_7_higher_is_easier'
            else 'mean_0_to_1'
        end as convention,
        case
            when bounds.responses < {{ var('indicative_responses') }} then 'insufficient'
            when bounds.responses < {{ var('reportable_responses') }} then 'indicative'
            else 'reportable'
        end as reliability,
        bounds.last_responded_on,
        cast(bounds.offered as bigint) as offered,
        cast(bounds.unoffered as bigint) as unoffered,
        cast(bounds.offered_answered as bigint) as offered_answered,
        {{ ratio('bounds.offered_answered', 'bounds.offered') }} as response_rate,
        {{ publication_columns() }}
    from bounds
    inner join months on bounds.calendar_month = months.calendar_month
)

select * from published
