with identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
),

account_identities as (
    select
        source_name,
        record_kind,
        -- people's addresses stay inside: what is published is their hash
        case
            when source_id like '%@%' then {{ published_person('md5(lower(trim(source_id)))') }}
            when record_kind = 'respondent' then {{ published_person('source_id') }}
            else source_id
        end as source_id,
        account_id,
        method,
        cast(confidence as double) as confidence,
        is_matched,
        {{ publication_columns() }}
    from identities
)

select * from account_identities
