{#- Tonight's interventions with what earlier nights promised: an intervention keeps the days it was opened with and due on,
    and none disappears. Rows of the night itself or later nights are no history for it. -#}
with opened as (
    select * from {{ ref('int_success__interventions_opened') }}
),

promised as (
    select *
    from (
        {{ previous_rows('interventions', {
            'dedupe_key': 'string',
            'rule_id': 'string',
            'kind': 'string',
            'account_id': 'string',
            'play': 'string',
            'opened_on': 'date',
            'due_on': 'date',
            'evidence_table': 'string',
            'evidence_ids': 'string',
            'evidence_count': 'bigint',
            'occurred_on': 'date',
            'settled_on': 'date',
            'as_of_date': 'date',
        }) }}
    ) as previous
    where as_of_date <= {{ as_of() }}
        and opened_on <= {{ as_of() }}
),

-- an account that dangles is owed a decision, whatever the rule is called
rules as (
    select
        rule_id,
        max(case when occasion = 'dangling_entered' then 1 else 0 end) = 1 as owes_decision,
        max(case when occasion = 'renewal_ahead' then 1 else 0 end) = 1 as ends_with_its_day
    from {{ ref('intervention_rules') }}
    group by rule_id
),

joined as (
    select
        coalesce(opened.dedupe_key, promised.dedupe_key) as dedupe_key,
        coalesce(opened.rule_id, promised.rule_id) as rule_id,
        coalesce(opened.kind, promised.kind) as kind,
        coalesce(opened.account_id, promised.account_id) as account_id,
        coalesce(opened.play, promised.play) as play,
        coalesce(promised.opened_on, opened.opened_on) as opened_on,
        coalesce(promised.due_on, opened.due_on) as due_on,
        -- as the evidence says tonight; a renewal is no longer listed once its day has come, which settles it
        case
            when opened.dedupe_key is not null then opened.settled_on
            when promised.settled_on is not null then promised.settled_on
            when rules.ends_with_its_day and promised.occurred_on <= {{ as_of() }} then promised.occurred_on
        end as settled_on,
        coalesce(opened.evidence_table, promised.evidence_table) as evidence_table,
        coalesce(opened.evidence_ids, promised.evidence_ids) as evidence_ids,
        coalesce(opened.evidence_count, promised.evidence_count) as evidence_count,
        coalesce(opened.occurred_on, promised.occurred_on) as occurred_on,
        coalesce(rules.owes_decision, false) as owes_decision,
        opened.dedupe_key is null as is_gone
    from opened
    full outer join promised
        on promised.dedupe_key = opened.dedupe_key
    left join rules
        on rules.rule_id = coalesce(opened.rule_id, promised.rule_id)
),

kept as (
    select
        joined.*,
        -- the evidence that called for it was corrected away
        is_gone and settled_on is null as is_lapsed
    from joined
)

select * from kept
