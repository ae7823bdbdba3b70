with account_months as (
    select * from {{ ref('int_success__account_months_spined') }}
),

ratings as (
    select * from {{ ref('int_success__ratings_averaged') }}
),

adherence as (
    select * from {{ ref('int_success__adherence_measured') }}
),

components as (
    select
        account_months.account_id,
        account_months.calendar_month,
        account_months.is_provisional,
        account_months.last_on,
        ratings.tools,
        ratings.investment,
        ratings.desire,
        (ratings.tools + ratings.investment + ratings.desire) / 3 as subjective,
        least(ratings.tools, ratings.investment, ratings.desire)
            / nullif(greatest(ratings.tools, ratings.investment, ratings.desire), 0) as balance,
        ratings.raters,
        ratings.last_rater,
        ratings.last_rated_on,
        ratings.oldest_rated_on,
        ratings.last_rationale,
        ratings.last_rating_id,
        adherence.milestones_due_90d,
        adherence.milestones_met_90d,
        adherence.customer_milestones_due_90d,
        adherence.customer_milestones_met_90d,
        adherence.supplier_milestones_due_90d,
        adherence.supplier_milestones_met_90d,
        {{ ratio('adherence.milestones_met_90d', 'adherence.milestones_due_90d') }} as adherence_90d,
        {{ ratio('adherence.customer_milestones_met_90d', 'adherence.customer_milestones_due_90d') }} as adherence_customer_90d,
        {{ ratio('adherence.supplier_milestones_met_90d', 'adherence.supplier_milestones_due_90d') }} as adherence_supplier_90d,
        adherence.last_due_on,
        adherence.deciding_milestone_id
    from account_months
    left join ratings
        on ratings.account_id = account_months.account_id
        and ratings.calendar_month = account_months.calendar_month
    left join adherence
        on adherence.account_id = account_months.account_id
        and adherence.calendar_month = account_months.calendar_month
),

vectors as (
    select
        components.*,
        subjective * adherence_90d as proven,
        case
            when subjective is null then 'unrated'
            when adherence_90d is null then 'unproven'
            when subjective >= {{ var('claimed_subjective') }} and adherence_90d < {{ var('claimed_adherence') }} then 'claimed_not_proven'
            when subjective >= {{ var('claimed_subjective') }} then 'proven'
            else 'developing'
        end as vector_status
    from components
),

with_change as (
    select
        vectors.*,
        proven - lag(proven, 3) over (partition by account_id order by calendar_month) as delta_90d,
        proven - lag(proven, 1) over (partition by account_id order by calendar_month) as delta_1m
    from vectors
)

select * from with_change
