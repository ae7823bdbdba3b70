{#- Amounts for one whole billing period, without the tax inside them. A prorated line covers a part of one: credit and debit net
    out at any instant because both are brought to the same whole. The vendor rounds a proration's amount, discount and tax to the
    smallest amount it writes, and stretching them would stretch the rounding; so price, discount and tax of a whole period are taken wherever
    they explain the line to within that. -#}
{{ config(materialized='table') }}

{%- set shares = ['coupon_share', 'discount_share_now', 'discount_share_after'] -%}
{%- set offs = ['off_by_coupon_share', 'off_by_discount_share_now', 'off_by_discount_share_after'] -%}

with lines as (
    select * from {{ ref('stg_stripe__lines_measured') }}
),

discounts as (
    select * from {{ ref('stg_stripe__subscription_discounts') }}
),

whole_lines as (
    select
        subscription_id,
        billing_interval,
        interval_count,
        period_start_at,
        period_end_at,
        cast(sum(discount_minor) as double) / nullif(cast(sum(amount_minor) as double), 0) as discount_share,
        cast(sum(inclusive_tax_minor) as double) / nullif(cast(sum(amount_minor - discount_minor) as double), 0) as tax_share
    from lines
    where is_whole
    group by subscription_id, billing_interval, interval_count, period_start_at, period_end_at
),

-- what the same units cost for a whole period: of tiers the price alone can't say it
known_amounts as (
    select subscription_id, price_id, quantity, min(amount_minor) as amount_minor
    from lines
    where is_whole
    group by subscription_id, price_id, quantity
    having min(amount_minor) = max(amount_minor)
),

priced as (
    select
        lines.*,
        {{ stripe_smallest_amount('lines.currency') }} as smallest_amount,
        case when lines.amount_minor < 0 then -1 else 1 end * cast(lines.unit_amount as double)
        * {{ billed_units('lines.quantity', 'lines.transform_divide_by', 'lines.transform_round') }} as price_of_period,
        case when lines.amount_minor < 0 then -1 else 1 end * cast(known_amounts.amount_minor as double) as known_of_period,
        1 - discounts.kept_share as coupon_share,
        same_end.discount_share as discount_share_now,
        next_period.discount_share as discount_share_after,
        coalesce(same_end.tax_share, next_period.tax_share) as tax_share_known
    from lines
    left join whole_lines as same_end
        on lines.subscription_id = same_end.subscription_id
        and lines.billing_interval = same_end.billing_interval
        and lines.interval_count = same_end.interval_count
        and lines.period_end_at = same_end.period_end_at
    left join whole_lines as next_period
        on lines.subscription_id = next_period.subscription_id
        and lines.billing_interval = next_period.billing_interval
        and lines.interval_count = next_period.interval_count
        and lines.period_end_at = next_period.period_start_at
    left join known_amounts
        on lines.subscription_id = known_amounts.subscription_id
        and lines.price_id = known_amounts.price_id
        and lines.quantity = known_amounts.quantity
    left join discounts on lines.subscription_id = discounts.subscription_id
    -- two whole lines may end at once, of another length each: one of them is enough
    qualify row_number() over (partition by lines.line_id order by same_end.period_start_at desc, next_period.period_end_at) = 1
),

stretched as (
    select
        *,
        case
            when kind <> 'recurring' or exclusion_reason = 'no_service_period' or periods is null or periods = 0
                then cast(amount_minor as double)
            when not is_proration and amount_minor = price_of_period then price_of_period
            when not is_proration and periods = round(periods) then amount_minor / periods
            when
                {% for length in ['periods', 'periods_at_the_last', 'periods_at_the_end'] -%}
                abs(price_of_period * {{ length }} - amount_minor) <= smallest_amount{{ " or " if not loop.last }}
                {%- endfor %}
                then price_of_period
            when abs(known_of_period * periods - amount_minor) <= smallest_amount then known_of_period
            when discount_minor = 0 and abs(price_of_period * (1 - discount_share_now) * periods - amount_minor) <= smallest_amount
                then round(price_of_period * (1 - discount_share_now))
            else amount_minor / periods
        end as full_amount
    from priced
),

weighed as (
    select
        *,
        {% for share in shares -%}
        abs(full_amount * {{ share }} * periods - discount_minor) as off_by_{{ share }}{{ "," if not loop.last }}
        {% endfor %}
    from stretched
),

-- of the shares that explain the discount the one that does so best
discounted as (
    select
        *,
        case
            when coalesce(discount_minor, 0) = 0 then cast(0 as double)
            when full_amount = amount_minor then cast(discount_minor as double)
            when {{ earliest(offs) }} <= smallest_amount then round(full_amount * case {{ earliest(offs) }}
                {% for share in shares -%}
                when off_by_{{ share }} then {{ share }}
                {% endfor -%}
            end)
            else full_amount * discount_minor / nullif(cast(amount_minor as double), 0)
        end as full_discount
    from weighed
),

taxed as (
    select
        *,
        case
            when coalesce(inclusive_tax_minor, 0) = 0 then cast(0 as double)
            when full_amount <> amount_minor and abs((full_amount - full_discount) * tax_share_known * periods - inclusive_tax_minor) <= smallest_amount
                then tax_share_known
            else coalesce(inclusive_tax_minor / nullif(cast(amount_minor - discount_minor as double), 0), 0)
        end as tax_share
    from discounted
),

normalised as (
    select
        *,
        full_amount * (1 - tax_share) as gross_amount,
        full_discount * (1 - tax_share) as discount_amount,
        (full_amount - full_discount) * tax_share as inclusive_tax_amount
    from taxed
)

select * from normalised
