with reasons as (
    select * from {{ ref('customer_class_reasons') }}
    where calendar_month = {{ month_of(as_of()) }} and missing_reason is not null
),

accounts as (
    select * from {{ ref('accounts') }}
    where is_paying
),

remedies as (
    select
        signal,
        try_cast(effort as bigint) as effort,
        remedy
    from {{ ref('evidence_remedies') }}
),

missing as (
    select
        reasons.account_id,
        accounts.account_name,
        accounts.csm_owner,
        reasons.customer_class,
        reasons.signal,
        reasons.missing_reason,
        max(reasons.observed_on) as observed_on,
        remedies.effort,
        remedies.remedy,
        accounts.mrr_minor
    from reasons
    inner join accounts on reasons.account_id = accounts.account_id
    left join remedies on reasons.signal = remedies.signal
    group by
        reasons.account_id, accounts.account_name, accounts.csm_owner, reasons.customer_class, reasons.signal,
        reasons.missing_reason, remedies.effort, remedies.remedy, accounts.mrr_minor
),

ranked as (
    select
        account_id,
        account_name,
        csm_owner,
        customer_class,
        signal,
        missing_reason,
        observed_on,
        effort,
        remedy,
        row_number() over (partition by account_id order by effort nulls last, signal) = 1 as is_cheapest,
        mrr_minor,
        {{ major_units('mrr_minor') }} as mrr,
        '{{ var("reporting_currency") }}' as currency,
        {{ money_columns() }},
        {{ publication_columns() }}
    from missing
)

select * from ranked
