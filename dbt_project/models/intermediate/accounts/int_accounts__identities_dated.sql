{{ config(materialized='view') }}

with identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
),

spans as (
    select * from {{ ref('int_accounts__identity_spans') }}
),

dated as (
    select
        identities.source_name,
        identities.record_kind,
        identities.source_id,
        case when spans.source_id is null then identities.account_id else spans.account_id end as account_id,
        spans.valid_from,
        spans.valid_to
    from identities
    left join spans
        on identities.source_name = spans.source_name
        and identities.record_kind = spans.record_kind
        and identities.source_id = spans.source_id
)

select * from dated
where account_id is not null
