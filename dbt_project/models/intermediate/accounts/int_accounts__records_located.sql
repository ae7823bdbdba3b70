{#- Named records, and those that only a mail domain locates. A record whose domains lead to two accounts stays unmatched. -#}
with named as (
    select * from {{ ref('int_accounts__records_named') }}
),

mentions as (
    select * from {{ ref('int_accounts__identity_records_unioned') }}
),

domains as (
    select * from {{ ref('int_accounts__domains_claimed') }}
),

by_domain as (
    select
        mentions.source_name,
        mentions.record_kind,
        mentions.source_id,
        min(domains.account_id) as account_id
    from mentions
    inner join domains on mentions.mail_domain = domains.mail_domain
    where domains.account_id is not null
    group by mentions.source_name, mentions.record_kind, mentions.source_id
    having count(distinct domains.account_id) = 1
),

located as (
    select
        named.source_name,
        named.record_kind,
        named.source_id,
        named.record_name,
        named.parent_id,
        named.is_deleted,
        named.first_seen_at,
        named.method as named_method,
        named.account_id as named_account_id,
        named.told_account_id,
        named.source_key,
        by_domain.account_id as domain_account_id
    from named
    left join by_domain
        on named.source_name = by_domain.source_name
        and named.record_kind = by_domain.record_kind
        and named.source_id = by_domain.source_id
)

select * from located
