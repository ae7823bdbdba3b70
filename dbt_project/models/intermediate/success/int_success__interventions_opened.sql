with rules as (
    select
        rule_id,
        kind,
        occasion,
        operator,
        try_cast(threshold as double) as threshold,
        try_cast(lead_days as integer) as lead_days,
        try_cast(due_in_days as integer) as due_in_days,
        once_per,
        play
    from {{ ref('intervention_rules') }}
),

occasions as (
    select * from {{ ref('int_success__occasions_observed') }}
),

revenue as (
    select
        account_id,
        calendar_month,
        opening_mrr_minor,
        closing_mrr_minor from {{ ref('int_revenue__account_months') }}
),

called_for as (
    select
        rules.rule_id,
        rules.kind,
        rules.due_in_days,
        rules.once_per,
        rules.play,
        occasions.account_id,
        occasions.subject_id,
        occasions.occurred_on,
        {{ add_days('occasions.occurred_on', '-1 * rules.lead_days') }} as opened_on,
        occasions.settled_on,
        occasions.evidence_table,
        occasions.evidence_id
    from occasions
    inner join rules
        on rules.occasion = occasions.occasion
    where {{ rule_holds('occasions.occasion_value', 'rules.operator', 'rules.threshold') }}
        and {{ add_days('occasions.occurred_on', '-1 * rules.lead_days') }} <= {{ as_of() }}
        -- settled before it was called for: nothing to do
        and coalesce(occasions.settled_on > {{ add_days('occasions.occurred_on', '-1 * rules.lead_days') }}, true)
),

-- nobody works on an account that pays nothing in that month; where no revenue is known at all, work goes on
of_customers as (
    select
        called_for.*,
        case
            when called_for.once_per = 'month' then cast({{ month_of('called_for.opened_on') }} as string)
            else called_for.subject_id
        end as subject_key
    from called_for
    left join revenue
        on revenue.account_id = called_for.account_id
        and revenue.calendar_month = {{ month_of('called_for.opened_on') }}
    where revenue.account_id is null
        or revenue.opening_mrr_minor > 0
        or revenue.closing_mrr_minor > 0
),

opened as (
    select
        {{ surrogate_key(['rule_id', 'account_id', 'subject_key']) }} as dedupe_key,
        rule_id,
        kind,
        account_id,
        play,
        min(opened_on) as opened_on,
        {{ add_days('min(opened_on)', 'max(due_in_days)') }} as due_on,
        -- one intervention for several causes is settled with the last of them
        case when count(settled_on) = count(*) then max(settled_on) end as settled_on,
        max(evidence_table) as evidence_table,
        {{ joined_text('evidence_id', ', ') }} as evidence_ids,
        count(*) as evidence_count,
        max(occurred_on) as occurred_on
    from of_customers
    group by rule_id, kind, account_id, play, subject_key
)

select * from opened
