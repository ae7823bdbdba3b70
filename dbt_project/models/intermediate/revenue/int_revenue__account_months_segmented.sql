{#- An account's month with its attributes as they were when its cohorts began: at the end of the month before (opening_...)
    and of the month a year before (cohort_...). Before the first known validity, the first known attributes count. -#}
{%- set dimensions = segment_dimensions() -%}

with account_months as (
    select * from {{ ref('int_revenue__account_months') }}
),

history as (
    select * from {{ ref('int_accounts__history_kept') }}
),

spans as (
    select
        account_id,
        {{ dimensions | join(', ') }},
        case
            when row_number() over (partition by account_id order by valid_from) = 1 then 0
            -- valid for a month when valid at its end
            else {{ month_number('valid_from') }}
        end as from_month,
        coalesce({{ month_number('valid_to') }}, 999999) as until_month
    from history
),

segmented as (
    select
        account_months.*,
        {% for dimension in dimensions -%}
        coalesce(opening_spans.{{ dimension }}, 'unknown') as opening_{{ dimension }},
        coalesce(cohort_spans.{{ dimension }}, 'unknown') as cohort_{{ dimension }}{{ "," if not loop.last }}
        {% endfor %}
    from account_months
    left join spans as opening_spans
        on account_months.account_id = opening_spans.account_id
        and account_months.month_number - 1 >= opening_spans.from_month
        and account_months.month_number - 1 < opening_spans.until_month
    left join spans as cohort_spans
        on account_months.account_id = cohort_spans.account_id
        and account_months.month_number - 12 >= cohort_spans.from_month
        and account_months.month_number - 12 < cohort_spans.until_month
)

select * from segmented
