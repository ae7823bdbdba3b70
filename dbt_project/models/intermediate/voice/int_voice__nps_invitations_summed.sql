-- NPS invitations per window and segment, and how many of them had been answered by the window's end.
with invitations as (
    select
        survey_kind,
        account_id,
        {{ local_date('sent_at') }} as sent_on,
        {{ local_date('responded_at') }} as responded_on
    from {{ ref('int_voice__invitations_unioned') }}
    where metric = 'nps'
),

windows as (
    select * from {{ ref('int_voice__windows_spined') }}
    where windows_back = 0
),

segments as (
    select * from {{ ref('int_accounts__segments_unpivoted') }}
    where segment_dimension <> 'all'
),

invitation_months as (
    select
        *,
        {{ explode_integers(
            month_number('sent_on'), month_number(add_days('sent_on', var('nps_windows') | max))
        ) }} as number_of_month
    from invitations
),

accounts_summed as (
    select
        windows.calendar_month,
        windows.window_days,
        invitation_months.survey_kind,
        invitation_months.account_id,
        count(*) as invited,
        count(case when invitation_months.responded_on <= windows.ends_on then 1 end) as answered
    from invitation_months
    inner join windows
        on invitation_months.number_of_month = windows.number_of_month
        and invitation_months.sent_on between windows.starts_on and windows.ends_on
    group by windows.calendar_month, windows.window_days, invitation_months.survey_kind, invitation_months.account_id
),

placed as (
    select 'all' as segment_dimension, 'all' as segment_value, accounts_summed.* from accounts_summed
    union all
    select 'account' as segment_dimension, account_id as segment_value, accounts_summed.* from accounts_summed
    where account_id is not null
    union all
    select segments.segment_dimension, segments.segment_value, accounts_summed.*
    from accounts_summed
    inner join segments on accounts_summed.account_id = segments.account_id
),

invitations_summed as (
    select
        calendar_month,
        window_days,
        survey_kind,
        segment_dimension,
        segment_value,
        sum(invited) as invited,
        sum(answered) as answered
    from placed
    group by calendar_month, window_days, survey_kind, segment_dimension, segment_value
)

select * from invitations_summed
