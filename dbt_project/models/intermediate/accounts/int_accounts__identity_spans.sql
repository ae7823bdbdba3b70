{#- Whose a record is on which days, where the map gives it away by date: the record itself, or the one that it goes by. A reference goes
    by the company with that id, a person by the organization, a respondent by the reference, else by the helpdesk's person. -#}
with mapped as (
    select * from {{ ref('int_accounts__mapped_spans') }}
),

located as (
    select * from {{ ref('int_accounts__records_located') }}
),

mapped_records as (
    select distinct source_name, record_kind, source_id from mapped
),

-- what its own evidence names goes by no other
followers as (
    select located.*
    from located
    left join mapped_records
        on located.source_name = mapped_records.source_name
        and located.record_kind = mapped_records.record_kind
        and located.source_id = mapped_records.source_id
    where located.named_account_id is null and mapped_records.source_id is null
),

-- an id that two vendors use says nothing
companies as (
    select source_id
    from located
    where record_kind in ('organization', 'customer')
    group by source_id
    having count(*) = 1
),

reference_spans as (
    select
        followers.source_name, followers.record_kind, followers.source_id, mapped.valid_from, mapped.valid_to,
        coalesce(mapped.account_id, followers.domain_account_id) as account_id
    from followers
    inner join companies on followers.source_id = companies.source_id
    inner join mapped on companies.source_id = mapped.source_id and mapped.record_kind in ('organization', 'customer')
    where followers.record_kind = 'account_ref'
),

user_spans as (
    select
        followers.source_name, followers.record_kind, followers.source_id, mapped.valid_from, mapped.valid_to,
        coalesce(mapped.account_id, followers.domain_account_id) as account_id
    from followers
    inner join mapped
        on followers.source_name = mapped.source_name
        and followers.parent_id = mapped.source_id
        and mapped.record_kind = 'organization'
    where followers.record_kind = 'user'
),

references_and_users as (
    select * from mapped
    union all
    select * from reference_spans
    union all
    select * from user_spans
),

people as (
    select source_id
    from located
    where record_kind = 'user'
    group by source_id
    having count(*) = 1
),

respondent_spans as (
    select
        followers.source_name, followers.record_kind, followers.source_id, known.valid_from, known.valid_to,
        coalesce(known.account_id, followers.domain_account_id) as account_id
    from followers
    left join people on followers.source_id = people.source_id
    inner join references_and_users as known
        on (
            known.record_kind = 'account_ref'
            and followers.source_name = known.source_name
            and followers.parent_id = known.source_id
        )
        or (known.record_kind = 'user' and followers.parent_id is null and people.source_id = known.source_id)
    where followers.record_kind = 'respondent'
),

spans as (
    select * from references_and_users
    union all
    select * from respondent_spans
)

select * from spans
