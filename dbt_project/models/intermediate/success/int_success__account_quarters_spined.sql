with account_months as (
    select * from {{ ref('int_success__account_months_spined') }}
),

account_quarters as (
    select
        account_id,
        cast(date_trunc('quarter', calendar_month) as date) as calendar_quarter,
        max(last_on) as last_on
    from account_months
    group by account_id, cast(date_trunc('quarter', calendar_month) as date)
),

bounded as (
    select
        account_quarters.*,
        {{ add_months('calendar_quarter', 3) }} as ends_on,
        {{ add_months('calendar_quarter', 3) }} > {{ as_of() }} as is_provisional
    from account_quarters
)

select * from bounded
