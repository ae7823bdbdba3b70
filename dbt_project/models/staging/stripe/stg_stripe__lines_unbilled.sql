{#- What the listing alone says, in the conformed contract of billing: items that no invoice covers, and changes that none says yet. -#}
with items as (
    select * from {{ ref('stg_stripe__items_unbilled') }}
),

changes as (
    select * from {{ ref('stg_stripe__changes_unbilled') }}
),

from_items as (
    select
        source_name,
        line_id,
        'customer' as customer_record_kind,
        customer_id as customer_ref,
        subscription_id,
        product,
        price_id as price_ref,
        billing_interval,
        cast(interval_count as bigint) as interval_count,
        cast(quantity as double) as quantity,
        currency,
        {{ stripe_minor('gross_amount', 'currency') }} as gross_amount_minor,
        {{ stripe_minor('discount_amount', 'currency') }} as discount_amount_minor,
        {{ stripe_minor('inclusive_tax_amount', 'currency') }} as inclusive_tax_minor,
        period_start_at,
        {{ earliest(['period_end_at', 'paused_from_at']) }} as period_end_at,
        billed_until_at,
        'recurring' as kind,
        case when status = 'trialing' then 'trial' else status end as status,
        exclusion_reason,
        case when paused_from_at is not null then 'pause' end as end_cause,
        period_end_at as scheduled_end_at,
        period_end_at is not null and status <> 'trialing' as is_end_committed,
        cast(null as timestamp) as end_requested_at,
        cast(null as timestamp) as requested_end_at,
        cast(null as {{ dbt.type_string() }}) as start_cause,
        true as is_extended,
        false as is_backdated,
        true as is_unbilled,
        cast(null as double) as listed_quantity,
        cast(null as double) as billed_quantity
    from items
),

from_changes as (
    select
        source_name,
        line_id,
        'customer' as customer_record_kind,
        customer_id as customer_ref,
        subscription_id,
        product,
        price_id as price_ref,
        billing_interval,
        cast(interval_count as bigint) as interval_count,
        cast(quantity as double) as quantity,
        currency,
        {{ stripe_minor('gross_amount', 'currency') }} as gross_amount_minor,
        {{ stripe_minor('discount_amount', 'currency') }} as discount_amount_minor,
        {{ stripe_minor('inclusive_tax_amount', 'currency') }} as inclusive_tax_minor,
        from_at as period_start_at,
        until_at as period_end_at,
        billed_until_at,
        'recurring' as kind,
        status,
        exclusion_reason,
        cast(null as {{ dbt.type_string() }}) as end_cause,
        scheduled_end_at,
        scheduled_end_at is not null as is_end_committed,
        cast(null as timestamp) as end_requested_at,
        cast(null as timestamp) as requested_end_at,
        cast(null as {{ dbt.type_string() }}) as start_cause,
        false as is_extended,
        false as is_backdated,
        true as is_unbilled,
        cast(listed_quantity as double) as listed_quantity,
        cast(billed_quantity as double) as billed_quantity
    from changes
),

lines_unbilled as (
    select * from from_items
    union all
    select * from from_changes
)

select * from lines_unbilled
