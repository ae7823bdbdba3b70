with interventions as (
    select * from {{ ref('int_success__interventions_kept') }}
),

decisions as (
    select * from {{ ref('int_success__decisions_matched') }}
    where is_known
),

accounts as (
    select account_id, csm_owner from {{ ref('int_accounts__current') }}
),

account_months as (
    select
        spine.account_id,
        spine.calendar_month,
        spine.is_provisional,
        classes.customer_class,
        {{ class_rank('classes.customer_class') }} as class_rank,
        vectors.proven as success_vector,
        revenue.closing_mrr_minor as mrr_minor
    from {{ ref('int_success__account_months_spined') }} as spine
    left join {{ ref('int_success__classes_decided') }} as classes
        on classes.account_id = spine.account_id
        and classes.calendar_month = spine.calendar_month
    left join {{ ref('int_success__vectors_calculated') }} as vectors
        on vectors.account_id = spine.account_id
        and vectors.calendar_month = spine.calendar_month
    left join {{ ref('int_revenue__account_months') }} as revenue
        on revenue.account_id = spine.account_id
        and revenue.calendar_month = spine.calendar_month
),

-- before: the month before it was opened; after: the month in which its ninety days were over
compared as (
    select
        interventions.*,
        accounts.csm_owner,
        decisions.closed_as,
        case when interventions.owes_decision then decisions.decision end as decision,
        decisions.decided_on,
        decisions.note,
        before.customer_class as class_before,
        before.class_rank as rank_before,
        before.success_vector as success_vector_before,
        before.mrr_minor as mrr_before_minor,
        {{ add_days('interventions.opened_on', 90) }} as judged_on,
        -- somebody still pays, and dangles as far as anybody knows
        interventions.owes_decision
        and coalesce(present.customer_class = 'Dangling', false)
        and coalesce(present.mrr_minor > 0, true) as is_dangling,
        coalesce(present.mrr_minor = 0, false) as is_lost,
        later.customer_class as class_after,
        later.class_rank as rank_after,
        later.success_vector as success_vector_after,
        later.mrr_minor as mrr_after_minor
    from interventions
    left join accounts
        on accounts.account_id = interventions.account_id
    left join decisions
        on decisions.intervention_id = interventions.dedupe_key
    left join account_months as before
        on before.account_id = interventions.account_id
        and before.calendar_month = {{ add_months(month_of('interventions.opened_on'), -1) }}
    left join account_months as present
        on present.account_id = interventions.account_id
        and present.calendar_month = {{ month_of(as_of()) }}
    left join account_months as later
        on later.account_id = interventions.account_id
        and later.calendar_month = {{ month_of(add_days('interventions.opened_on', 90)) }}
        and not later.is_provisional
),

published as (
    select
        dedupe_key as intervention_id,
        dedupe_key,
        kind,
        rule_id,
        account_id,
        occurred_on,
        opened_on,
        due_on,
        csm_owner as owner,
        play,
        evidence_table,
        evidence_ids,
        cast(evidence_count as bigint) as evidence_count,
        -- a person's word goes before what the evidence says
        case
            when closed_as is not null then closed_as
            when is_lapsed then 'lapsed'
            when settled_on is not null then 'settled'
            when {{ add_days('due_on', var('intervention_expiry_days')) }} < {{ as_of() }} and not is_dangling then 'expired'
            when due_on < {{ as_of() }} then 'overdue'
            else 'open'
        end as status,
        settled_on,
        coalesce(case when closed_as is not null then decided_on end, settled_on) as closed_on,
        case
            when judged_on > {{ as_of() }} or class_after is null then 'pending'
            when rank_before is null or rank_after is null then 'unknown'
            when rank_after > rank_before then 'better'
            when rank_after < rank_before then 'worse'
            else 'same'
        end as outcome_90d,
        class_before,
        class_after,
        mrr_before_minor,
        mrr_after_minor,
        success_vector_before,
        success_vector_after,
        -- an account that dangles is owed a decision until it is made or the account no longer dangles
        case
            when not owes_decision then null
            when decision is not null then decision
            when settled_on is null
                and not is_lapsed
                and not is_lost
                and coalesce(closed_as, '') <> 'dismissed'
                and (is_dangling or {{ add_days('due_on', var('intervention_expiry_days')) }} >= {{ as_of() }})
                then 'owed'
        end as dangling_decision,
        decided_on,
        note,
        {{ money_columns() }},
        {{ publication_columns() }}
    from compared
)

select * from published
