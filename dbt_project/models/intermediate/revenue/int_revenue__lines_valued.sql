{#- Rounding happens here and nowhere after: half away from zero, once to whole minor units of the billing currency and,
    for foreign lines, once more in the conversion. Everything downstream sums these integers. -#}
with lines as (
    select * from {{ ref('int_revenue__lines_by_month') }}
),

rates as (
    select * from {{ ref('int_billing__rates_spined') }}
),

judged as (
    select
        *,
        {{ first_of_month('month_number') }} as calendar_month,
        case
            when exclusion_reason = 'usage' and '{{ var("usage_policy") }}' = 'include' then cast(null as {{ dbt.type_string() }})
            when exclusion_reason is null and not is_at_month_end then 'not_active_at_month_end'
            else exclusion_reason
        end as month_exclusion_reason,
        round(cast(gross_amount_minor as double) * {{ periods_per_year('billing_interval') }} / (12 * interval_count)) as monthly_gross,
        round(
            cast(gross_amount_minor - discount_amount_minor as double)
            * {{ periods_per_year('billing_interval') }} / (12 * interval_count)
        ) as monthly_net,
        round(cast(inclusive_tax_minor as double) * {{ periods_per_year('billing_interval') }} / (12 * interval_count)) as monthly_tax,
        round(cast(gross_amount_minor - discount_amount_minor as double)) as billed_net
    from lines
),
{% if var('concurrent_policy') == 'latest' %}
ranked as (
    select
        *,
        dense_rank() over (
            partition by account_id, calendar_month
            order by subscription_started_at desc, source_name desc, subscription_id desc
        ) as concurrent_rank
    from (
        select
            judged.*,
            min(case when month_exclusion_reason is null then period_start_at end)
                over (partition by account_id, source_name, subscription_id) as subscription_started_at
        from judged
    ) as started
    where month_exclusion_reason is null
    union all
    select judged.*, cast(null as timestamp) as subscription_started_at, 1 as concurrent_rank
    from judged
    where month_exclusion_reason is not null
),
{% else %}
ranked as (
    select *, 1 as concurrent_rank from judged
),
{% endif %}
counted as (
    select
        *,
        case when concurrent_rank > 1 then 'concurrent_subscription' else month_exclusion_reason end as counted_exclusion_reason
    from ranked
),

amounts as (
    select
        *,
        cast(case when counted_exclusion_reason is not null then 0 when kind = 'usage' then billed_net else monthly_gross end as bigint) as billing_gross_mrr_minor,
        cast(case when counted_exclusion_reason is not null then 0 when kind = 'usage' then billed_net else monthly_net end as bigint) as billing_net_mrr_minor,
        cast(case when counted_exclusion_reason is not null or kind = 'usage' then 0 else coalesce(monthly_tax, 0) end as bigint) as billing_inclusive_tax_minor,
        cast(coalesce(monthly_net, 0) as bigint) as billing_stated_mrr_minor,
        cast(case when kind = 'usage' and coalesce(counted_exclusion_reason, 'usage') = 'usage' then billed_net else 0 end as bigint) as billing_usage_minor,
        cast(case when counted_exclusion_reason = 'one_time' then billed_net else 0 end as bigint) as billing_non_recurring_minor
    from counted
),

converted as (
    select
        amounts.*,
        case
            when amounts.currency = '{{ var("reporting_currency") }}' then 1
            when
                rates.minor_rate is null and (
                    amounts.billing_gross_mrr_minor <> 0 or amounts.billing_usage_minor <> 0
                    or amounts.billing_non_recurring_minor <> 0
                    or amounts.counted_exclusion_reason = 'not_active_at_month_end'
                )
                then {{ fail_without_rate('amounts.currency', 'amounts.calendar_month') }}
            else coalesce(rates.minor_rate, 0)
        end as minor_rate,
        case
            when amounts.currency = '{{ var("reporting_currency") }}' then 1
            when amounts.month_number >= {{ month_number(as_of()) }} then 0
            when next_rates.minor_rate is null and amounts.billing_gross_mrr_minor <> 0
                then {{ fail_without_rate('amounts.currency', add_months('amounts.calendar_month', 1)) }}
            else coalesce(next_rates.minor_rate, 0)
        end as next_minor_rate
    from amounts
    left join rates on amounts.currency = rates.currency and amounts.calendar_month = rates.calendar_month
    left join rates as next_rates
        on amounts.currency = next_rates.currency
        and {{ first_of_month('amounts.month_number + 1') }} = next_rates.calendar_month
),

lines_valued as (
    select
        source_name,
        line_id,
        calendar_month,
        cast(month_number as bigint) as month_number,
        account_id,
        customer_ref,
        subscription_id,
        product,
        price_ref,
        billing_interval,
        interval_count,
        quantity,
        currency as billing_currency,
        kind,
        status,
        counted_exclusion_reason as exclusion_reason,
        start_cause,
        end_cause,
        is_extended,
        is_backdated,
        is_unbilled,
        period_start_at,
        period_end_at,
        scheduled_end_at,
        is_end_committed,
        end_requested_at,
        requested_end_at,
        billed_until_at,
        month_number = first_month as is_first_month,
        month_number = last_month and is_at_month_end and period_end_at is not null as is_last_month,
        billing_gross_mrr_minor,
        billing_net_mrr_minor,
        {{ converted_minor('billing_gross_mrr_minor', 'minor_rate') }} as gross_mrr_minor,
        {{ converted_minor('billing_net_mrr_minor', 'minor_rate') }} as net_mrr_minor,
        {{ converted_minor('billing_inclusive_tax_minor', 'minor_rate') }} as inclusive_tax_mrr_minor,
        -- what the line alone would be worth a month, whether it counts or not
        {{ converted_minor('billing_stated_mrr_minor', 'minor_rate') }} as stated_mrr_minor,
        -- the same line at the rate of the month after: what constant-currency movements start from
        {{ converted_minor('billing_net_mrr_minor', 'next_minor_rate') }} as carried_mrr_minor,
        {{ converted_minor('billing_usage_minor', 'minor_rate') }} as usage_minor,
        {{ converted_minor('billing_non_recurring_minor', 'minor_rate') }} as non_recurring_minor
    from converted
)

select * from lines_valued
