{#- Changes that the listing shows and the bills in force do not say yet: they count from the listing that showed them, until a bill
    does. A bill that is newer than the listing is the better evidence; one for a whole period that contradicts what the listing
    had shown before it is told, and counts. -#}
with compared as (
    select * from {{ ref('stg_stripe__changes_compared') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

states as (
    select * from {{ ref('stg_stripe__item_states') }}
),

-- an item that is gone shows its change where it was last listed
removals as (
    select compared.subscription_id, compared.from_at, max(states.shown_until_at) as removed_at
    from compared
    inner join states
        on compared.subscription_id = states.subscription_id and states.shown_until_at <= compared.from_at
    group by compared.subscription_id, compared.from_at
),

subscription_stretches as (
    select
        subscription_id,
        from_at,
        bool_or(is_listed) and bool_or(is_billed) and bool_and(price_id is not null) as is_comparable,
        max(last_shown_at) as last_shown_at,
        max(shown_from_at) as changed_at,
        max(newest_bill_at) as newest_bill_at,
        max(newest_whole_bill_at) as newest_whole_bill_at,
        max(billed_until_at) as billed_until_at,
        max(scheduled_end_at) as scheduled_end_at,
        coalesce(sum(discount_amount) / nullif(sum(billed_gross), 0), 0) as discount_share,
        coalesce(sum(inclusive_tax_amount) / nullif(sum(billed_gross) - sum(discount_amount), 0), 0) as tax_share
    from compared
    group by subscription_id, from_at
),

-- units and amount both: the vendor counts the units of tiers line by line
different as (
    select
        compared.*,
        greatest(subscription_stretches.changed_at, coalesce(removals.removed_at, subscription_stretches.changed_at)) as changed_at,
        subscription_stretches.newest_whole_bill_at as contradicting_bill_at,
        subscription_stretches.billed_until_at as known_until_at,
        subscription_stretches.scheduled_end_at as known_end_at,
        subscription_stretches.discount_share,
        subscription_stretches.tax_share,
        bool_or(compared.listed_gross is null) over (partition by compared.subscription_id, compared.from_at) as is_unknown,
        compared.listed_gross - compared.billed_gross as gross_amount
    from compared
    inner join subscription_stretches
        on compared.subscription_id = subscription_stretches.subscription_id
        and compared.from_at = subscription_stretches.from_at
    left join removals
        on compared.subscription_id = removals.subscription_id and compared.from_at = removals.from_at
    where
        subscription_stretches.is_comparable
        and subscription_stretches.last_shown_at >= compared.from_at
        and subscription_stretches.newest_bill_at <= subscription_stretches.last_shown_at
        and compared.listed_quantity <> compared.billed_quantity
        and coalesce(abs(compared.listed_gross - compared.billed_gross) > 1, true)
),

changes as (
    select
        'pending:' || different.subscription_id || ':' || different.price_id || ':'
        || cast({{ epoch_micros('different.from_at') }} as {{ dbt.type_string() }}) as line_id,
        different.customer_id,
        different.subscription_id,
        different.product,
        different.price_id,
        different.billing_interval,
        different.interval_count,
        different.currency,
        different.listed_quantity - different.billed_quantity as quantity,
        different.listed_quantity,
        different.billed_quantity,
        different.gross_amount,
        different.gross_amount * different.discount_share as discount_amount,
        different.gross_amount * (1 - different.discount_share) * different.tax_share as inclusive_tax_amount,
        different.from_at,
        different.until_at,
        different.known_until_at as billed_until_at,
        different.known_end_at as scheduled_end_at,
        case
            when different.contradicting_bill_at > different.changed_at then 'contradicted_by_bill'
            when different.is_unknown then 'unknown_price'
        end as exclusion_reason,
        subscriptions.status,
        subscriptions.source_name
    from different
    inner join subscriptions on different.subscription_id = subscriptions.subscription_id
)

select * from changes
