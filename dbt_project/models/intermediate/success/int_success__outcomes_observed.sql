{#- What became of the accounts that paid at a month's end, N days later (a month is thirty days here). The months stand N
    apart, back from the last one that is over, so that no loss is counted twice. What was known is cut at the month's end. -#}
{%- set horizons = var('backtest_months') -%}

with months as (
    select * from {{ ref('int_calendar__months_spined') }}
    where not is_provisional
),

horizons as (
    {% for months in horizons -%}
    select {{ months }} as horizon_months
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

last_whole as (
    select max(month_number) as month_number from months
),

points as (
    select
        horizons.horizon_months,
        months.calendar_month as judged_month,
        months.month_number as judged_number,
        {{ add_days('months.ends_on', -1) }} as judged_on,
        months.month_number + horizons.horizon_months = last_whole.month_number as is_latest
    from months
    cross join horizons
    cross join last_whole
    where months.month_number + horizons.horizon_months <= last_whole.month_number
        and (last_whole.month_number - months.month_number) % horizons.horizon_months = 0
),

revenue as (
    select * from {{ ref('int_revenue__account_months') }}
),

classes as (
    select account_id, calendar_month, customer_class from {{ ref('int_success__classes_decided') }}
),

answers as (
    select
        account_id,
        score,
        {{ local_date('responded_at') }} as responded_on,
        lead({{ local_date('responded_at') }}) over (partition by account_id order by responded_at, response_id) as next_responded_on
    from {{ ref('int_voice__responses_unioned') }}
    where pattern = 'present'
        and metric = 'nps'
        and account_id is not null
),

-- movements, not balances: a rate of exchange is nobody's decision
outcomes as (
    select
        points.horizon_months,
        points.judged_month,
        points.judged_on,
        points.is_latest,
        before.account_id,
        max(before.closing_mrr_minor) as observed_mrr_minor,
        sum(later.churn_minor) as churn_minor,
        sum(later.new_minor + later.reactivation_minor + later.expansion_minor - later.contraction_minor) as change_minor
    from points
    inner join revenue as before
        on before.calendar_month = points.judged_month
        and before.closing_mrr_minor > 0
    inner join revenue as later
        on later.account_id = before.account_id
        and {{ month_number('later.calendar_month') }} > points.judged_number
        and {{ month_number('later.calendar_month') }} <= points.judged_number + points.horizon_months
    group by points.horizon_months, points.judged_month, points.judged_on, points.is_latest, before.account_id
),

judged as (
    select
        outcomes.*,
        classes.customer_class,
        answers.score as last_nps_score,
        case
            when outcomes.churn_minor > 0 then 'churned'
            when outcomes.change_minor < 0 then 'contracted'
            when outcomes.change_minor > 0 then 'expanded'
            else 'unchanged'
        end as outcome
    from outcomes
    left join classes
        on classes.account_id = outcomes.account_id
        and classes.calendar_month = outcomes.judged_month
    left join answers
        on answers.account_id = outcomes.account_id
        and answers.responded_on <= outcomes.judged_on
        and (answers.next_responded_on is null or answers.next_responded_on > outcomes.judged_on)
),

observed as (
    select
        judged.*,
        case when outcome = 'churned' then 0 else greatest(0, least(observed_mrr_minor, observed_mrr_minor + change_minor)) end
            as kept_mrr_minor,
        coalesce(customer_class, 'Unknown') as class_group,
        case
            when customer_class in ('Dangling', 'At-Risk') then 'alarm'
            when customer_class in ('Happy', 'Growth') then 'no_alarm'
            else 'unknown'
        end as class_alarm_group,
        case
            when last_nps_score is null then 'unanswered'
            when last_nps_score <= 6 then 'detractor'
            when last_nps_score <= 8 then 'passive'
            else 'promoter'
        end as nps_group,
        case when last_nps_score is null then 'unknown' when last_nps_score <= 6 then 'alarm' else 'no_alarm' end as nps_alarm_group
    from judged
)

select * from observed
