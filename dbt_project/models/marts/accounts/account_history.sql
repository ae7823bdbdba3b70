with history as (
    select * from {{ ref('int_accounts__history_kept') }}
),

account_history as (
    select
        account_id,
        valid_from,
        valid_to,
        valid_to is null as is_current,
        {{ history_attributes() | join(',\n        ') }},
        {{ publication_columns() }}
    from history
)

select * from account_history
