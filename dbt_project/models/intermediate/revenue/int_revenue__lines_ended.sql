{#- Lines of accounts in the month that their end speaks about, and whether another line of the same product follows. -#}
with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where account_id is not null
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

-- a line's last counted month speaks about the month after it; one that no month end saw, about its own
stopped as (
    select *, case when is_last_month and exclusion_reason is null then month_number + 1 else month_number end as effect_number
    from line_months
    where
        kind = 'recurring'
        and period_end_at < {{ as_of_end() }}
        and ((is_last_month and exclusion_reason is null) or exclusion_reason = 'not_active_at_month_end')
),

ended as (
    select
        stopped.*,
        begun.account_id is not null or goes_on.account_id is not null as is_succeeded
    from stopped
    left join begun
        on stopped.account_id = begun.account_id
        and stopped.product = begun.product
        and stopped.effect_number = begun.month_number
    left join product_months as goes_on
        on stopped.account_id = goes_on.account_id
        and stopped.product = goes_on.product
        and stopped.subscription_id = goes_on.subscription_id
        and stopped.effect_number = goes_on.month_number
)

select * from ended
