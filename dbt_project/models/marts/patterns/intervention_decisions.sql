with decisions as (
    select * from {{ ref('int_success__decisions_matched') }}
),

published as (
    select
        intervention_id,
        account_id,
        rule_id,
        status,
        decision,
        decided_on,
        note,
        closed_as is not null as is_closing,
        problem,
        source_name,
        {{ publication_columns() }}
    from decisions
)

select * from published
