with accounts as (
    select * from {{ ref('accounts') }}
    where merged_into is null
),

classes as (
    select * from {{ ref('customer_classes') }}
),

today as (
    select * from classes
    where calendar_month = {{ month_of(as_of()) }}
),

-- the first month of the unbroken stretch in which the account has its present class
class_changes as (
    select account_id, max(calendar_month) as class_since
    from classes
    where coalesce(is_changed, true)
    group by account_id
),

reasons as (
    select * from {{ ref('int_success__class_reasons_worded') }}
),

missing as (
    select
        account_id,
        {{ joined_in_order('remedy', ' ', 'remedy') }} as missing_evidence
    from (select distinct account_id, remedy from {{ ref('missing_evidence') }} where remedy is not null) as steps
    group by account_id
),

months as (
    select * from {{ ref('account_months') }}
    where calendar_month = {{ month_of(as_of()) }}
),

vectors as (
    select * from {{ ref('success_vector') }}
    where calendar_month = {{ month_of(as_of()) }}
),

retention as (
    select account_id, nrr_12
    from {{ ref('nrr_vs_success_vector') }}
    where account_id is not null and calendar_month = {{ month_of(as_of()) }}
),

satisfaction as (
    select
        account_id,
        cast(sum(csat_satisfied) as bigint) as csat_satisfied_90d,
        cast(sum(csat_responses) as bigint) as csat_responses_90d
    from {{ ref('account_months') }}
    where calendar_month > {{ add_months(month_of(as_of()), -3) }}
    group by account_id
),

open_tickets as (
    select
        account_id,
        count(*) as open_tickets,
        count_if(priority in ({{ text_list(var('escalated_priorities')) }})) as open_escalations
    from {{ ref('tickets') }}
    where not is_solved and not is_merged and account_id is not null
    group by account_id
),

contacts as (
    select account_id, max(last_contact_on) as last_contact_on
    from {{ ref('present_patterns') }}
    group by account_id
),

reviews as (
    select account_id, min(planned_on) as next_qbr_on
    from {{ ref('int_success__qbrs_resolved') }}
    where held_on is null and planned_on >= {{ as_of() }}
    group by account_id
),

next_renewals as (
    select *
    from {{ ref('renewals') }}
    where renewal_on >= {{ as_of() }}
    qualify row_number() over (partition by account_id order by renewal_on) = 1
),

next_plays as (
    select *
    from {{ ref('interventions') }}
    where status in ('open', 'overdue')
    qualify row_number() over (partition by account_id order by due_on, intervention_id) = 1
),

joined as (
    select
        accounts.account_id,
        accounts.account_name,
        accounts.csm_owner,
        accounts.segment,
        accounts.is_paying,
        '{{ var("reporting_currency") }}' as currency,
        accounts.mrr_minor,
        {{ major_units('accounts.mrr_minor') }} as mrr,
        months.billing_currency,
        months.billing_mrr_minor,
        retention.nrr_12,
        accounts.customer_class,
        today.previous_class,
        class_changes.class_since,
        reasons.reason as class_reason,
        today.confidence as class_confidence,
        missing.missing_evidence,
        vectors.success_vector,
        vectors.delta_90d as success_vector_change_90d,
        months.nps_latest,
        months.nps_latest_on,
        {{ ratio('satisfaction.csat_satisfied_90d', 'satisfaction.csat_responses_90d') }} as csat_90d,
        satisfaction.csat_satisfied_90d,
        satisfaction.csat_responses_90d,
        cast(coalesce(open_tickets.open_tickets, 0) as bigint) as open_tickets,
        cast(coalesce(open_tickets.open_escalations, 0) as bigint) as open_escalations,
        contacts.last_contact_on,
        reviews.next_qbr_on,
        accounts.renewal_on,
        cast({{ days_between(as_of(), 'accounts.renewal_on') }} as bigint) as days_until_renewal,
        next_renewals.exposed_mrr_minor as renewal_exposed_minor,
        {{ major_units('next_renewals.exposed_mrr_minor') }} as renewal_exposed,
        next_renewals.expected_mid_minor as renewal_expected_minor,
        {{ major_units('next_renewals.expected_mid_minor') }} as renewal_expected,
        next_plays.play as next_play,
        next_plays.due_on as next_play_due_on,
        next_plays.owner as next_play_owner,
        {{ money_columns() }},
        {{ publication_columns() }}
    from accounts
    left join today on accounts.account_id = today.account_id
    left join class_changes on accounts.account_id = class_changes.account_id
    left join reasons on accounts.account_id = reasons.account_id
    left join missing on accounts.account_id = missing.account_id
    left join months on accounts.account_id = months.account_id
    left join vectors on accounts.account_id = vectors.account_id
    left join retention on accounts.account_id = retention.account_id
    left join satisfaction on accounts.account_id = satisfaction.account_id
    left join open_tickets on accounts.account_id = open_tickets.account_id
    left join contacts on accounts.account_id = contacts.account_id
    left join reviews on accounts.account_id = reviews.account_id
    left join next_renewals on accounts.account_id = next_renewals.account_id
    left join next_plays on accounts.account_id = next_plays.account_id
)

select * from joined
