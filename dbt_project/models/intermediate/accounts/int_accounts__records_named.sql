{#- Evidence that names an account outright: explicit map, external id, billing metadata, in this order. Ids that look the same
    are the same, however a vendor's Unicode writes them. -#}
with mentions as (
    select * from {{ ref('int_accounts__identity_records_unioned') }}
),

records as (
    select
        source_name,
        record_kind,
        source_id,
        {{ same_text('source_id') }} as source_key,
        max(record_name) as record_name,
        {{ same_text('max(external_id)') }} as external_id,
        {{ same_text('max(metadata_account_id)') }} as metadata_account_id,
        max(parent_id) as parent_id,
        bool_and(is_deleted) as is_deleted,
        min(first_seen_at) as first_seen_at
    from mentions
    group by source_name, record_kind, source_id
),

mapped as (
    select * from {{ ref('stg_drop_folder__account_identities') }}
    where is_current
),

accounts as (
    select account_id, survivor_id from {{ ref('int_accounts__registered') }}
),

named as (
    select
        records.*,
        case
            when by_map.account_id is not null then 'explicit'
            when by_external_id.account_id is not null and records.record_kind = 'account_ref' then 'explicit'
            when by_external_id.account_id is not null then 'external_id'
            when by_metadata.account_id is not null then 'metadata'
        end as method,
        coalesce(by_map.survivor_id, by_external_id.survivor_id, by_metadata.survivor_id) as account_id,
        -- what the record says without the map, which may hold on some days only
        coalesce(by_external_id.survivor_id, by_metadata.survivor_id) as told_account_id
    from records
    left join mapped
        on records.source_name = mapped.mapped_source_name and records.source_key = mapped.source_id
    left join accounts as by_map on mapped.account_id = by_map.account_id
    left join accounts as by_external_id on records.external_id = by_external_id.account_id
    left join accounts as by_metadata on records.metadata_account_id = by_metadata.account_id
)

select * from named
