-- Rows of account and month where anything happened or was open. Minutes stand in the month in which the reply or the
-- solving happened, so that a closed month changes only when late data arrive.
-- Only the columns that are counted: the engine keeps what is read several times.
with tickets as (
    select
        source_name,
        ticket_id,
        account_id,
        is_merged,
        created_at,
        sla_judged_at,
        is_sla_met,
        csat_responded_at,
        csat,
        reopens,
        is_one_touch
    from {{ ref('int_support__tickets_measured') }}
    where account_id is not null
),

-- none is a count only where somebody counted
histories as (
    select
        account_id,
        count(reopens) > 0 as are_reopenings_told,
        count(is_one_touch) > 0 as are_touches_told
    from tickets
    group by account_id
),

status_changes as (
    select * from {{ ref('int_support__status_changes_derived') }}
),

open_tickets as (
    select * from {{ ref('int_support__open_tickets_snapshotted') }}
    where account_id is not null
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

created as (
    select
        account_id,
        {{ month_of(local_date('created_at')) }} as calendar_month,
        count(case when not is_merged then 1 end) as created,
        count(case when is_merged then 1 end) as merged
    from tickets
    group by account_id, {{ month_of(local_date('created_at')) }}
),

changed as (
    select
        tickets.account_id,
        {{ month_of(local_date('status_changes.occurred_at')) }} as calendar_month,
        count(distinct case when status_changes.change_kind = 'solve' then tickets.ticket_id end) as solved,
        count(case when status_changes.change_kind = 'reopen' then 1 end) as reopened
    from status_changes
    inner join tickets
        on status_changes.source_name = tickets.source_name and status_changes.ticket_id = tickets.ticket_id
    where not tickets.is_merged and status_changes.change_kind <> 'creation'
    group by tickets.account_id, {{ month_of(local_date('status_changes.occurred_at')) }}
),

backlogs as (
    select
        account_id,
        calendar_month,
        count(*) as backlog,
        cast(sum(cast(round(age_days * 86400) as bigint)) as double) / 86400 / count(*) as backlog_age_days
    from open_tickets
    group by account_id, calendar_month
),

replies as (
    select * from {{ ref('int_support__first_replies_summed') }}
),

first_resolutions as (
    select * from {{ ref('int_support__first_resolutions_summed') }}
),

full_resolutions as (
    select * from {{ ref('int_support__full_resolutions_summed') }}
),

slas as (
    select
        account_id,
        {{ month_of(local_date('sla_judged_at')) }} as calendar_month,
        count(*) as sla_judged,
        count(case when is_sla_met then 1 end) as sla_met
    from tickets
    where is_sla_met is not null
    group by account_id, {{ month_of(local_date('sla_judged_at')) }}
),

satisfactions as (
    select
        account_id,
        {{ month_of(local_date('csat_responded_at')) }} as calendar_month,
        count(*) as csat_responses,
        count(case when csat = 1.0 then 1 end) as csat_satisfied
    from tickets
    where csat is not null
    group by account_id, {{ month_of(local_date('csat_responded_at')) }}
),

account_months as (
    select
        account_id,
        calendar_month,
        months.is_provisional,
        coalesce(created.created, 0) as created,
        coalesce(created.merged, 0) as merged,
        coalesce(changed.solved, 0) as solved,
        case when histories.are_reopenings_told then coalesce(changed.reopened, 0) end as reopened,
        coalesce(backlogs.backlog, 0) as backlog,
        backlogs.backlog_age_days,
        {{ statistic_columns('replies', 'first_reply') }},
        {{ statistic_columns('replies', 'first_reply_business') }},
        {{ statistic_columns('first_resolutions', 'first_resolution') }},
        {{ statistic_columns('first_resolutions', 'first_resolution_business') }},
        {{ statistic_columns('full_resolutions', 'resolution') }},
        {{ statistic_columns('full_resolutions', 'resolution_business') }},
        case when histories.are_touches_told then coalesce(full_resolutions.one_touch, 0) end as one_touch,
        coalesce(slas.sla_judged, 0) as sla_judged,
        coalesce(slas.sla_met, 0) as sla_met,
        {{ ratio('slas.sla_met', 'slas.sla_judged') }} as sla_met_rate,
        coalesce(satisfactions.csat_responses, 0) as csat_responses,
        coalesce(satisfactions.csat_satisfied, 0) as csat_satisfied,
        {{ ratio('satisfactions.csat_satisfied', 'satisfactions.csat_responses') }} as csat
    from created
    full outer join changed using (account_id, calendar_month)
    full outer join backlogs using (account_id, calendar_month)
    full outer join replies using (account_id, calendar_month)
    full outer join first_resolutions using (account_id, calendar_month)
    full outer join full_resolutions using (account_id, calendar_month)
    full outer join slas using (account_id, calendar_month)
    full outer join satisfactions using (account_id, calendar_month)
    inner join months using (calendar_month)
    left join histories using (account_id)
)

select * from account_months
