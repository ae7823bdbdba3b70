-- Credits beyond debits at a month's end: most likely a proration whose debit is missing.
{{ config(severity='warn') }}
select account_id, calendar_month, closing_mrr_minor
from {{ ref('account_months') }}
where closing_mrr_minor < 0
