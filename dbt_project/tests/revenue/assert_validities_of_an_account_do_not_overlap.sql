-- Half-open intervals: one ends before or when the next begins.
with ordered as (
    select
        account_id,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by account_id order by valid_from) as next_from
    from {{ ref('account_history') }}
)

select * from ordered
where next_from is not null and (valid_to is null or valid_to > next_from)
