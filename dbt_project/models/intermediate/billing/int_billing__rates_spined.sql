{#- One row per foreign currency and month: what one minor unit of it is worth in minor units of the reporting currency. -#}
with rates as (
    select * from {{ ref('stg_drop_folder__fx_rates') }}
),

lines as (
    select * from {{ ref('int_billing__lines_unioned') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

currencies as (
    select currency, min({{ month_of(local_date('period_start_at')) }}) as first_month
    from lines
    where currency <> '{{ var("reporting_currency") }}'
    group by currency
),

needed as (
    select
        currencies.currency,
        months.calendar_month,
        -- a running month is valued at the run's date
        least(months.ends_on, {{ add_days(as_of(), 1) }}) as ends_on
    from currencies
    inner join months on currencies.first_month <= months.calendar_month
),

candidates as (
    select
        needed.currency,
        needed.calendar_month,
        {% if var('fx_rate_basis') == 'month_average' -%}
        cast({{ exact_mean('rates.rate_to_reporting') }} as decimal(20, 12)) as rate_to_reporting,
        {%- else -%}
        cast(max_by(rates.rate_to_reporting, rates.rate_on) as decimal(20, 12)) as rate_to_reporting,
        {%- endif %}
        max(rates.rate_on) as rate_on
    from needed
    inner join rates
        on needed.currency = rates.currency
        and rates.rate_on < needed.ends_on
        -- a month that is over needs a rate of its own; the running one may still go by the last
        and (
            rates.rate_on >= needed.calendar_month
            {% if var('fx_rate_basis') != 'month_average' -%}
            or (
                needed.calendar_month = {{ month_of(as_of()) }}
                and rates.rate_on >= {{ add_days('needed.ends_on', -1 * var('fx_max_age_days')) }}
            )
            {%- endif %}
        )
    group by needed.currency, needed.calendar_month
),

spined as (
    select
        needed.currency,
        needed.calendar_month,
        candidates.rate_on,
        candidates.rate_to_reporting,
        cast(
            candidates.rate_to_reporting
            * power(10, {{ currency_exponent("'" ~ var('reporting_currency') ~ "'") }} - {{ currency_exponent('needed.currency') }})
            as decimal(20, 12)
        ) as minor_rate
    from needed
    left join candidates on needed.currency = candidates.currency and needed.calendar_month = candidates.calendar_month
)

select * from spined
