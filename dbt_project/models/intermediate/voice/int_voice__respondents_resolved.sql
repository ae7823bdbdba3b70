-- The account behind each answer and invitation: the ticket it is about, else the account it names, else the person.
with answers as (
    select * from {{ ref('int_voice__answers_judged') }}
),

invitations as (
    select * from {{ ref('int_voice__invitations_matched') }}
),

tickets as (
    select source_name, ticket_id, is_shared_id, account_id
    from {{ ref('int_support__tickets_resolved') }}
),

identities as (
    select * from {{ ref('int_accounts__identities_dated') }}
),

records as (
    select 'response' as record_type, source_name, response_id as record_id, respondent_id, respondent_ref, account_ref, trigger_kind, trigger_id, coalesce({{ local_date('responded_at') }}, {{ as_of() }}) as occurred_on
    from answers
    union all
    select 'invitation' as record_type, source_name, invitation_id, respondent_id, respondent_ref, account_ref, trigger_kind, trigger_id, coalesce({{ local_date('sent_at') }}, {{ as_of() }}) as occurred_on
    from invitations
),

respondents as (
    select
        records.record_type,
        records.source_name,
        records.record_id,
        coalesce(tickets.account_id, account_refs.account_id, people.account_id) as account_id
    from records
    left join tickets on {{ is_about_ticket('records', 'tickets') }}
    left join identities as account_refs
        on records.source_name = account_refs.source_name
        and account_refs.record_kind = 'account_ref'
        and records.account_ref = account_refs.source_id
        and {{ holds_on('account_refs', 'records.occurred_on') }}
    left join identities as people
        on records.source_name = people.source_name
        and people.record_kind in ('respondent', 'user')
        and records.respondent_ref = people.source_id
        and {{ holds_on('people', 'records.occurred_on') }}
)

select * from respondents
