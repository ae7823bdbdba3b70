-- Accounts whose lines add up to less than nothing: most likely a proration whose debit is missing. Their figure is not known.
{{ config(severity='warn') }}
select account_id, calendar_month, net_mrr_minor
from {{ ref('int_revenue__accounts_quarantined') }}
