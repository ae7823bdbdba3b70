{#- A person who answered surveys and whose access to the helpdesk has ended. -#}
with users as (
    {{ union_of_vendors('helpdesk_sources', 'users', ['source_name', 'user_id', 'is_suspended', 'is_deleted', 'updated_at']) }}
),

identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
    where record_kind = 'user'
        and account_id is not null
),

-- surveys know a person by the hash of the address, or by the helpdesk's id where no address is known
people as (
    select
        source_name,
        user_id,
        max(respondent_hash) as respondent_hash
    from {{ ref('int_support__people_listed') }}
    group by source_name, user_id
),

answers as (
    select
        respondent_id,
        response_id,
        {{ local_date('responded_at') }} as responded_on,
        responded_at
    from {{ ref('int_voice__responses_unioned') }}
    where pattern = 'present'
),

gone as (
    select
        identities.account_id,
        users.user_id,
        people.respondent_hash,
        {{ local_date('users.updated_at') }} as left_on
    from users
    inner join identities
        on identities.source_name = users.source_name
        and identities.source_id = users.user_id
    left join people
        on people.source_name = users.source_name
        and people.user_id = users.user_id
    where (users.is_suspended or users.is_deleted)
        and users.updated_at < {{ as_of_end() }}
),

lost as (
    select
        gone.account_id,
        gone.user_id,
        gone.left_on,
        max_by(answers.response_id, answers.responded_at) as last_response_id,
        max(answers.responded_on) as last_responded_on
    from gone
    inner join answers
        on answers.respondent_id in (gone.respondent_hash, gone.user_id)
        and answers.responded_on <= gone.left_on
        and answers.responded_on >= {{ add_days('gone.left_on', -1 * var('champion_memory_days')) }}
    group by gone.account_id, gone.user_id, gone.left_on
)

select * from lost
