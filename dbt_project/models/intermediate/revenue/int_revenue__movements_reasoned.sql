with account_months as (
    select * from {{ ref('int_revenue__account_months') }}
),

part_changes as (
    select * from {{ ref('int_revenue__part_changes') }}
),

causes as (
    select * from {{ ref('int_revenue__ending_causes') }}
),

quarantined as (
    select * from {{ ref('int_revenue__accounts_quarantined') }}
),

moved as (
    select
        account_months.account_id,
        account_months.calendar_month,
        account_months.month_number,
        account_months.movement,
        account_months.revalued_mrr_minor as previous_minor,
        account_months.closing_mrr_minor as current_minor,
        account_months.first_paid_month,
        coalesce(part_changes.added_effect, 0) as added_effect,
        coalesce(part_changes.removed_effect, 0) as removed_effect,
        coalesce(part_changes.discount_effect, 0) as discount_effect,
        coalesce(part_changes.quantity_effect, 0) as quantity_effect,
        coalesce(part_changes.term_effect, 0) as term_effect,
        coalesce(part_changes.price_effect, 0) as price_effect,
        coalesce(causes.is_non_payment, false) as is_non_payment,
        coalesce(causes.is_pause, false) as is_pause,
        coalesce(causes.is_cancel, false) as is_cancel,
        coalesce(causes.is_resumed, false) or coalesce(causes_before.is_pause or causes_before.is_paused_at_end, false) as was_paused,
        causes.last_cause,
        causes.ended_at,
        quarantined.account_id is not null or quarantined_before.account_id is not null as is_quarantined
    from account_months
    left join part_changes
        on account_months.account_id = part_changes.account_id
        and account_months.month_number = part_changes.month_number
    left join causes
        on account_months.account_id = causes.account_id
        and account_months.month_number = causes.month_number
    left join causes as causes_before
        on account_months.account_id = causes_before.account_id
        and account_months.month_number - 1 = causes_before.month_number
    left join quarantined
        on account_months.account_id = quarantined.account_id
        and account_months.month_number = quarantined.month_number
    left join quarantined as quarantined_before
        on account_months.account_id = quarantined_before.account_id
        and account_months.month_number - 1 = quarantined_before.month_number
    where account_months.movement is not null
),

reasoned as (
    select
        *,
        case
            when is_quarantined then 'quarantine'
            when movement = 'new' then 'start'
            when movement in ('reactivation', 'expansion') and was_paused and not is_pause then 'resume'
            when movement = 'reactivation' then 'return'
            when movement = 'churn' and last_cause is not null then last_cause
            when movement in ('churn', 'contraction') and is_non_payment then 'non_payment'
            when movement in ('churn', 'contraction') and is_pause then 'pause'
            when movement = 'churn' then 'cancel'
            when added_effect > 0 and removed_effect < 0 then 'plan'
            when movement = 'expansion' then
                case greatest(added_effect, quantity_effect, discount_effect, term_effect, price_effect)
                    when added_effect then 'add_on'
                    when quantity_effect then 'quantity'
                    when term_effect then 'plan'
                    when price_effect then 'price'
                    else 'discount'
                end
            when is_cancel then 'cancel'
            else
                case least(removed_effect, quantity_effect, discount_effect, term_effect, price_effect)
                    when removed_effect then 'add_on'
                    when quantity_effect then 'quantity'
                    when term_effect then 'plan'
                    when price_effect then 'price'
                    else 'discount'
                end
        end as reason
    from moved
)

select * from reasoned
