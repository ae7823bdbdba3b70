{#- Churn of accounts, and services that began and ended between two month ends of an account that paid for nothing else. -#}
with movements as (
    select * from {{ ref('int_revenue__movements_reasoned') }}
    -- what is not known is no loss
    where movement = 'churn' and reason <> 'quarantine'
),

account_months as (
    select * from {{ ref('int_revenue__account_months') }}
),

line_months as (
    select * from {{ ref('int_revenue__line_months') }}
),

churned as (
    select
        account_id,
        coalesce({{ local_date('ended_at') }}, calendar_month) as churned_on,
        calendar_month as churn_month,
        previous_minor - current_minor as lost_mrr_minor,
        month_number - {{ month_number('first_paid_month') }} as tenure_months,
        case when reason = 'non_payment' then 'involuntary' else reason end as reason,
        false as is_intramonth
    from movements
),

brief_lines as (
    select
        account_id,
        calendar_month,
        month_number,
        max({{ local_date('period_end_at') }}) as churned_on,
        sum(stated_mrr_minor) as lost_mrr_minor,
        max_by(coalesce(end_cause, 'cancel'), period_end_at) as end_cause
    from line_months
    where account_id is not null and exclusion_reason = 'not_active_at_month_end'
    group by account_id, calendar_month, month_number
),

brief as (
    select
        brief_lines.account_id,
        brief_lines.churned_on,
        brief_lines.calendar_month as churn_month,
        cast(brief_lines.lost_mrr_minor as bigint) as lost_mrr_minor,
        cast(0 as bigint) as tenure_months,
        case when brief_lines.end_cause = 'non_payment' then 'involuntary' else brief_lines.end_cause end as reason,
        true as is_intramonth
    from brief_lines
    inner join account_months
        on brief_lines.account_id = account_months.account_id
        and brief_lines.month_number = account_months.month_number
    where
        brief_lines.lost_mrr_minor > 0
        and account_months.opening_mrr_minor = 0
        and account_months.closing_mrr_minor = 0
),

churns as (
    select * from churned
    union all
    select * from brief
),

churns_dated as (
    select *, reason <> 'involuntary' as is_voluntary
    from churns
)

select * from churns_dated
