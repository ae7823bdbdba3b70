with classes as (
    select * from {{ ref('int_success__classes_decided') }}
),

-- what nights before this one said; a rebuilt past night forgets what later nights said
said_before as (
    select *
    from (
        {{ previous_rows('customer_class_history', {
            'account_id': 'string',
            'calendar_month': 'date',
            'said_on': 'date',
            'customer_class': 'string',
            'rule_id': 'string',
            'confidence': 'double',
            'said_run_id': 'string',
            'said_policy_version': 'string',
        }) }}
    ) as previous
    where said_on < {{ as_of() }}
),

last_said as (
    select *
    from said_before
    qualify row_number() over (
        partition by account_id, calendar_month
        order by said_on desc
    ) = 1
),

-- a row is added only where tonight says something else, says it under other policies, or no longer says anything (class NULL:
-- the account was merged away), so that any past night can be read back: of an account's month, the row with the latest said_on
-- that is not after that night
said_tonight as (
    select
        coalesce(classes.account_id, last_said.account_id) as account_id,
        coalesce(classes.calendar_month, last_said.calendar_month) as calendar_month,
        {{ as_of() }} as said_on,
        classes.customer_class,
        classes.rule_id,
        classes.confidence,
        cast('{{ var("run_id") }}' as string) as said_run_id,
        cast('{{ policy_version() }}' as string) as said_policy_version
    from classes
    full outer join last_said
        on last_said.account_id = classes.account_id
        and last_said.calendar_month = classes.calendar_month
    where coalesce(last_said.rule_id, '') <> coalesce(classes.rule_id, '')
        or last_said.customer_class <> classes.customer_class
        or (classes.account_id is not null and last_said.said_policy_version <> '{{ policy_version() }}')
),

history as (
    select * from said_before
    union all
    select * from said_tonight
),

published as (
    select
        history.*,
        {{ publication_columns() }}
    from history
)

select * from published
