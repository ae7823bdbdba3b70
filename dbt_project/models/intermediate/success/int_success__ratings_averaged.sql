{#- Read once: not worth a table of its own. -#}
{{ config(materialized='view') }}
with ratings as (
    select * from {{ ref('int_success__ratings_resolved') }}
    where account_id is not null
        and rater_row = 1
),

months as (
    select distinct calendar_month, last_on from {{ ref('int_success__account_months_spined') }}
),

valid_ratings as (
    select
        ratings.*,
        months.calendar_month
    from ratings
    inner join months
        on months.last_on >= ratings.rated_on
        and months.last_on <= {{ add_days('ratings.rated_on', var('rating_valid_days')) }}
),

latest_per_rater as (
    select *
    from valid_ratings
    qualify row_number() over (
        partition by account_id, calendar_month, rater
        order by rated_on desc, rating_id
    ) = 1
),

averaged as (
    select
        account_id,
        calendar_month,
        {{ exact_mean('tools') }} as tools,
        {{ exact_mean('investment') }} as investment,
        {{ exact_mean('desire') }} as desire,
        count(*) as raters,
        max(rated_on) as last_rated_on,
        min(rated_on) as oldest_rated_on,
        max_by(rater, cast(rated_on as string) || rating_id) as last_rater,
        max_by(rationale, cast(rated_on as string) || rating_id) as last_rationale,
        max_by(rating_id, cast(rated_on as string) || rating_id) as last_rating_id
    from latest_per_rater
    group by account_id, calendar_month
)

select * from averaged
