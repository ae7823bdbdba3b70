{#- Four ways to tell accounts apart at a past month's end, and what became of each group: everybody (the base rate), the class,
    the class as an alarm, and the naive alarm that looks at the last NPS answer alone. -#}
{%- set predictors = {
    'base': "'all'",
    'class': 'class_group',
    'class_alarm': 'class_alarm_group',
    'last_nps': 'nps_group',
    'last_nps_alarm': 'nps_alarm_group',
} -%}

with outcomes as (
    select * from {{ ref('int_success__outcomes_observed') }}
),

grouped as (
    {% for scope, condition in {'pooled': 'true', 'latest': 'is_latest'}.items() -%}
    {%- set is_last_scope = loop.last -%}
    {%- for predictor, column in predictors.items() %}
    select
        '{{ predictor }}' as predictor,
        {{ column }} as predicted_group,
        '{{ scope }}' as scope,
        outcomes.*
    from outcomes
    where {{ condition }}
    {% if not (loop.last and is_last_scope) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}
),

counted as (
    select
        predictor,
        predicted_group,
        scope,
        horizon_months,
        min(judged_month) as first_judged_month,
        max(judged_month) as last_judged_month,
        count(*) as observations,
        count(distinct account_id) as accounts,
        count_if(outcome = 'churned') as churned,
        count_if(outcome = 'contracted') as contracted,
        count_if(outcome = 'expanded') as expanded,
        count_if(outcome = 'unchanged') as unchanged,
        sum(observed_mrr_minor) as observed_mrr_minor,
        sum(observed_mrr_minor - kept_mrr_minor) as lost_mrr_minor
    from grouped
    group by predictor, predicted_group, scope, horizon_months
),

compared as (
    select
        counted.*,
        {{ ratio('counted.churned', 'counted.observations') }} as churn_rate,
        {{ ratio('base.churned', 'base.observations') }} as base_churn_rate,
        {{ ratio('naive.churned', 'naive.observations') }} as naive_churn_rate,
        {{ ratio('counted.lost_mrr_minor', 'counted.observed_mrr_minor') }} as lost_mrr_rate,
        {{ ratio('base.lost_mrr_minor', 'base.observed_mrr_minor') }} as base_lost_mrr_rate,
        {{ ratio('counted.observations', 'base.observations') }} as observation_share,
        {{ ratio('counted.churned', 'base.churned') }} as churned_share,
        {{ ratio('counted.lost_mrr_minor', 'base.lost_mrr_minor') }} as lost_mrr_share
    from counted
    inner join counted as base
        on base.predictor = 'base'
        and base.scope = counted.scope
        and base.horizon_months = counted.horizon_months
    left join counted as naive
        on naive.predictor = 'last_nps_alarm'
        and naive.predicted_group = 'alarm'
        and naive.scope = counted.scope
        and naive.horizon_months = counted.horizon_months
),

published as (
    select
        predictor,
        predicted_group,
        cast(30 * horizon_months as bigint) as horizon_days,
        scope,
        first_judged_month,
        last_judged_month,
        cast(observations as bigint) as observations,
        cast(accounts as bigint) as accounts,
        cast(churned as bigint) as churned,
        cast(contracted as bigint) as contracted,
        cast(expanded as bigint) as expanded,
        cast(unchanged as bigint) as unchanged,
        churn_rate,
        {{ wilson_bound('churned', 'observations', 'low') }} as churn_rate_low,
        {{ wilson_bound('churned', 'observations', 'high') }} as churn_rate_high,
        {{ ratio('contracted', 'observations') }} as contraction_rate,
        {{ ratio('expanded', 'observations') }} as expansion_rate,
        base_churn_rate,
        {{ ratio('churn_rate', 'base_churn_rate') }} as churn_lift,
        naive_churn_rate,
        observation_share,
        churned_share,
        cast(observed_mrr_minor as bigint) as observed_mrr_minor,
        cast(lost_mrr_minor as bigint) as lost_mrr_minor,
        lost_mrr_rate,
        base_lost_mrr_rate,
        lost_mrr_share,
        {{ money_columns() }},
        {{ publication_columns() }}
    from compared
)

select * from published
