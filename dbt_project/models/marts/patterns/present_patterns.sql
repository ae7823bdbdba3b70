with account_quarters as (
    select * from {{ ref('int_success__account_quarters_spined') }}
),

reviews as (
    select * from {{ ref('int_success__reviews_counted') }}
),

relationship as (
    select * from {{ ref('int_success__relationship_quarters_scored') }}
),

service as (
    select * from {{ ref('int_success__service_quarters_measured') }}
),

contacts as (
    select * from {{ ref('int_success__contacts_counted') }}
),

patterns as (
    select
        account_quarters.account_id,
        account_quarters.calendar_quarter,
        account_quarters.is_provisional,
        cast(coalesce(reviews.qbrs_planned, 0) as bigint) as qbrs_planned,
        cast(coalesce(reviews.qbrs_held, 0) as bigint) as qbrs_held,
        cast(coalesce(reviews.qbrs_overdue, 0) as bigint) as qbrs_overdue,
        reviews.open_since_on as qbr_open_since_on,
        reviews.last_held_on as last_qbr_held_on,
        reviews.last_qbr_id,
        cast(relationship.responses as bigint) as nps_responses,
        cast(relationship.promoters as bigint) as nps_promoters,
        cast(relationship.passives as bigint) as nps_passives,
        cast(relationship.detractors as bigint) as nps_detractors,
        relationship.nps,
        relationship.nps_low,
        relationship.nps_high,
        relationship.reliability as nps_reliability,
        cast(reviews.issues_raised as bigint) as issues_raised,
        cast(reviews.issues_open as bigint) as issues_open,
        cast(reviews.opportunities as bigint) as opportunities,
        reviews.service_rating,
        cast(coalesce(service.tickets_created, 0) as bigint) as tickets_created,
        cast(coalesce(service.tickets_solved, 0) as bigint) as tickets_solved,
        cast(coalesce(service.sla_met, 0) as bigint) as sla_met,
        cast(coalesce(service.sla_judged, 0) as bigint) as sla_judged,
        {{ ratio('service.sla_met', 'service.sla_judged') }} as sla_met_rate,
        cast(coalesce(contacts.contact_days, 0) as bigint) as contact_days,
        contacts.last_contact_on,
        cast(contacts.longest_gap_days as bigint) as longest_gap_days,
        {{ publication_columns() }}
    from account_quarters
    left join reviews
        on reviews.account_id = account_quarters.account_id
        and reviews.calendar_quarter = account_quarters.calendar_quarter
    left join relationship
        on relationship.account_id = account_quarters.account_id
        and relationship.calendar_quarter = account_quarters.calendar_quarter
    left join service
        on service.account_id = account_quarters.account_id
        and service.calendar_quarter = account_quarters.calendar_quarter
    left join contacts
        on contacts.account_id = account_quarters.account_id
        and contacts.calendar_quarter = account_quarters.calendar_quarter
)

select * from patterns
