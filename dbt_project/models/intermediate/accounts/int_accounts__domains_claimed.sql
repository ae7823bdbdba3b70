with mentions as (
    select * from {{ ref('int_accounts__identity_records_unioned') }}
),

named as (
    select * from {{ ref('int_accounts__records_named') }}
),

public_domains as (
    select * from {{ ref('public_mail_domains') }}
),

mapped as (
    select mapped.source_id as mail_domain, accounts.survivor_id as account_id
    from {{ ref('stg_drop_folder__account_identities') }} as mapped
    inner join {{ ref('int_accounts__registered') }} as accounts on mapped.account_id = accounts.account_id
    where mapped.mapped_source_name = 'domain' and mapped.is_current
),

claims as (
    select mentions.mail_domain, named.account_id
    from mentions
    inner join named
        on mentions.source_name = named.source_name
        and mentions.record_kind = named.record_kind
        and mentions.source_id = named.source_id
    left join public_domains on mentions.mail_domain = public_domains.domain
    where
        mentions.record_kind in ('organization', 'customer')
        and mentions.mail_domain is not null
        and named.account_id is not null
        and public_domains.domain is null
),

claimed as (
    select
        mail_domain,
        count(distinct account_id) as claimants,
        min(account_id) as account_id
    from claims
    group by mail_domain
),

domains as (
    select
        coalesce(mapped.mail_domain, claimed.mail_domain) as mail_domain,
        -- a domain that two accounts claim is no evidence, unless people said whose it is
        coalesce(mapped.account_id, case when claimed.claimants = 1 then claimed.account_id end) as account_id,
        case when mapped.account_id is not null then 'explicit' when claimed.claimants = 1 then 'domain' end as method,
        coalesce(claimed.claimants, 1) as claimants
    from claimed
    full outer join (select lower(mail_domain) as mail_domain, min(account_id) as account_id from mapped group by 1) as mapped
        on claimed.mail_domain = mapped.mail_domain
)

select * from domains
