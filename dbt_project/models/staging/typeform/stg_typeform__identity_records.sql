with latest as (
    {{ latest_raw('typeform', 'responses', ['form_id', 'response_id']) }}
),

hidden as (
    select
        {{ json_text('hidden', 'account_ref') }} as account_ref,
        lower({{ json_text('hidden', 'respondent_id') }}) as respondent_id,
        submitted_at
    from latest
    where not is_deleted and submitted_at < {{ as_of_end() }}
),

mentions as (
    select 'account_ref' as record_kind, account_ref as source_id, cast(null as {{ dbt.type_string() }}) as account_ref, submitted_at
    from hidden
    where account_ref is not null
    union all
    select 'respondent' as record_kind, respondent_id as source_id, account_ref, submitted_at
    from hidden
    where respondent_id is not null
),

records as (
    select
        'typeform' as source_name,
        record_kind,
        source_id,
        cast(null as {{ dbt.type_string() }}) as record_name,
        case when record_kind = 'account_ref' then source_id end as external_id,
        cast(null as {{ dbt.type_string() }}) as metadata_account_id,
        case
            when record_kind = 'respondent' then {{ mail_domain('source_id') }}
            when source_id like '%.%' then lower(source_id)
        end as mail_domain,
        -- who answered for one account belongs to it; who answers for several belongs to none of them
        case when count(distinct account_ref) = 1 then max(account_ref) end as parent_id,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as registers_account_id,
        min(submitted_at) as first_seen_at
    from mentions
    group by record_kind, source_id
)

select * from records
