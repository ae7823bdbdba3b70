{#- What people wrote back about interventions. A word about an intervention that nobody opened is kept and says so. -#}
with decisions as (
    select * from {{ ref('stg_drop_folder__interventions') }}
),

interventions as (
    select * from {{ ref('int_success__interventions_kept') }}
),

matched as (
    select
        decisions.*,
        interventions.dedupe_key is not null as is_known,
        coalesce(interventions.owes_decision, false) as owes_decision,
        interventions.account_id,
        interventions.rule_id
    from decisions
    left join interventions
        on interventions.dedupe_key = decisions.intervention_id
),

judged as (
    select
        matched.*,
        case
            when not is_known then 'unknown_intervention'
            when decision is not null and not owes_decision then 'no_decision_owed'
            when status = 'done' and owes_decision and decision is null then 'decision_missing'
        end as problem,
        -- the decision is the work: naming one closes it, done without one does not
        case
            when not is_known then null
            when status = 'dismissed' then 'dismissed'
            when owes_decision and decision is not null then 'done'
            when status = 'done' and not owes_decision then 'done'
        end as closed_as
    from matched
)

select * from judged
