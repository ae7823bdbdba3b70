{#- Whether a line was owed and until when it may stay unpaid. A renewal that a pause left uncollected is no failure: it counts from
    the day the pause ended. Credit and debit of one change live and die with what they change. -#}
{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_stripe__lines_normalised') }}
),

pauses as (
    select * from {{ ref('stg_stripe__subscription_pauses') }}
),

collected as (
    select
        lines.* except (exclusion_reason),
        pauses.paused_from_at is not null as is_uncollected,
        case when pauses.is_stated and pauses.resumed_at < lines.period_end_at then pauses.resumed_at end as resumed_at,
        case
            when pauses.paused_from_at is null then lines.exclusion_reason
            when pauses.is_stated and pauses.resumed_at < lines.period_end_at then null
            {% if var('pause_policy') == 'zero' -%}
            when lines.invoice_status = 'uncollectible' then 'paused'
            {% endif -%}
            else lines.exclusion_reason
        end as exclusion_reason
    from lines
    left join pauses
        on lines.subscription_id = pauses.subscription_id
        and pauses.paused_from_at <= lines.period_start_at
        and coalesce(pauses.resumed_at > lines.period_start_at, true)
        and lines.kind = 'recurring'
        and not lines.is_proration
        and lines.invoice_status in ('uncollectible', 'void', 'draft')
),

payments as (
    select
        subscription_id,
        max(case when invoice_status = 'paid' and amount_minor > 0 then period_start_at end) as last_paid_from_at
    from collected
    where kind = 'recurring'
    group by subscription_id
),

-- months of unpaid invoices are one failure: its grace runs from the first of them
failures as (
    select
        collected.subscription_id,
        min(collected.payable_from_at) as failed_from_at
    from collected
    inner join payments on collected.subscription_id = payments.subscription_id
    where
        collected.invoice_status in ('open', 'uncollectible')
        and not collected.is_uncollected
        and collected.kind = 'recurring'
        and (payments.last_paid_from_at is null or collected.period_start_at > payments.last_paid_from_at)
    group by collected.subscription_id
),

graced as (
    select
        collected.*,
        case
            when collected.invoice_status in ('open', 'uncollectible') and not collected.is_uncollected then
                {{ add_periods("case when collected.period_start_at > payments.last_paid_from_at or payments.last_paid_from_at is null then failures.failed_from_at else collected.payable_from_at end", "'day'", var('past_due_grace_days')) }}
        end as own_grace_ends_at
    from collected
    left join payments on collected.subscription_id = payments.subscription_id
    left join failures on collected.subscription_id = failures.subscription_id
),

changes as (
    select distinct invoice_id, subscription_id, period_start_at
    from graced
    where kind = 'recurring' and is_proration and amount_minor < 0
),

paired as (
    select graced.*, changes.invoice_id is not null as is_change
    from graced
    left join changes
        on graced.invoice_id = changes.invoice_id
        and graced.subscription_id = changes.subscription_id
        and graced.period_start_at = changes.period_start_at
        and graced.is_proration
        and graced.kind = 'recurring'
),

-- what a change changes: the lines of the same period that are no change themselves
changed as (
    select
        subscription_id,
        period_end_at,
        case when bool_and(own_grace_ends_at is not null or exclusion_reason is not null) then max(own_grace_ends_at) end as grace_ends_at,
        case when bool_and(exclusion_reason is not null) then min(exclusion_reason) end as exclusion_reason
    from paired
    where kind = 'recurring' and not is_change
    group by subscription_id, period_end_at
),

known as (
    select subscription_id, min(period_start_at) as first_known_at
    from paired
    where kind = 'recurring' and not is_change
    group by subscription_id
),

owed as (
    select
        paired.* except (exclusion_reason, own_grace_ends_at),
        {{ earliest(['paired.own_grace_ends_at', 'changed.grace_ends_at']) }} as grace_ends_at,
        coalesce(paired.exclusion_reason, changed.exclusion_reason) as exclusion_reason,
        -- a credit for what was billed before the extraction began
        paired.is_change
        and paired.amount_minor < 0
        and coalesce(paired.period_start_at < known.first_known_at, true)
        and paired.period_start_at = min(paired.period_start_at) over (partition by paired.subscription_id, paired.price_id)
            as is_credit_of_unknown
    from paired
    left join changed
        on paired.is_change
        and paired.subscription_id = changed.subscription_id
        and paired.period_end_at = changed.period_end_at
    left join known on paired.subscription_id = known.subscription_id
)

select * from owed
