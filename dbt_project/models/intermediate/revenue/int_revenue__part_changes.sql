{#- What changed in an account from one month to the next, by product, in billing currencies: the evidence for a reason. -#}
with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where account_id is not null and exclusion_reason is null
),

parts as (
    select
        account_id,
        product,
        month_number,
        sum(billing_net_mrr_minor) as net_minor,
        sum(billing_gross_mrr_minor) as gross_minor,
        sum(quantity) as quantity,
        min(billing_interval || ' ' || cast(interval_count as {{ dbt.type_string() }})) as first_term,
        max(billing_interval || ' ' || cast(interval_count as {{ dbt.type_string() }})) as last_term
    from line_months
    group by account_id, product, month_number
),

paired as (
    select
        account_id, product, month_number,
        net_minor as net_now, gross_minor as gross_now, quantity as quantity_now,
        0 as net_before, 0 as gross_before, cast(0 as double) as quantity_before,
        first_term as first_term_now, last_term as last_term_now,
        cast(null as {{ dbt.type_string() }}) as first_term_before, cast(null as {{ dbt.type_string() }}) as last_term_before
    from parts
    union all
    select
        account_id, product, month_number + 1 as month_number,
        0 as net_now, 0 as gross_now, cast(0 as double) as quantity_now,
        net_minor as net_before, gross_minor as gross_before, quantity as quantity_before,
        cast(null as {{ dbt.type_string() }}) as first_term_now, cast(null as {{ dbt.type_string() }}) as last_term_now,
        first_term as first_term_before, last_term as last_term_before
    from parts
),

changes as (
    select
        account_id,
        product,
        month_number,
        cast(sum(net_now) as double) as net_now,
        cast(sum(net_before) as double) as net_before,
        cast(sum(gross_now) as double) as gross_now,
        cast(sum(gross_before) as double) as gross_before,
        sum(quantity_now) as quantity_now,
        sum(quantity_before) as quantity_before,
        coalesce(max(first_term_now) <> max(first_term_before) or max(last_term_now) <> max(last_term_before), false) as is_other_term
    from paired
    group by account_id, product, month_number
),

effects as (
    select
        *,
        (gross_before - net_before) - (gross_now - net_now) as discount_effect,
        coalesce((quantity_now - quantity_before) * gross_before / nullif(quantity_before, 0), 0) as quantity_effect
    from changes
),

remainders as (
    select *, net_now - net_before - discount_effect - quantity_effect as remaining_effect
    from effects
),

part_changes as (
    select
        account_id,
        month_number,
        sum(case when net_before = 0 then net_now else 0 end) as added_effect,
        sum(case when net_now = 0 then -net_before else 0 end) as removed_effect,
        sum(case when net_before <> 0 and net_now <> 0 then discount_effect else 0 end) as discount_effect,
        sum(case when net_before <> 0 and net_now <> 0 then quantity_effect else 0 end) as quantity_effect,
        -- what is left is the price of the same term, or what another term (a year instead of a month) costs
        sum(case when net_before <> 0 and net_now <> 0 and is_other_term then remaining_effect else 0 end) as term_effect,
        sum(case when net_before <> 0 and net_now <> 0 and not is_other_term then remaining_effect else 0 end) as price_effect
    from remainders
    group by account_id, month_number
)

select * from part_changes
