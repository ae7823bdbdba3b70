{#- contract: [column of its first day] -#}
{%- set dated_contracts = {
    'agreements': 'starts_on', 'projects': 'started_on', 'qbrs': 'planned_on', 'interviews': 'held_on',
    'milestones': 'due_on', 'success_ratings': 'rated_on', 'survey_responses': 'responded_at',
    'survey_invitations': 'sent_at', 'tickets': 'created_at',
} -%}
{#- contract: [column of the address, column of its first day] -#}
{%- set addressed_contracts = {
    'survey_responses': ['respondent_email', 'responded_at'], 'survey_invitations': ['respondent_email', 'sent_at'],
    'tickets': ['requester_email', 'created_at'],
} -%}

with mentions as (
    {% for contract, first_column in dated_contracts.items() %}
    select
        'account_ref' as record_kind,
        account_ref as source_id,
        '{{ contract }}' as contract_name,
        cast(null as {{ dbt.type_string() }}) as account_ref,
        cast({{ first_column }} as timestamp) as seen_at
    from {{ source('drop_folder', contract) }}
    where account_ref is not null
    union all
    {% endfor %}
    {% for contract, (address, first_column) in addressed_contracts.items() %}
    select
        'respondent' as record_kind,
        lower({{ address }}) as source_id,
        '{{ contract }}' as contract_name,
        account_ref,
        cast({{ first_column }} as timestamp) as seen_at
    from {{ source('drop_folder', contract) }}
    where {{ address }} is not null
    {{ "union all" if not loop.last }}
    {% endfor %}
),

records as (
    select
        'drop_folder' as source_name,
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
        -- an agreement is a customer; other mentions are only about one
        max(case when record_kind = 'account_ref' and contract_name = 'agreements' then source_id end) as registers_account_id,
        min(seen_at) as first_seen_at
    from mentions
    where seen_at < {{ as_of_end() }} or seen_at is null or contract_name in ('milestones', 'qbrs')
    group by record_kind, source_id
)

select * from records
