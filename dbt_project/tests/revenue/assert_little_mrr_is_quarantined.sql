-- What is quarantined is a small share of MRR (policy quarantined_mrr_share) in every month: beyond it the totals say too little.
select account_id, calendar_month, stated_mrr_minor
from {{ ref('int_revenue__accounts_quarantined') }}
where is_too_much
