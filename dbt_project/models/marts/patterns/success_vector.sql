with vectors as (
    select * from {{ ref('int_success__vectors_calculated') }}
),

published as (
    select
        account_id,
        calendar_month,
        is_provisional,
        tools,
        investment,
        desire,
        subjective,
        balance,
        cast(raters as bigint) as raters,
        last_rater,
        last_rated_on,
        oldest_rated_on,
        last_rating_id,
        last_rationale,
        adherence_90d,
        cast(milestones_met_90d as bigint) as milestones_met_90d,
        cast(milestones_due_90d as bigint) as milestones_due_90d,
        adherence_customer_90d,
        cast(customer_milestones_met_90d as bigint) as customer_milestones_met_90d,
        cast(customer_milestones_due_90d as bigint) as customer_milestones_due_90d,
        adherence_supplier_90d,
        cast(supplier_milestones_met_90d as bigint) as supplier_milestones_met_90d,
        cast(supplier_milestones_due_90d as bigint) as supplier_milestones_due_90d,
        proven,
        proven as success_vector,
        delta_90d,
        vector_status as status,
        {{ publication_columns() }}
    from vectors
)

select * from published
