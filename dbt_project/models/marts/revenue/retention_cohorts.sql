with account_months as (
    select * from {{ ref('int_revenue__account_months') }}
    where first_paid_month is not null
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

starts as (
    select account_id, closing_mrr_minor as starting_mrr_minor
    from account_months
    where calendar_month = first_paid_month
),

aged as (
    select
        account_months.first_paid_month,
        account_months.month_number - {{ month_number('account_months.first_paid_month') }} as age_months,
        account_months.calendar_month,
        account_months.closing_mrr_minor,
        starts.starting_mrr_minor
    from account_months
    inner join starts on account_months.account_id = starts.account_id
),

cohorts as (
    select
        first_paid_month,
        age_months,
        calendar_month,
        count(*) as accounts,
        count(case when closing_mrr_minor > 0 then 1 end) as retained_accounts,
        cast(sum(starting_mrr_minor) as bigint) as opening_mrr_minor,
        cast(sum(greatest(closing_mrr_minor, 0)) as bigint) as retained_mrr_minor,
        cast(sum(greatest(least(closing_mrr_minor, starting_mrr_minor), 0)) as bigint) as kept_mrr_minor
    from aged
    group by first_paid_month, age_months, calendar_month
),

retention_cohorts as (
    select
        cohorts.first_paid_month,
        cohorts.age_months,
        cohorts.calendar_month,
        months.is_provisional,
        cohorts.accounts,
        cohorts.retained_accounts,
        cohorts.opening_mrr_minor,
        cohorts.retained_mrr_minor,
        cohorts.kept_mrr_minor,
        {{ ratio('cohorts.retained_mrr_minor', 'cohorts.opening_mrr_minor') }} as nrr,
        {{ ratio('cohorts.kept_mrr_minor', 'cohorts.opening_mrr_minor') }} as grr,
        {{ ratio('cohorts.retained_accounts', 'cohorts.accounts') }} as logo_retention,
        cohorts.accounts < {{ var('min_cohort_accounts') }} as is_small_cohort,
        {{ money_columns() }},
        {{ publication_columns() }}
    from cohorts
    inner join months on cohorts.calendar_month = months.calendar_month
)

select * from retention_cohorts
