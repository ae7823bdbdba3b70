{#- Renewals that a pause of collection left unpaid, whichever of the three behaviours was chosen: voided or written off at once, or a draft
    that stayed one. -#}
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
                and (
                    subscription_status in ('active', 'trialing', 'paused')
                    -- what has ended since leaves drafts for other reasons, too: it was said to be paused then
                    or exists (
                        select 1 from stated
                        where
                            uncollected.subscription_id = stated.subscription_id
                            and stated.paused_from_at < uncollected.period_end_at
                            and coalesce(stated.resumed_at > uncollected.period_start_at, true)
                    )
                )
                and invoice_created_at < {{ add_seconds(as_of_end(), -3 * day) }}
            )
        )
)

select * from refused
