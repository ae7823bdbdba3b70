-- The lines explain every account's closing MRR to the minor unit.
with lines as (
    select account_id, calendar_month, sum(net_mrr_minor) as net_mrr_minor
    from {{ ref('mrr_lines') }}
    where account_id is not null
    group by account_id, calendar_month
)

select account_months.account_id, account_months.calendar_month, account_months.closing_mrr_minor, lines.net_mrr_minor
from {{ ref('account_months') }} as account_months
full outer join lines
    on account_months.account_id = lines.account_id and account_months.calendar_month = lines.calendar_month
where coalesce(account_months.closing_mrr_minor, 0) <> coalesce(lines.net_mrr_minor, 0)
