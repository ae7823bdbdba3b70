{#- From when until when collection was paused: as the vendor said it, and for the time before that as the invoices say it, whichever of
    the three behaviours was chosen: a renewal that was voided or written off at once, or that stayed a draft. -#}
{{ config(materialized='table') }}

{%- set far = "cast('9999-12-31' as timestamp)" -%}
{%- set day = 86400 -%}

with lines as (
    select * from {{ ref('stg_stripe__lines_classified') }}
),

stated as (
    select * from {{ ref('stg_stripe__pauses_stated') }}
),

billed as (
    select distinct subscription_id, period_start_at
    from lines
    where kind = 'recurring' and invoice_status in ('paid', 'open')
),

uncollected as (
    select
        lines.*,
        coalesce(lines.written_off_at <= {{ add_seconds('lines.invoice_created_at', day) }}, false) as is_at_once
    from lines
    left join billed
        on lines.subscription_id = billed.subscription_id and lines.period_start_at = billed.period_start_at
    where
        lines.kind = 'recurring'
        and not lines.is_proration
        and lines.period_start_at < lines.period_end_at
        and coalesce(lines.billing_reason, '') <> 'subscription_create'
        and billed.subscription_id is null
),

-- who cancels has the last invoice voided: of an ended subscription it says nothing, unless it was refused when it was written
refused as (
    select subscription_id, period_start_at, period_end_at
    from uncollected
    where
        (
            subscription_ended_at is null
            or subscription_ended_at >= period_end_at
            or (is_at_once and subscription_ended_at > {{ add_seconds('invoice_created_at', day) }})
        )
        and (
            invoice_status = 'void'
            or (invoice_status = 'uncollectible' and is_at_once)
            or (
                invoice_status = 'draft'
                and subscription_status in ('active', 'trialing', 'paused')
                and invoice_created_at < {{ add_seconds(as_of_end(), -3 * day) }}
            )
        )
),

evidenced as (
    select
        refused.subscription_id,
        refused.period_start_at as paused_from_at,
        {{ earliest(['refused.period_end_at', 'min(stated.resumed_at)']) }} as resumed_at,
        false as is_stated
    from refused
    left join stated
        on refused.subscription_id = stated.subscription_id
        and stated.paused_from_at < refused.period_end_at
        and stated.resumed_at > refused.period_start_at
    group by refused.subscription_id, refused.period_start_at, refused.period_end_at
),

told as (
    select *, coalesce(resumed_at, {{ far }}) as paused_until_at from stated
    union all
    select *, coalesce(resumed_at, {{ far }}) as paused_until_at from evidenced
),

apart as (
    select
        *,
        case
            when
                paused_from_at <= max(paused_until_at) over (
                    partition by subscription_id order by paused_from_at, paused_until_at
                    rows between unbounded preceding and 1 preceding
                ) then 0
            else 1
        end as begins
    from told
),

chained as (
    select *, sum(begins) over (partition by subscription_id order by paused_from_at, paused_until_at rows between unbounded preceding and current row) as pause_number
    from apart
),

pauses as (
    select
        subscription_id,
        min(paused_from_at) as paused_from_at,
        nullif(max(paused_until_at), {{ far }}) as resumed_at,
        bool_or(is_stated) as is_stated
    from chained
    group by subscription_id, pause_number
)

select * from pauses
