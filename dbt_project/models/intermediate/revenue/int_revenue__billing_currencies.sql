{#- MRR in the currency it is billed in, where that is one currency: what a changed rate can't have changed. -#}
with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where account_id is not null and exclusion_reason is null
),

billing_currencies as (
    select
        account_id,
        month_number,
        min(billing_currency) as billing_currency,
        cast(sum(billing_net_mrr_minor) as bigint) as billing_mrr_minor
    from line_months
    group by account_id, month_number
    having count(distinct billing_currency) = 1
)

select * from billing_currencies
