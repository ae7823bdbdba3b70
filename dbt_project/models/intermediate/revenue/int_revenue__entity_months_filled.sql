{#- MRR of whatever revenue is looked at by: the account as a whole ('all', 'all'), the account's part in one product, its
    part in one billing currency. One grouped sum on a calendar without gaps, from the first month to the run's. -#}
{%- set scopes = {'all': "'all'", 'product': 'product', 'currency': 'billing_currency'} -%}

with line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where account_id is not null
),

accounts as (
    select * from {{ ref('int_accounts__first_seen') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

scoped as (
    {% for scope, value in scopes.items() %}
    select
        account_id,
        '{{ scope }}' as scope_dimension,
        coalesce({{ value }}, 'unknown') as scope_value,
        month_number,
        sum(gross_mrr_minor) as gross_mrr_minor,
        sum(net_mrr_minor) as net_mrr_minor,
        sum(carried_mrr_minor) as carried_mrr_minor,
        sum(usage_minor) as usage_minor,
        sum(non_recurring_minor) as non_recurring_minor
    from line_months
    group by 1, 2, 3, 4
    {{ "union all" if not loop.last }}
    {% endfor %}
),

first_months as (
    select account_id, scope_dimension, scope_value, min(month_number) as first_month
    from (
        select account_id, scope_dimension, scope_value, month_number from scoped
        union all
        select account_id, 'all' as scope_dimension, 'all' as scope_value, {{ month_number('first_seen_on') }} as month_number
        from accounts
    ) as seen
    group by account_id, scope_dimension, scope_value
),

bounded as (
    select
        account_id,
        scope_dimension,
        scope_value,
        least(greatest(first_month, (select min(month_number) from months)), {{ month_number(as_of()) }}) as first_month
    from first_months
),

spine as (
    select
        account_id,
        scope_dimension,
        scope_value,
        {{ explode_integers('first_month', month_number(as_of())) }} as month_number
    from bounded
),

filled as (
    select
        spine.account_id,
        spine.scope_dimension,
        spine.scope_value,
        spine.month_number,
        coalesce(scoped.gross_mrr_minor, 0) as gross_mrr_minor,
        coalesce(scoped.net_mrr_minor, 0) as closing_mrr_minor,
        coalesce(scoped.carried_mrr_minor, 0) as carried_mrr_minor,
        coalesce(scoped.usage_minor, 0) as usage_minor,
        coalesce(scoped.non_recurring_minor, 0) as non_recurring_minor
    from spine
    left join scoped
        on spine.account_id = scoped.account_id
        and spine.scope_dimension = scoped.scope_dimension
        and spine.scope_value = scoped.scope_value
        and spine.month_number = scoped.month_number
)

select * from filled
