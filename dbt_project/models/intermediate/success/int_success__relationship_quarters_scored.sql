with answers as (
    select
        account_id,
        response_id,
        coalesce(respondent_id, response_id) as respondent_id,
        score,
        responded_at,
        cast(date_trunc('quarter', {{ local_date('responded_at') }}) as date) as calendar_quarter
    from {{ ref('int_voice__responses_unioned') }}
    where pattern = 'present'
        and metric = 'nps'
        and account_id is not null
),

latest_per_respondent as (
    select *
    from answers
    qualify row_number() over (
        partition by account_id, calendar_quarter, respondent_id
        order by responded_at desc, response_id desc
    ) = 1
),

counted as (
    select
        account_id,
        calendar_quarter,
        count(*) as responses,
        count_if(score >= 9) as promoters,
        count_if(score > 6 and score < 9) as passives,
        count_if(score <= 6) as detractors
    from latest_per_respondent
    group by account_id, calendar_quarter
),

-- adjusted Wald (Rocks 2016): 0.75 / 1.5 / 0.75 added to detractors / passives / promoters
adjusted as (
    select
        counted.*,
        (promoters + 0.75) / (responses + 3.0) as adjusted_promoters,
        (passives + 1.5) / (responses + 3.0) as adjusted_passives,
        (detractors + 0.75) / (responses + 3.0) as adjusted_detractors,
        (promoters - detractors) / (responses + 3.0) as adjusted_score
    from counted
),

spread as (
    select
        adjusted.*,
        1.959963984540054 * sqrt(
            (
                adjusted_promoters * power(1 - adjusted_score, 2)
                + adjusted_passives * power(adjusted_score, 2)
                + adjusted_detractors * power(1 + adjusted_score, 2)
            ) / (responses + 3.0)
        ) as half_width
    from adjusted
),

scored as (
    select
        account_id,
        calendar_quarter,
        responses,
        promoters,
        passives,
        detractors,
        100 * {{ ratio('promoters - detractors', 'responses') }} as nps,
        100 * greatest(adjusted_score - half_width, -1.0) as nps_low,
        100 * least(adjusted_score + half_width, 1.0) as nps_high,
        case
            when responses < {{ var('indicative_responses') }} then 'insufficient'
            when responses < {{ var('reportable_responses') }} then 'indicative'
            else 'reportable'
        end as reliability
    from spread
)

select * from scored
