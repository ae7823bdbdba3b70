{#- From when until when collection was paused: as the vendor said it, and for the time before that as the invoices say it, whichever of
    the three behaviours was chosen: a renewal that was voided or written off at once, or that stayed a draft. -#}
{{ config(materialized='table') }}

{%- set far = "cast('9999-12-31' as timestamp)" -%}

with refused as (
    select * from {{ ref('stg_stripe__renewals_uncollected') }}
),

stated as (
    select * from {{ ref('stg_stripe__pauses_dated') }}
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
