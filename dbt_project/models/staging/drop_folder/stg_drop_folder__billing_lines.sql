with agreements as (
    select * from {{ ref('stg_drop_folder__agreements') }}
),

sightings as (
    select * from {{ ref('stg_drop_folder__agreement_sightings') }}
),

amounts as (
    select
        agreements.*,
        sightings.end_seen_from_at,
        cast(agreements.quantity as double) * cast(agreements.unit_amount as double)
        * power(10, {{ currency_exponent('agreements.currency') }}) as gross_amount,
        {{ local_midnight_utc('agreements.starts_on') }} as starts_at,
        {{ local_midnight_utc('agreements.ends_on') }} as ends_at,
        case when agreements.status = 'past_due' then {{ add_periods('sightings.past_due_from_at', "'day'", var('past_due_grace_days')) }} end
            as grace_ends_at,
        case when agreements.status = 'paused' and '{{ var("pause_policy") }}' <> 'keep' and sightings.active_from_at < sightings.paused_from_at then sightings.paused_from_at end
            as paused_from_at
    from agreements
    left join sightings on agreements.line_id = sightings.line_id
),

cut as (
    select *, {{ earliest(['ends_at', 'grace_ends_at', 'paused_from_at']) }} as counted_until_at
    from amounts
),

billing_lines as (
    select
        source_name,
        line_id,
        'account_ref' as customer_record_kind,
        account_ref as customer_ref,
        coalesce(agreement_id, line_id) as subscription_id,
        product,
        product as price_ref,
        billing_interval,
        cast(interval_count as bigint) as interval_count,
        cast(quantity as double) as quantity,
        currency,
        cast(gross_amount as decimal(26, 6)) as gross_amount_minor,
        cast(gross_amount * coalesce(cast(discount_percent as double), 0) / 100 as decimal(26, 6)) as discount_amount_minor,
        cast(0 as decimal(26, 6)) as inclusive_tax_minor,
        starts_at as period_start_at,
        case when kind = 'recurring' then counted_until_at else coalesce(ends_at, starts_at) end as period_end_at,
        ends_at as billed_until_at,
        kind,
        status,
        case
            when kind = 'one_time' then 'one_time'
            when kind = 'usage' then 'usage'
            when status = 'trial' then 'trial'
            when status = 'paused' and paused_from_at is null and '{{ var("pause_policy") }}' <> 'keep' then 'paused'
            when counted_until_at <= starts_at then 'no_service_period'
        end as exclusion_reason,
        case
            when counted_until_at = ends_at and (lower(ended_reason) like '%payment%' or lower(ended_reason) = 'involuntary') then 'non_payment'
            when counted_until_at = ends_at then 'cancel'
            when counted_until_at = grace_ends_at then 'non_payment'
            when counted_until_at = paused_from_at then 'pause'
        end as end_cause,
        ends_at as scheduled_end_at,
        -- a term that ends may be renewed; a reason says that it will not
        ends_at is not null and ended_reason is not null as is_end_committed,
        end_seen_from_at as end_requested_at,
        case when end_seen_from_at is not null and ended_reason is not null then ends_at end as requested_end_at,
        cast(null as {{ dbt.type_string() }}) as start_cause,
        false as is_extended,
        false as is_backdated,
        false as is_unbilled,
        cast(null as double) as listed_quantity,
        cast(null as double) as billed_quantity
    from cut
)

select * from billing_lines
