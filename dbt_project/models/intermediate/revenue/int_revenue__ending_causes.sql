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

ended as (
    select * from {{ ref('int_revenue__lines_ended') }}
),

-- who is left by the last of several lines is left for its cause
last_ends as (
    select account_id, effect_number as month_number, end_cause as last_cause
    from ended
    qualify row_number() over (
        partition by account_id, effect_number
        order by period_end_at desc, case end_cause when 'non_payment' then 1 when 'pause' then 2 when 'cancel' then 3 else 4 end
    ) = 1
),

resumed as (
    select distinct account_id, month_number
    from line_months
    where start_cause = 'resume' and is_first_month and exclusion_reason is null
),

flags as (
    select
        account_id,
        effect_number as month_number,
        end_cause = 'non_payment' and not is_succeeded as is_non_payment,
        end_cause = 'pause' and not is_succeeded as is_pause,
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

summed as (
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
),

causes as (
    select
        coalesce(summed.account_id, resumed.account_id) as account_id,
        coalesce(summed.month_number, resumed.month_number) as month_number,
        coalesce(summed.is_non_payment, false) as is_non_payment,
        coalesce(summed.is_pause, false) as is_pause,
        coalesce(summed.is_cancel, false) as is_cancel,
        coalesce(summed.is_paused_at_end, false) as is_paused_at_end,
        resumed.account_id is not null as is_resumed,
        summed.ended_at,
        last_ends.last_cause
    from summed
    full outer join resumed on summed.account_id = resumed.account_id and summed.month_number = resumed.month_number
    left join last_ends on summed.account_id = last_ends.account_id and summed.month_number = last_ends.month_number
)

select * from causes
