-- Only conditions that hold and speak for the class are told.
with reasons as (
    select * from {{ ref('int_success__class_reasons_gathered') }}
    where calendar_month = {{ month_of(as_of()) }} and reason_kind = 'condition'
),

classes as (
    select * from {{ ref('int_success__classes_decided') }}
    where calendar_month = {{ month_of(as_of()) }}
),

conditions as (
    select * from {{ ref('class_rules') }}
    where wording is not null
),

signals as (
    select * from {{ ref('class_signals') }}
),

speaking as (
    select
        reasons.account_id,
        classes.customer_class,
        conditions.condition_group || conditions.signal as place,
        replace(
            replace(
                conditions.wording,
                '{' || 'value}',
                {{ value_text('reasons.signal_value', 'signals.unit') }}
            ),
            '{' || 'size}',
            {{ value_text('abs(reasons.signal_value)', 'signals.unit') }}
        ) as part
    from reasons
    inner join classes on reasons.account_id = classes.account_id
    inner join conditions
        on reasons.rule_id = conditions.rule_id
        and reasons.condition_group = conditions.condition_group
        and reasons.signal = conditions.signal
        and reasons.operator = conditions.operator
        and reasons.threshold = try_cast(conditions.threshold as double)
    left join signals on reasons.signal = signals.signal
    where reasons.age_days <= reasons.valid_days
        and {{ rule_holds('reasons.signal_value', 'reasons.operator', 'reasons.threshold') }}
),

worded as (
    select
        account_id,
        customer_class,
        {{ as_sentence(joined_in_order('part', '; ', 'place')) }} as reason
    from speaking
    group by account_id, customer_class
)

select * from worded
