with mentions as (
    select
        * except (registers_account_id),
        {{ same_text('source_id') }} as source_key,
        {{ same_text('registers_account_id') }} as registers_account_id
    from {{ ref('int_accounts__identity_records_unioned') }}
),

mapped as (
    select * from {{ ref('stg_drop_folder__account_identities') }}
),

foreign_ids as (
    select distinct source_id from mentions where record_kind in ('organization', 'customer')
),

-- a dot makes no domain: a reference is one where a company has mail there, or people said whose domain it is
company_domains as (
    select mail_domain from mentions
    where record_kind in ('organization', 'customer') and mail_domain is not null
    union
    select lower(source_id) as mail_domain from mapped
    where mapped_source_name = 'domain'
),

unmapped as (
    select mentions.*
    from mentions
    left join mapped
        on mentions.source_name = mapped.mapped_source_name and mentions.source_key = mapped.source_id
    left join foreign_ids on mentions.source_id = foreign_ids.source_id
    left join company_domains on mentions.mail_domain = company_domains.mail_domain
    left join {{ ref('public_mail_domains') }} as public_domains on mentions.mail_domain = public_domains.domain
    where
        mapped.account_id is null
        and mentions.registers_account_id is not null
        -- a reference that is another record's id, or a company's mail domain, is no account of its own
        and (
            mentions.record_kind <> 'account_ref'
            or (foreign_ids.source_id is null and (company_domains.mail_domain is null or public_domains.domain is not null))
        )
),

named as (
    select registers_account_id as account_id, record_kind, record_name, first_seen_at from unmapped
    union all
    select
        account_id, cast(null as {{ dbt.type_string() }}) as record_kind,
        cast(null as {{ dbt.type_string() }}) as record_name, cast(null as timestamp) as first_seen_at
    from mapped
),

registrations as (
    select
        account_id,
        -- who is billed is named by the bill
        coalesce(max(case when record_kind = 'customer' then record_name end), max(record_name)) as account_name,
        min(first_seen_at) as first_seen_at
    from named
    group by account_id
)

select * from registrations
