{#- How accounts of each class fared in the twelve months after they were judged: months a year apart, none counted twice. -#}
with outcomes as (
    select * from {{ ref('int_success__outcomes_observed') }}
    where horizon_months = 12
        and customer_class is not null
),

summed as (
    select
        customer_class,
        count(*) as observations,
        count(distinct account_id) as accounts,
        count_if(outcome <> 'churned') as kept_observations,
        sum(observed_mrr_minor) as observed_mrr_minor,
        sum(kept_mrr_minor) as kept_mrr_minor,
        max(judged_month) as last_judged_month
    from outcomes
    group by customer_class
)

select * from summed
