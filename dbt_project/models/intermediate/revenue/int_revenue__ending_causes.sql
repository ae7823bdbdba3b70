{#- Why lines of an account stopped counting in a month, and whether it stood paused at the month's end. -#}
with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where account_id is not null
),

counted as (
    select account_id, subscription_id, month_number
    from line_months
    where exclusion_reason is null
    group by account_id, subscription_id, month_number
),

last_counted as (
    select account_id, subscription_id, max(month_number) as month_number
    from counted
    group by account_id, subscription_id
),

-- a voided invoice is a pause where the subscription lives on or counts again afterwards; of one that has ended it says
-- nothing, nor where another invoice stands for it
voided as (
    select line_months.account_id, line_months.month_number
    from line_months
    left join counted
        on line_months.account_id = counted.account_id
        and line_months.subscription_id = counted.subscription_id
        and line_months.month_number = counted.month_number
    left join last_counted
        on line_months.account_id = last_counted.account_id
        and line_months.subscription_id = last_counted.subscription_id
    where
        line_months.exclusion_reason = 'void_invoice'
        and line_months.kind = 'recurring'
        and counted.account_id is null
        and (
            line_months.status not in ('canceled', 'incomplete_expired', 'void')
            or last_counted.month_number > line_months.month_number
        )
),

product_months as (
    select
        account_id,
        product,
        subscription_id,
        month_number,
        lag(month_number) over (partition by account_id, product, subscription_id order by month_number) as month_before
    from line_months
    where exclusion_reason is null
    group by account_id, product, subscription_id, month_number
),

-- a line that ends where another of the same product begins is no cancellation: its price, quantity or term was changed
begun as (
    select account_id, product, month_number
    from product_months
    where month_before is null or month_before < month_number - 1
    group by account_id, product, month_number
),

ended as (
    select
        line_months.*,
        begun.account_id is not null or goes_on.account_id is not null as is_succeeded
    from line_months
    left join begun
        on line_months.account_id = begun.account_id
        and line_months.product = begun.product
        and line_months.month_number + 1 = begun.month_number
    left join product_months as goes_on
        on line_months.account_id = goes_on.account_id
        and line_months.product = goes_on.product
        and line_months.subscription_id = goes_on.subscription_id
        and line_months.month_number + 1 = goes_on.month_number
    where line_months.is_last_month and line_months.exclusion_reason is null
),

flags as (
    -- a line's last counted month speaks about the month after it
    select
        account_id,
        month_number + 1 as month_number,
        end_cause = 'non_payment' and not is_succeeded as is_non_payment,
        end_cause = 'pause' as is_pause,
        end_cause = 'cancel' and not is_succeeded as is_cancel,
        false as is_paused_at_end,
        period_end_at as ended_at
    from ended
    union all
    -- no line at all counted before: begun and ended inside the month
    select
        account_id,
        month_number,
        coalesce(end_cause = 'non_payment', false) or coalesce(exclusion_reason = 'past_due', false) as is_non_payment,
        exclusion_reason = 'paused' as is_pause,
        false as is_cancel,
        exclusion_reason = 'paused' as is_paused_at_end,
        cast(null as timestamp) as ended_at
    from line_months
    where exclusion_reason in ('paused', 'past_due') and kind = 'recurring'
    union all
    select
        account_id, month_number,
        false as is_non_payment, true as is_pause, false as is_cancel, true as is_paused_at_end, cast(null as timestamp) as ended_at
    from voided
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
