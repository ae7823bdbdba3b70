-- The signed movements of an account and month are its closing less its opening MRR.
with movements as (
    select account_id, calendar_month, sum(change_minor) as change_minor
    from {{ ref('mrr_movements') }}
    group by account_id, calendar_month
)

select account_months.account_id, account_months.calendar_month
from {{ ref('account_months') }} as account_months
full outer join movements
    on account_months.account_id = movements.account_id and account_months.calendar_month = movements.calendar_month
where
    account_months.account_id is null
    or account_months.closing_mrr_minor - account_months.opening_mrr_minor <> coalesce(movements.change_minor, 0)
