with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

mrr_lines as (
    select
        line_months.source_name,
        line_months.line_id,
        line_months.calendar_month,
        months.is_provisional,
        line_months.account_id,
        line_months.customer_ref,
        line_months.subscription_id,
        line_months.product,
        line_months.kind,
        line_months.status,
        line_months.billing_interval as {{ quoted('interval') }},
        line_months.interval_count,
        line_months.quantity,
        line_months.gross_mrr_minor,
        line_months.gross_mrr_minor - line_months.net_mrr_minor as discount_mrr_minor,
        line_months.net_mrr_minor,
        line_months.usage_minor,
        line_months.non_recurring_minor,
        line_months.billing_currency,
        line_months.billing_net_mrr_minor,
        line_months.exclusion_reason,
        line_months.period_start_at,
        line_months.period_end_at,
        line_months.end_cause,
        line_months.is_extended,
        line_months.is_backdated,
        line_months.is_unbilled,
        line_months.inclusive_tax_mrr_minor,
        {{ money_columns() }},
        {{ publication_columns() }}
    from line_months
    inner join months on line_months.calendar_month = months.calendar_month
)

select * from mrr_lines
