with latest as (
    {{ latest_raw('drop_folder', 'interventions', ['intervention_id'], kind='file') }}
),

interventions as (
    select
        intervention_id,
        lower(trim(status)) as status,
        lower(trim(decision)) as decision,
        coalesce(decided_on, {{ local_date(micros_to_timestamp('_version')) }}) as decided_on,
        nullif(trim(note), '') as note,
        'drop_folder' as source_name
    from latest
    where not is_deleted
)

select * from interventions
where decided_on <= {{ as_of() }}
