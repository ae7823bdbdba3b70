with qbrs as (
    select * from {{ ref('stg_drop_folder__qbrs') }}
),

account_refs as (
    select * from {{ ref('int_success__account_refs_resolved') }}
),

resolved as (
    select
        qbrs.*,
        account_refs.account_id
    from qbrs
    left join account_refs
        on account_refs.account_ref = qbrs.account_ref
        and account_refs.source_name = qbrs.source_name
        and {{ holds_on('account_refs', 'coalesce(qbrs.held_on, qbrs.planned_on)') }}
)

select * from resolved
