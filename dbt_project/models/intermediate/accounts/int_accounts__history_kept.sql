{#- Kept by comparing tonight's attributes with the history last published. A night that is run again, or a past one, first
    forgets what it and later nights had added, so that it says the same twice. Without a past, validity begins with the account. -#}
{%- set attributes = history_attributes() -%}
{%- set columns = {'account_id': 'string', 'valid_from': 'date', 'valid_to': 'date'} -%}
{%- for attribute in attributes %}{% do columns.update({attribute: 'string'}) %}{% endfor %}

with accounts as (
    select
        account_id,
        {{ attributes | join(', ') }},
        {{ surrogate_key(attributes) }} as attributes_key
    from {{ ref('int_accounts__registered') }}
),

first_seen as (
    select * from {{ ref('int_accounts__first_seen') }}
),

published as (
    {{ previous_rows('account_history', columns) }}
),

known as (
    select
        account_id,
        valid_from,
        case when valid_to < {{ as_of() }} then valid_to end as valid_to,
        {{ attributes | join(', ') }},
        {{ surrogate_key(attributes) }} as attributes_key
    from published
    where valid_from < {{ as_of() }}
),

compared as (
    select
        known.*,
        coalesce(accounts.attributes_key = known.attributes_key, false) as is_unchanged
    from known
    left join accounts on known.account_id = accounts.account_id
),

kept as (
    select
        account_id,
        valid_from,
        case
            when valid_to is not null then valid_to
            when not is_unchanged then {{ as_of() }}
        end as valid_to,
        {{ attributes | join(', ') }}
    from compared
),

known_accounts as (
    select account_id, bool_or(valid_to is null and is_unchanged) as is_open
    from compared
    group by account_id
),

begun as (
    select
        accounts.account_id,
        case
            when known_accounts.account_id is not null then {{ as_of() }}
            else coalesce(first_seen.first_seen_on, {{ as_of() }})
        end as valid_from,
        cast(null as date) as valid_to,
        {% for attribute in attributes -%}
        accounts.{{ attribute }}{{ "," if not loop.last }}
        {% endfor %}
    from accounts
    left join known_accounts on accounts.account_id = known_accounts.account_id
    left join first_seen on accounts.account_id = first_seen.account_id
    where not coalesce(known_accounts.is_open, false)
),

history as (
    select * from kept
    union all
    select * from begun
)

select * from history
