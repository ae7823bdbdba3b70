with latest as (
    {{ latest_raw('drop_folder', 'account_identities', ['source', 'source_id'], kind='file') }}
),

identities as (
    select
        lower(source) as mapped_source_name,
        source_id,
        account_id,
        valid_from,
        valid_to
    from latest
    where
        not is_deleted
        and (valid_from is null or valid_from <= {{ as_of() }})
        and (valid_to is null or valid_to > {{ as_of() }})
)

select * from identities
