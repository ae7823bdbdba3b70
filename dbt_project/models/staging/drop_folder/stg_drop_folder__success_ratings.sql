with latest as (
    {{ latest_raw('drop_folder', 'success_ratings', ['account_ref', 'rated_on', 'rater'], kind='file') }}
),

success_ratings as (
    select
        account_ref,
        rated_on,
        rater,
        cast(tools as double) as tools,
        cast(investment as double) as investment,
        cast(desire as double) as desire,
        rationale,
        'drop_folder' as source_name
    from latest
    where not is_deleted
        and rated_on <= {{ as_of() }}
)

select * from success_ratings
