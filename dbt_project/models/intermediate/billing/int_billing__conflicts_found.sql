{#- Where the listing of a subscription shows other units than its bills in force tonight. Columns as in int_accounts__conflicts_found. -#}
with lines as (
    select * from {{ ref('int_billing__lines_unioned') }}
    where billed_quantity is not null and (period_end_at is null or period_end_at >= {{ as_of_end() }})
),

conflicts as (
    select
        'quantity' as conflict_kind,
        'subscription' as entity_kind,
        subscription_id || ' ' || price_ref as entity_id,
        account_id,
        source_name || ' listing, ' || source_name || ' bill' as sources,
        cast(cast(listed_quantity as bigint) as {{ dbt.type_string() }}) || '; '
        || cast(cast(billed_quantity as bigint) as {{ dbt.type_string() }}) as source_values,
        case when exclusion_reason is null then 'listing' else 'bill' end as winner,
        case
            when exclusion_reason is null then 'what the listing shows counts until a bill says it'
            when exclusion_reason = 'contradicted_by_bill' then 'a bill for a whole period that was written after the change was shown counts'
            else 'what was billed counts where a price is not known'
        end as rule
    from lines
)

select * from conflicts
