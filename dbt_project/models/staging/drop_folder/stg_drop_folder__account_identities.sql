{#- The map that people keep, by the days on which a row holds: what began after the run's date is not known yet. -#}
with latest as (
    {{ latest_raw('drop_folder', 'account_identities', ['source', 'source_id', 'valid_from', 'valid_to'], kind='file') }}
),

identities as (
    select
        lower(source) as mapped_source_name,
        source_id,
        account_id,
        valid_from,
        valid_to,
        valid_to is null or valid_to > {{ as_of() }} as is_current
    from latest
    where not is_deleted and (valid_from is null or valid_from <= {{ as_of() }})
)

select * from identities
