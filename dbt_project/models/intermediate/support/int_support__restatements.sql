{#- Support figures of closed months that differ from the last publication: account by account, and of the whole those that add up.
    Medians of the whole are published nowhere, so that there is nothing to restate. -#}
{#- figure of support_account_months: whether an account without a row of the month has none of it, as of counts -#}
{%- set figures = {
    'created': true, 'solved': true, 'reopened': true, 'backlog': true, 'first_reply_minutes_p50': false,
    'first_reply_business_minutes_p50': false, 'resolution_minutes_p50': false, 'sla_met_rate': false, 'csat': false,
} -%}
{%- set names = {'created': 'tickets_created', 'solved': 'tickets_solved', 'reopened': 'tickets_reopened', 'backlog': 'tickets_backlog',
    'csat': 'ticket_csat'} -%}
{%- set totals = {
    'created': 'cast(sum(created) as double)', 'solved': 'cast(sum(solved) as double)', 'reopened': 'cast(sum(reopened) as double)',
    'backlog': 'cast(sum(backlog) as double)', 'sla_met_rate': ratio('sum(sla_met)', 'sum(sla_judged)'),
    'csat': ratio('sum(csat_satisfied)', 'sum(csat_responses)'),
} -%}
{%- set columns = {'account_id': 'string', 'calendar_month': 'date', 'is_provisional': 'boolean', 'as_of_date': 'date', 'policy_version': 'string'} -%}
{%- for figure in figures %}{% do columns.update({figure: 'double'}) %}{% endfor -%}
{%- for part in ['sla_judged', 'sla_met', 'csat_responses', 'csat_satisfied'] %}{% do columns.update({part: 'bigint'}) %}{% endfor -%}
{%- set differs -%}
(old_value is null) <> (new_value is null) or coalesce(abs(old_value - new_value), 0) > 1e-9
{%- endset -%}

with published as (
    {{ previous_rows('support_account_months', columns) }}
),

account_months as (
    select * from {{ ref('int_support__account_months') }}
),

merges as (
    select * from {{ ref('int_accounts__merges_found') }}
),

merge_parties as (
    select account_id from merges
    union
    select survivor_id as account_id from merges
),

closed as (
    select * from published
    where not is_provisional and as_of_date <= {{ as_of() }}
),

closed_months as (
    select calendar_month, max(policy_version) as policy_version from closed group by calendar_month
),

present as (
    select account_months.* from account_months
    inner join closed_months on account_months.calendar_month = closed_months.calendar_month
),

joined as (
    select
        coalesce(closed.account_id, present.account_id) as account_id,
        coalesce(closed.calendar_month, present.calendar_month) as calendar_month,
        {% for figure, is_count in figures.items() -%}
        {% if is_count %}case when closed.account_id is null then 0 else closed.{{ figure }} end{% else %}closed.{{ figure }}{% endif %} as old_{{ figure }},
        cast({% if is_count %}case when present.account_id is null then 0 else present.{{ figure }} end{% else %}present.{{ figure }}{% endif %} as double) as new_{{ figure }}{{ "," if not loop.last }}
        {% endfor %}
    from closed
    full outer join present on closed.account_id = present.account_id and closed.calendar_month = present.calendar_month
),

-- the few account-months that differ at all; no figure is below 0
changed as (
    select * from joined
    where
        {% for figure in figures -%}
        {{ "or " if not loop.first }}coalesce(old_{{ figure }}, -1) <> coalesce(new_{{ figure }}, -1)
        {% endfor %}
),

told as (
    {% for figure in figures -%}
    select 'account_{{ names.get(figure, figure) }}' as metric, account_id, calendar_month, old_{{ figure }} as old_value, new_{{ figure }} as new_value
    from changed
    union all
    {% endfor -%}
    {% for figure, total in totals.items() -%}
    select '{{ names.get(figure, figure) }}' as metric, cast(null as {{ dbt.type_string() }}) as account_id, calendar_month, old_value, new_value
    from (select calendar_month, {{ total }} as old_value from closed group by calendar_month) as old_totals
    left join (select calendar_month, {{ total }} as new_value from present group by calendar_month) as new_totals using (calendar_month)
    {{ "union all" if not loop.last }}
    {% endfor %}
),

restatements as (
    select
        told.metric,
        told.calendar_month,
        told.account_id,
        told.old_value,
        told.new_value,
        case
            when closed_months.policy_version <> '{{ policy_version() }}' then 'policy'
            when '{{ var("previous_models") }}' = 'other' then 'model'
            when merge_parties.account_id is not null then 'merge'
            else 'late_data'
        end as cause
    from told
    inner join closed_months on told.calendar_month = closed_months.calendar_month
    left join merge_parties on told.account_id = merge_parties.account_id
    where {{ differs }}
)

select * from restatements
