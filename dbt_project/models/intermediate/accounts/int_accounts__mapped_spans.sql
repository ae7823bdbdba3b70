{#- Whose a record is on which days, for the few that the map gives away by date. The days between its periods are those of the
    record's other evidence. valid_from is NULL from the beginning on, valid_to NULL without an end. -#}
with located as (
    select
        source_name,
        record_kind,
        source_id,
        source_key,
        coalesce(told_account_id, domain_account_id) as other_account_id
    from {{ ref('int_accounts__records_located') }}
),

mapped as (
    select
        mapped.mapped_source_name,
        mapped.source_id,
        mapped.valid_from,
        mapped.valid_to,
        accounts.survivor_id as account_id
    from {{ ref('stg_drop_folder__account_identities') }} as mapped
    left join {{ ref('int_accounts__registered') }} as accounts on mapped.account_id = accounts.account_id
),

dated_ids as (
    select mapped_source_name, source_id
    from mapped
    where valid_from is not null or valid_to is not null
    group by mapped_source_name, source_id
),

periods as (
    select
        located.source_name,
        located.record_kind,
        located.source_id,
        located.other_account_id,
        coalesce(mapped.account_id, located.other_account_id) as account_id,
        mapped.valid_from,
        mapped.valid_to,
        lag(mapped.valid_to) over record_periods as ended_before,
        row_number() over record_periods as period_number,
        count(*) over (partition by located.source_name, located.record_kind, located.source_id) as periods
    from located
    inner join mapped on located.source_name = mapped.mapped_source_name and located.source_key = mapped.source_id
    inner join dated_ids on mapped.mapped_source_name = dated_ids.mapped_source_name and mapped.source_id = dated_ids.source_id
    window record_periods as (
        partition by located.source_name, located.record_kind, located.source_id
        order by coalesce(mapped.valid_from, cast('0001-01-01' as date))
    )
),

spans as (
    select source_name, record_kind, source_id, valid_from, valid_to, account_id
    from periods
    union all
    select source_name, record_kind, source_id, ended_before as valid_from, valid_from as valid_to, other_account_id as account_id
    from periods
    where valid_from is not null and (period_number = 1 or ended_before < valid_from)
    union all
    select
        source_name, record_kind, source_id, valid_to as valid_from, cast(null as date) as valid_to, other_account_id as account_id
    from periods
    where period_number = periods and valid_to is not null
)

select * from spans
