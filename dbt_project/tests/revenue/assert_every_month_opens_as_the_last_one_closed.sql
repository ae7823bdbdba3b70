-- Accounts and the total: no revenue appears or vanishes between two months. (A cut may: accounts change segment.)
with figures as (
    select 'account:' || account_id as figure, calendar_month, opening_mrr_minor, closing_mrr_minor
    from {{ ref('account_months') }}
    union all
    select segment_dimension || ':' || segment_value as figure, calendar_month, opening_mrr_minor, closing_mrr_minor
    from {{ ref('retention_months') }}
    where segment_dimension in ('all', 'product', 'currency')
),

compared as (
    select
        *,
        coalesce(lag(closing_mrr_minor) over (partition by figure order by calendar_month), 0) as last_closing_minor
    from figures
)

select * from compared
where opening_mrr_minor <> last_closing_minor
