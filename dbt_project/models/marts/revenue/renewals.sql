{#- Expected: what is not yet lost, times how well revenue was kept over the last twelve whole months. -#}
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
        {{ ratio('measured.kept_mrr_minor', 'measured.cohort_mrr_minor') }} as grr_12,
        {{ ratio('measured.retained_accounts', 'measured.cohort_accounts') }} as logo_retention_12
    from {{ ref('int_revenue__retention_measured') }} as measured
    inner join months on measured.calendar_month = months.calendar_month
    where measured.segment_dimension = 'all' and measured.cohort_accounts > 0
    qualify row_number() over (order by measured.calendar_month desc) = 1
),

bounded as (
    select
        *,
        -- lower end of Wilson's 95 % interval of the share of accounts kept
        (
            logo_retention_12 + 1.9208 / cohort_accounts
            - 1.96 * sqrt((logo_retention_12 * (1 - logo_retention_12) + 0.9604 / cohort_accounts) / cohort_accounts)
        ) / (1 + 3.8416 / cohort_accounts) as logo_retention_low
    from track_record
),

renewals as (
    select
        renewals_dated.account_id,
        renewals_dated.renewal_on,
        {{ days_between(as_of(), 'renewals_dated.renewal_on') }} as days_until,
        renewals_dated.date_basis,
        renewals_dated.exposed_mrr_minor,
        renewals_dated.committed_churn_minor,
        evidence.customer_class,
        evidence.success_vector,
        cast(round((renewals_dated.exposed_mrr_minor - renewals_dated.committed_churn_minor) * least(bounded.grr_12, bounded.logo_retention_low)) as bigint)
            as expected_low_minor,
        cast(round((renewals_dated.exposed_mrr_minor - renewals_dated.committed_churn_minor) * bounded.grr_12) as bigint)
            as expected_mid_minor,
        case when bounded.grr_12 is not null then renewals_dated.exposed_mrr_minor - renewals_dated.committed_churn_minor end
            as expected_high_minor,
        case
            when bounded.grr_12 is null then 'no twelve-month cohort yet'
            else 'grr_12 of ' || cast(bounded.calendar_month as {{ dbt.type_string() }}) || ', '
                || cast(bounded.cohort_accounts as {{ dbt.type_string() }}) || ' accounts'
        end as basis,
        {{ publication_columns() }}
    from renewals_dated
    left join evidence on renewals_dated.account_id = evidence.account_id
    left join bounded on true
)

select * from renewals
