with milestones as (
    select * from {{ ref('stg_drop_folder__milestones') }}
),

account_refs as (
    select * from {{ ref('int_success__account_refs_resolved') }}
),

resolved as (
    select
        milestones.*,
        account_refs.account_id,
        milestones.due_on <= {{ as_of() }} as is_due,
        milestones.completed_on is not null as is_met,
        -- open and not due yet is neither in time nor late
        case
            when milestones.completed_on is not null then milestones.completed_on <= milestones.due_on
            when milestones.due_on <= {{ as_of() }} then false
        end as is_met_on_time,
        case
            when milestones.completed_on is not null
                then cast(greatest({{ days_between('milestones.due_on', 'milestones.completed_on') }}, 0) as bigint)
            when milestones.due_on <= {{ as_of() }}
                then cast({{ days_between('milestones.due_on', as_of()) }} as bigint)
        end as days_late
    from milestones
    left join account_refs
        on account_refs.account_ref = milestones.account_ref
        and account_refs.source_name = milestones.source_name
        and {{ holds_on('account_refs', 'milestones.due_on') }}
)

select * from resolved
