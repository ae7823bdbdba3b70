-- Votes per window and segment, for the three levels side by side. An account's vote is the mean of its answers' +1, 0, -1;
-- its weight is its MRR at the end of the month in which the window ends.
with accounts_summed as (
    select * from {{ ref('int_voice__nps_accounts_summed') }}
),

windows as (
    select * from {{ ref('int_voice__windows_spined') }}
),

account_months as (
    select account_id, calendar_month, closing_mrr_minor from {{ ref('int_revenue__account_months') }}
),

segments as (
    select * from {{ ref('int_accounts__segments_unpivoted') }}
    where segment_dimension <> 'all'
),

votes as (
    select
        accounts_summed.*,
        case when accounts_summed.account_id is not null then 1 else 0 end as accounts,
        case
            when accounts_summed.account_id is not null
                then cast(accounts_summed.promoters - accounts_summed.detractors as double) / accounts_summed.responses
        end as vote,
        cast(coalesce(account_months.closing_mrr_minor, 0) as double) as weight
    from accounts_summed
    inner join windows
        on accounts_summed.calendar_month = windows.calendar_month
        and accounts_summed.window_days = windows.window_days
        and accounts_summed.windows_back = windows.windows_back
    left join account_months
        on accounts_summed.account_id = account_months.account_id
        and {{ month_of('windows.ends_on') }} = account_months.calendar_month
),

placed as (
    select 'all' as segment_dimension, 'all' as segment_value, votes.* from votes
    union all
    select 'account' as segment_dimension, votes.account_id as segment_value, votes.* from votes
    where votes.account_id is not null
    union all
    select segments.segment_dimension, segments.segment_value, votes.*
    from votes
    inner join segments on votes.account_id = segments.account_id
),

segments_summed as (
    select
        calendar_month,
        window_days,
        windows_back,
        survey_kind,
        segment_dimension,
        segment_value,
        sum(responses) as responses,
        sum(promoters) as promoters,
        sum(passives) as passives,
        sum(detractors) as detractors,
        sum(accounts) as accounts,
        count(case when vote > 0 then 1 end) as promoter_accounts,
        count(case when vote = 0 then 1 end) as passive_accounts,
        count(case when vote < 0 then 1 end) as detractor_accounts,
        {{ exact_sum('vote') }} as account_votes,
        {{ exact_sum('vote * vote') }} as account_votes_squared,
        count(case when weight > 0 then 1 end) as paying_accounts,
        sum(weight) as revenue, -- whole minor units: exact in any order
        {{ exact_sum('weight * weight') }} as revenue_squared,
        cast(sum(cast(weight as decimal(19, 0)) * cast(vote as decimal(18, 12))) as double) as revenue_votes,
        cast(sum(cast(weight as decimal(19, 0)) * cast(vote * vote as decimal(18, 12))) as double) as revenue_votes_squared
    from placed
    group by calendar_month, window_days, windows_back, survey_kind, segment_dimension, segment_value
)

select * from segments_summed
