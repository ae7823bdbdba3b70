{#- Expected: what is not yet lost, times how well revenue was kept over twelve months: by accounts of the same class, where
    enough of them have a record, else by the whole portfolio. -#}
with renewals_dated as (
    select * from {{ ref('int_revenue__renewals_dated') }}
),

evidence as (
    select * from {{ ref('int_accounts__evidence_months') }}
    where calendar_month = {{ month_of(as_of()) }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
    where not is_provisional
),

track_record as (
    select
        measured.calendar_month,
        measured.cohort_accounts,
        measured.retained_accounts,
        measured.kept_mrr_minor,
        measured.cohort_mrr_minor
    from {{ ref('int_revenue__retention_measured') }} as measured
    inner join months on measured.calendar_month = months.calendar_month
    where measured.segment_dimension = 'all' and measured.cohort_accounts > 0
    qualify row_number() over (order by measured.calendar_month desc) = 1
),

class_records as (
    select * from {{ ref('int_success__class_records_summed') }}
    where accounts >= {{ var('class_record_accounts') }}
),

weights as (
    select
        customer_class,
        {{ ratio('kept_mrr_minor', 'observed_mrr_minor') }} as kept_rate,
        {{ wilson_bound('kept_observations', 'observations', 'low') }} as kept_low,
        {{ wilson_bound('kept_observations', 'observations', 'high') }} as kept_high,
        customer_class || ': twelve months kept by ' || cast(accounts as {{ dbt.type_string() }}) || ' accounts of the class' as basis
    from class_records
    union all
    select
        cast(null as {{ dbt.type_string() }}),
        {{ ratio('kept_mrr_minor', 'cohort_mrr_minor') }},
        {{ wilson_bound('retained_accounts', 'cohort_accounts', 'low') }},
        {{ wilson_bound('retained_accounts', 'cohort_accounts', 'high') }},
        'grr_12 of ' || cast(calendar_month as {{ dbt.type_string() }}) || ', '
        || cast(cohort_accounts as {{ dbt.type_string() }}) || ' accounts'
    from track_record
),

weighted as (
    select
        renewals_dated.*,
        evidence.customer_class,
        evidence.success_vector,
        renewals_dated.exposed_mrr_minor - renewals_dated.committed_churn_minor as open_mrr_minor,
        coalesce(of_class.kept_rate, portfolio.kept_rate) as kept_rate,
        least(
            coalesce(of_class.kept_rate, portfolio.kept_rate),
            coalesce(of_class.kept_low, portfolio.kept_low)
        ) as low_rate,
        greatest(
            coalesce(of_class.kept_rate, portfolio.kept_rate),
            coalesce(of_class.kept_high, portfolio.kept_high)
        ) as high_rate,
        coalesce(of_class.basis, portfolio.basis, 'no twelve-month cohort yet') as basis
    from renewals_dated
    left join evidence on renewals_dated.account_id = evidence.account_id
    left join weights as of_class on evidence.customer_class = of_class.customer_class
    left join weights as portfolio on portfolio.customer_class is null
),

renewals as (
    select
        account_id,
        renewal_on,
        {{ days_between(as_of(), 'renewal_on') }} as days_until,
        date_basis,
        is_date_derived,
        exposed_mrr_minor,
        committed_churn_minor,
        customer_class,
        success_vector,
        cast(round(open_mrr_minor * low_rate) as bigint) as expected_low_minor,
        cast(round(open_mrr_minor * kept_rate) as bigint) as expected_mid_minor,
        cast(round(open_mrr_minor * high_rate) as bigint) as expected_high_minor,
        kept_rate as expected_rate,
        basis,
        {{ money_columns() }},
        {{ publication_columns() }}
    from weighted
)

select * from renewals
