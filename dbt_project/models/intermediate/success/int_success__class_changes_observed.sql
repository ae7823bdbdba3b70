with ranked as (
    select
        account_id,
        calendar_month,
        last_on,
        customer_class,
        {{ class_rank('customer_class') }} as class_rank
    from {{ ref('int_success__classes_decided') }}
),

compared as (
    select
        ranked.*,
        lag(customer_class) over (partition by account_id order by calendar_month) as previous_class,
        lag(class_rank) over (partition by account_id order by calendar_month) as previous_rank
    from ranked
),

entered as (
    select
        account_id,
        calendar_month,
        last_on,
        class_rank,
        'class_worsened' as occasion,
        cast(previous_rank - class_rank as double) as occasion_value,
        previous_rank as recovered_rank
    from compared
    -- Dangling is an occasion of its own
    where class_rank < previous_rank
        and class_rank > 1
    union all
    select
        account_id,
        calendar_month,
        last_on,
        class_rank,
        'dangling_entered' as occasion,
        1.0 as occasion_value,
        2 as recovered_rank
    from compared
    where customer_class = 'Dangling'
        and coalesce(previous_class, '') <> 'Dangling'
),

-- settled by the first later month that is as good as the one before the change
settled as (
    select
        entered.account_id,
        entered.calendar_month,
        entered.occasion,
        min(later.last_on) as settled_on
    from entered
    inner join ranked as later
        on later.account_id = entered.account_id
        and later.calendar_month > entered.calendar_month
        and later.class_rank >= entered.recovered_rank
    group by entered.account_id, entered.calendar_month, entered.occasion
),

observed as (
    select
        entered.account_id,
        entered.occasion,
        entered.occasion_value,
        cast(entered.calendar_month as string) as subject_id,
        entered.last_on as occurred_on,
        settled.settled_on,
        'customer_class_reasons' as evidence_table,
        entered.account_id || ':' || cast(entered.calendar_month as string) as evidence_id
    from entered
    left join settled
        on settled.account_id = entered.account_id
        and settled.calendar_month = entered.calendar_month
        and settled.occasion = entered.occasion
)

select * from observed
