{#- Two comparisons: with what the last publication said, and with the month before. Each change is a sentence. A change of MRR is one of
    what is billed: an exchange rate that moved changes nothing about an account. -#}
with today as (
    select * from {{ ref('accounts_today') }}
),

published_before as (
    select
        previous.*,
        'last_publication' as compared_with
    from (
        {{ previous_rows('accounts_today', {
            'account_id': 'string',
            'customer_class': 'string',
            'mrr_minor': 'bigint',
            'billing_currency': 'string',
            'billing_mrr_minor': 'bigint',
            'csm_owner': 'string',
            'renewal_on': 'date',
            'as_of_date': 'date',
        }) }}
    ) as previous
    where as_of_date < {{ as_of() }}
),

month_before as (
    select
        months.account_id,
        months.customer_class,
        months.closing_mrr_minor as mrr_minor,
        months.billing_currency,
        months.billing_mrr_minor,
        cast(null as string) as csm_owner,
        cast(null as date) as renewal_on,
        {{ add_days(month_of(as_of()), -1) }} as as_of_date,
        'month_before' as compared_with
    from {{ ref('account_months') }} as months
    where months.calendar_month = {{ add_months(month_of(as_of()), -1) }}
),

before as (
    select account_id, customer_class, mrr_minor, billing_currency, billing_mrr_minor, csm_owner, renewal_on, as_of_date, compared_with
    from published_before
    union all
    select account_id, customer_class, mrr_minor, billing_currency, billing_mrr_minor, csm_owner, renewal_on, as_of_date, compared_with
    from month_before
),

-- what is billed where both sides are billed in one and the same currency, or one side pays nothing; else the reporting currency
compared as (
    select
        before.compared_with,
        before.as_of_date as compared_on,
        today.account_id,
        today.account_name,
        today.csm_owner,
        before.customer_class as old_class,
        today.customer_class as new_class,
        coalesce(before.mrr_minor, 0) as old_mrr_minor,
        coalesce(today.mrr_minor, 0) as new_mrr_minor,
        case
            when before.billing_currency = today.billing_currency or coalesce(before.mrr_minor, 0) = 0 then today.billing_currency
            when coalesce(today.mrr_minor, 0) = 0 then before.billing_currency
        end as billing_currency,
        before.billing_mrr_minor as old_billing_minor,
        today.billing_mrr_minor as new_billing_minor,
        before.csm_owner as old_owner,
        before.renewal_on as old_renewal_on,
        today.renewal_on as new_renewal_on
    from today
    inner join before on today.account_id = before.account_id
),

priced as (
    select
        compared.*,
        coalesce(billing_currency, '{{ var("reporting_currency") }}') as price_currency,
        case when billing_currency is null then old_mrr_minor else coalesce(old_billing_minor, 0) end as old_price_minor,
        case when billing_currency is null then new_mrr_minor else coalesce(new_billing_minor, 0) end as new_price_minor
    from compared
),

changes as (
    select
        compared_with, compared_on, account_id, account_name, csm_owner,
        'customer_class' as change_kind,
        old_class as old_value,
        new_class as new_value,
        new_mrr_minor as amount_minor,
        account_name || ' went from ' || old_class || ' to ' || new_class || '; it pays ' || {{ money_text('new_price_minor', 'price_currency') }}
        || ' a month.' as sentence
    from priced
    where old_class <> new_class
    union all
    select
        compared_with, compared_on, account_id, account_name, csm_owner,
        'mrr',
        {{ money_text('old_price_minor', 'price_currency') }},
        {{ money_text('new_price_minor', 'price_currency') }},
        new_mrr_minor - old_mrr_minor,
        case
            when old_price_minor = 0
                then account_name || ' began to pay ' || {{ money_text('new_price_minor', 'price_currency') }} || ' a month.'
            when new_price_minor = 0
                then account_name || ' no longer pays; it paid ' || {{ money_text('old_price_minor', 'price_currency') }} || ' a month.'
            when new_price_minor > old_price_minor
                then account_name || ' pays ' || {{ money_text('new_price_minor - old_price_minor', 'price_currency') }}
                    || ' a month more than before, ' || {{ money_text('new_price_minor', 'price_currency') }} || ' in all.'
            else account_name || ' pays ' || {{ money_text('old_price_minor - new_price_minor', 'price_currency') }}
                || ' a month less than before, ' || {{ money_text('new_price_minor', 'price_currency') }} || ' in all.'
        end
    from priced
    where old_price_minor <> new_price_minor
    union all
    select
        compared_with, compared_on, account_id, account_name, csm_owner,
        'csm_owner',
        old_owner,
        csm_owner,
        new_mrr_minor,
        account_name || ' is looked after by ' || coalesce(csm_owner, 'nobody') || '; before it was ' || coalesce(old_owner, 'nobody') || '.'
    from priced
    where compared_with = 'last_publication' and old_owner is distinct from csm_owner
    union all
    select
        compared_with, compared_on, account_id, account_name, csm_owner,
        'renewal_on',
        cast(old_renewal_on as {{ dbt.type_string() }}),
        cast(new_renewal_on as {{ dbt.type_string() }}),
        new_mrr_minor,
        account_name || ' renews on ' || coalesce(cast(new_renewal_on as {{ dbt.type_string() }}), 'no known day') || '; before it was '
        || coalesce(cast(old_renewal_on as {{ dbt.type_string() }}), 'not known') || '.'
    from priced
    where compared_with = 'last_publication' and old_renewal_on is distinct from new_renewal_on
),

published as (
    select
        changes.compared_with,
        changes.compared_on,
        changes.account_id,
        changes.account_name,
        changes.csm_owner,
        changes.change_kind,
        changes.old_value,
        changes.new_value,
        cast(changes.amount_minor as bigint) as amount_minor,
        {{ major_units('changes.amount_minor') }} as amount,
        '{{ var("reporting_currency") }}' as currency,
        changes.sentence,
        {{ money_columns() }},
        {{ publication_columns() }}
    from changes
)

select * from published
