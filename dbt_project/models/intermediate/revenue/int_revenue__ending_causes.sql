{#- Why lines of an account stopped counting in a month, and whether it stood paused at the month's end. -#}
with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where account_id is not null
),

flags as (
    -- a line's last counted month speaks about the month after it
    select
        account_id,
        month_number + 1 as month_number,
        end_cause = 'non_payment' as is_non_payment,
        end_cause = 'pause' as is_pause,
        end_cause = 'cancel' as is_cancel,
        false as is_paused_at_end,
        period_end_at as ended_at
    from line_months
    where is_last_month and exclusion_reason is null
    union all
    -- no line at all counted before: begun and ended inside the month
    select
        account_id,
        month_number,
        coalesce(end_cause = 'non_payment', false) or coalesce(exclusion_reason = 'past_due', false) as is_non_payment,
        exclusion_reason in ('paused', 'void_invoice') as is_pause,
        false as is_cancel,
        exclusion_reason in ('paused', 'void_invoice') as is_paused_at_end,
        cast(null as timestamp) as ended_at
    from line_months
    where exclusion_reason in ('paused', 'void_invoice', 'past_due') and kind = 'recurring'
),

causes as (
    select
        account_id,
        month_number,
        coalesce(bool_or(is_non_payment), false) as is_non_payment,
        coalesce(bool_or(is_pause), false) as is_pause,
        coalesce(bool_or(is_cancel), false) as is_cancel,
        coalesce(bool_or(is_paused_at_end), false) as is_paused_at_end,
        max(ended_at) as ended_at
    from flags
    group by account_id, month_number
)

select * from causes
