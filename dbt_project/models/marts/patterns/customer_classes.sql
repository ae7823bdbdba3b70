with classes as (
    select * from {{ ref('int_success__classes_decided') }}
),

published as (
    select
        account_id,
        calendar_month,
        is_provisional,
        customer_class,
        previous_class,
        case when previous_class is not null then customer_class <> previous_class end as is_changed,
        confidence,
        rule_id,
        cast(valid_patterns as bigint) as valid_patterns,
        has_past as has_past_evidence,
        has_present as has_present_evidence,
        has_potential as has_potential_evidence,
        valid_patterns / cast(3 as double) as evidence_completeness,
        last_on as judged_on,
        {{ publication_columns() }}
    from classes
)

select * from published
