-- NPS votes per window and account; account_id is NULL for respondents whom no account is known for.
with answers as (
    select
        response_id,
        survey_kind,
        account_id,
        coalesce(respondent_id, response_id) as respondent_id,
        nps_vote,
        {{ local_date('responded_at') }} as responded_on,
        row_number() over (order by responded_at, source_name, response_id) as answer_number
    from {{ ref('int_voice__responses_unioned') }}
    where metric = 'nps' and survey_kind <> 'agent'
),

windows as (
    select * from {{ ref('int_voice__windows_spined') }}
),

-- an answer reaches the months whose window, or the window before it, its day falls into
answer_months as (
    select
        *,
        {{ explode_integers(
            month_number('responded_on'),
            month_number(add_days('responded_on', 2 * (var('nps_windows') | max)))
        ) }} as number_of_month
    from answers
),

in_windows as (
    select
        windows.calendar_month,
        windows.window_days,
        windows.windows_back,
        answer_months.survey_kind,
        answer_months.respondent_id,
        max(answer_months.answer_number) as answer_number
    from answer_months
    inner join windows
        on answer_months.number_of_month = windows.number_of_month
        and answer_months.responded_on between windows.starts_on and windows.ends_on
    group by
        windows.calendar_month, windows.window_days, windows.windows_back, answer_months.survey_kind,
        answer_months.respondent_id
),

accounts_summed as (
    select
        in_windows.calendar_month,
        in_windows.window_days,
        in_windows.windows_back,
        in_windows.survey_kind,
        answers.account_id,
        count(*) as responses,
        count(case when answers.nps_vote = 1 then 1 end) as promoters,
        count(case when answers.nps_vote = 0 then 1 end) as passives,
        count(case when answers.nps_vote = -1 then 1 end) as detractors
    from in_windows
    inner join answers on in_windows.answer_number = answers.answer_number
    group by
        in_windows.calendar_month, in_windows.window_days, in_windows.windows_back, in_windows.survey_kind,
        answers.account_id
)

select * from accounts_summed
