with signal_reasons as (
    select * from {{ ref('int_success__class_reasons_gathered') }}
),

classes as (
    select * from {{ ref('int_success__classes_decided') }}
),

patterns as (
    select * from {{ ref('int_success__patterns_counted') }}
),

-- a pattern without evidence still valid is a reason of its own, whatever the class
missing_patterns as (
    select
        account_id,
        calendar_month,
        last_on,
        'past_evidence' as signal,
        past_observed_on as observed_on,
        {{ var('past_valid_days') }} as valid_days
    from patterns
    where not has_past
    union all
    select account_id, calendar_month, last_on, 'present_evidence', present_observed_on, {{ var('present_valid_days') }}
    from patterns
    where not has_present
    union all
    select
        account_id,
        calendar_month,
        last_on,
        'potential_evidence',
        potential_observed_on,
        {{ var('potential_valid_days') }}
    from patterns
    where not has_potential
),

reasons as (
    select
        account_id,
        calendar_month,
        rule_id,
        reason_kind,
        condition_group,
        signal,
        signal_value,
        operator,
        threshold,
        valid_days,
        evidence_table,
        evidence_id,
        observed_on,
        age_days
    from signal_reasons
    union all
    select
        missing_patterns.account_id,
        missing_patterns.calendar_month,
        classes.rule_id,
        'missing_pattern' as reason_kind,
        'missing' as condition_group,
        missing_patterns.signal,
        cast(null as double) as signal_value,
        cast(null as string) as operator,
        cast(null as double) as threshold,
        missing_patterns.valid_days,
        cast(null as string) as evidence_table,
        cast(null as string) as evidence_id,
        missing_patterns.observed_on,
        cast({{ days_between('missing_patterns.observed_on', 'missing_patterns.last_on') }} as bigint) as age_days
    from missing_patterns
    inner join classes
        on classes.account_id = missing_patterns.account_id
        and classes.calendar_month = missing_patterns.calendar_month
),

published as (
    select
        reasons.account_id,
        reasons.calendar_month,
        classes.is_provisional,
        classes.customer_class,
        reasons.rule_id,
        reasons.reason_kind,
        reasons.condition_group,
        reasons.signal,
        reasons.signal_value as value,
        reasons.threshold,
        {{ rule_direction('reasons.operator') }} as direction,
        case
            when reasons.signal_value is null or reasons.age_days > reasons.valid_days then null
            else {{ rule_holds('reasons.signal_value', 'reasons.operator', 'reasons.threshold') }}
        end as is_satisfied,
        case
            when reasons.observed_on is null then 'never_observed'
            when reasons.age_days > reasons.valid_days then 'stale'
            when reasons.reason_kind = 'missing_signal' then 'stale'
        end as missing_reason,
        reasons.evidence_table,
        reasons.evidence_id,
        reasons.observed_on,
        cast(reasons.age_days as bigint) as age_days,
        cast(reasons.valid_days as bigint) as valid_days,
        {{ publication_columns() }}
    from reasons
    inner join classes
        on classes.account_id = reasons.account_id
        and classes.calendar_month = reasons.calendar_month
)

select * from published
