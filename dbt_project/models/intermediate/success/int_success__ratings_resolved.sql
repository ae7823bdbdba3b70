with ratings as (
    select * from {{ ref('stg_drop_folder__success_ratings') }}
),

account_refs as (
    select * from {{ ref('int_success__account_refs_resolved') }}
),

resolved as (
    select
        {{ surrogate_key(['ratings.account_ref', 'ratings.rated_on', 'ratings.rater']) }} as rating_id,
        ratings.*,
        account_refs.account_id
    from ratings
    left join account_refs
        on account_refs.account_ref = ratings.account_ref
        and account_refs.source_name = ratings.source_name
        and {{ holds_on('account_refs', 'ratings.rated_on') }}
),

-- two references of one account may carry the same rater's same day
one_per_rater_and_day as (
    select
        resolved.*,
        row_number() over (
            partition by account_id, rated_on, rater
            order by account_ref
        ) as rater_row
    from resolved
)

select * from one_per_rater_and_day
