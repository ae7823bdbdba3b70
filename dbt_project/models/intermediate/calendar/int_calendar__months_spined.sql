{#- Guards against one absurd date making an endless calendar. -#}
{%- set longest_history_months = 600 -%}

with mentions as (
    select * from {{ ref('int_accounts__identity_records_unioned') }}
),

accounts as (
    select * from {{ ref('int_accounts__registered') }}
),

billing_lines as (
    select * from {{ ref('int_billing__lines_unioned') }}
),

evidence as (
    select min({{ local_date('first_seen_at') }}) as first_on from mentions
    union all
    select min(started_on) as first_on from accounts
    union all
    select min({{ local_date('period_start_at') }}) as first_on from billing_lines
),

bounds as (
    select
        {{ month_number(as_of()) }} as last_month,
        least(
            {{ month_number(as_of()) }},
            greatest(
                coalesce(min({{ month_number('first_on') }}), {{ month_number(as_of()) }}),
                {{ month_number(as_of()) }} - {{ longest_history_months }}
            )
        ) as first_month
    from evidence
),

numbered as (
    select {{ explode_integers('first_month', 'last_month') }} as month_number from bounds
),

dated as (
    select month_number, {{ first_of_month('month_number') }} as calendar_month from numbered
),

months as (
    select
        calendar_month,
        month_number,
        calendar_month as starts_on,
        {{ add_months('calendar_month', 1) }} as ends_on,
        {{ local_midnight_utc('calendar_month') }} as starts_at,
        {{ local_midnight_utc(add_months('calendar_month', 1)) }} as ends_at,
        least({{ local_midnight_utc(add_months('calendar_month', 1)) }}, {{ as_of_end() }}) as snapshot_at,
        {{ add_months('calendar_month', 1) }} > {{ as_of() }} as is_provisional
    from dated
)

select * from months
