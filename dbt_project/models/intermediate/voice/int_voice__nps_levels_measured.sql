-- Score and interval per level. units, votes, votes_squared are the number, sum and sum of squares of votes in [-1, 1];
-- with weights, units is Kish's effective number (sum w)^2 / sum w^2. Rocks' interval adds 0.75, 1.5 and 0.75 votes of
-- -1, 0 and +1: three units, nothing to the sum, 1.5 to the sum of squares.
with sums as (
    select * from {{ ref('int_voice__nps_segments_summed') }}
),

weighted as (
    select *, revenue * revenue / nullif(revenue_squared, 0) as effective_accounts
    from sums
),

levels as (
    select
        calendar_month, window_days, windows_back, survey_kind, segment_dimension, segment_value,
        'respondent' as level,
        responses, accounts, paying_accounts, revenue,
        promoters, passives, detractors,
        responses as evidence_count,
        cast(promoters - detractors as double) as nps_numerator,
        cast(responses as double) as nps_denominator,
        cast(responses as double) as units,
        cast(promoters - detractors as double) as votes,
        cast(promoters + detractors as double) as votes_squared
    from weighted
    union all
    select
        calendar_month, window_days, windows_back, survey_kind, segment_dimension, segment_value,
        'account' as level,
        responses, accounts, paying_accounts, revenue,
        promoter_accounts, passive_accounts, detractor_accounts,
        accounts as evidence_count,
        account_votes, cast(accounts as double), cast(accounts as double), account_votes, account_votes_squared
    from weighted
    where accounts > 0 and segment_dimension <> 'account'
    union all
    select
        calendar_month, window_days, windows_back, survey_kind, segment_dimension, segment_value,
        'revenue' as level,
        responses, accounts, paying_accounts, revenue,
        promoter_accounts, passive_accounts, detractor_accounts,
        paying_accounts as evidence_count,
        revenue_votes, revenue, effective_accounts,
        effective_accounts * revenue_votes / revenue, effective_accounts * revenue_votes_squared / revenue
    from weighted
    where revenue > 0 and segment_dimension <> 'account'
),

adjusted as (
    select
        *,
        100.0 * nps_numerator / nps_denominator as nps,
        votes / (units + 3.0) as adjusted_share,
        ((votes_squared + 1.5) / (units + 3.0) - votes * votes / ((units + 3.0) * (units + 3.0))) / (units + 3.0) as adjusted_variance
    from levels
),

levels_measured as (
    select
        * except (units, votes, votes_squared),
        greatest(-100.0, 100.0 * (adjusted_share - {{ z_95() }} * sqrt(adjusted_variance))) as nps_low,
        least(100.0, 100.0 * (adjusted_share + {{ z_95() }} * sqrt(adjusted_variance))) as nps_high
    from adjusted
)

select * from levels_measured
