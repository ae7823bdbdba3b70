{#- What the other domains know of an account in a month, in the terms of account_months. NULL is no evidence, never zero. -#}
with support as (
    select * from {{ ref('int_support__account_months') }}
),

responses as (
    select * from {{ ref('int_voice__responses_unioned') }}
    where account_id is not null
),

milestones as (
    select * from {{ ref('int_success__milestones_resolved') }}
    where account_id is not null
),

vectors as (
    select * from {{ ref('int_success__vectors_calculated') }}
),

classes as (
    select * from {{ ref('int_success__classes_decided') }}
),

revenue as (
    select account_id, calendar_month from {{ ref('int_revenue__account_months') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

relationship_days as (
    select
        account_id,
        {{ local_date('responded_at') }} as answered_on,
        max({{ month_of(local_date('responded_at')) }}) as answered_month,
        {{ exact_mean('nps_vote') }} * 100 as nps,
        {{ exact_mean('score') }} as nps_score
    from responses
    where metric = 'nps' and survey_kind = 'relationship'
    group by account_id, {{ local_date('responded_at') }}
),

latest_nps as (
    select
        account_id,
        answered_month as calendar_month,
        max(answered_on) as answered_on,
        max_by(nps, answered_on) as nps,
        max_by(nps_score, answered_on) as nps_score
    from relationship_days
    group by account_id, answered_month
),

ces_months as (
    select
        account_id,
        {{ month_of(local_date('responded_at')) }} as calendar_month,
        count(*) as ces_responses,
        count(case when is_satisfied then 1 end) as ces_satisfied,
        {{ exact_mean('case when is_satisfied then 1.0 else 0.0 end') }} as ces
    from responses
    where metric = 'ces'
    group by account_id, {{ month_of(local_date('responded_at')) }}
),

milestone_months as (
    select
        account_id,
        {{ month_of('due_on') }} as calendar_month,
        count(*) as milestones_due,
        count(case when completed_on <= due_on then 1 end) as milestones_met
    from milestones
    where due_on <= {{ as_of() }}
    group by account_id, {{ month_of('due_on') }}
),

gathered as (
    select
        revenue.account_id,
        revenue.calendar_month,
        support.created as tickets,
        support.first_reply_minutes_p50,
        support.resolution_minutes_p50,
        support.sla_judged,
        support.sla_met,
        support.sla_met_rate,
        support.csat,
        support.csat_responses,
        support.csat_satisfied,
        -- the latest relationship answer known by the month's end, with its age
        {{ last_known('latest_nps.nps') }} as nps_latest,
        {{ last_known('latest_nps.nps_score') }} as nps_latest_score,
        {{ last_known('latest_nps.answered_on') }} as nps_latest_on,
        ces_months.ces,
        ces_months.ces_responses,
        ces_months.ces_satisfied,
        milestone_months.milestones_due,
        milestone_months.milestones_met,
        vectors.proven as success_vector,
        vectors.subjective as success_vector_subjective,
        classes.customer_class
    from revenue
    left join support
        on revenue.account_id = support.account_id and revenue.calendar_month = support.calendar_month
    left join latest_nps
        on revenue.account_id = latest_nps.account_id and revenue.calendar_month = latest_nps.calendar_month
    left join ces_months
        on revenue.account_id = ces_months.account_id and revenue.calendar_month = ces_months.calendar_month
    left join milestone_months
        on revenue.account_id = milestone_months.account_id and revenue.calendar_month = milestone_months.calendar_month
    left join vectors
        on revenue.account_id = vectors.account_id and revenue.calendar_month = vectors.calendar_month
    left join classes
        on revenue.account_id = classes.account_id and revenue.calendar_month = classes.calendar_month
),

evidence_months as (
    select
        gathered.*,
        {{ days_between('gathered.nps_latest_on', 'least(' ~ add_days('months.ends_on', -1) ~ ', ' ~ as_of() ~ ')') }} as nps_latest_age_days
    from gathered
    inner join months on gathered.calendar_month = months.calendar_month
)

select * from evidence_months
