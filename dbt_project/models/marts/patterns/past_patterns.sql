with works as (
    select * from {{ ref('int_success__works_completed') }}
),

touchpoints as (
    select * from {{ ref('int_success__touchpoints_linked') }}
    where work_id is not null
),

sent as (
    select * from {{ ref('int_success__work_surveys_counted') }}
),

answered as (
    select
        account_id,
        work_id,
        count(*) as surveys_returned,
        min(responded_on) as first_returned_on,
        max(responded_on) as last_returned_on,
        count_if(metric = 'csat') as csat_responses,
        count_if(metric = 'csat' and is_satisfied) as csat_satisfied,
        {{ exact_mean("case when metric = 'ces' then score end") }} as ces,
        count_if(metric = 'ces') as ces_responses,
        count_if(metric = 'nps') as nps_responses,
        count_if(metric = 'nps' and score >= 9) - count_if(metric = 'nps' and score <= 6) as nps_balance,
        -- the rating farthest from the middle; a tie goes to the worse one
        case
            when max(normalised_score) - 0.5 > 0.5 - min(normalised_score) then max(normalised_score)
            else min(normalised_score)
        end as peak_score,
        max_by(normalised_score, cast(responded_at as string) || response_id) as end_score
    from touchpoints
    group by account_id, work_id
),

judged as (
    select
        works.*,
        {{ add_days('works.completed_on', var('survey_due_days')) }} as survey_due_on,
        coalesce(sent.surveys_sent, 0) as surveys_sent,
        sent.first_sent_on,
        coalesce(answered.surveys_returned, 0) as surveys_returned,
        answered.first_returned_on,
        answered.last_returned_on,
        answered.csat_responses,
        answered.csat_satisfied,
        {{ ratio('answered.csat_satisfied', 'answered.csat_responses') }} as csat,
        answered.ces,
        answered.ces_responses,
        answered.nps_responses,
        100 * {{ ratio('answered.nps_balance', 'answered.nps_responses') }} as nps,
        answered.peak_score,
        answered.end_score,
        (answered.peak_score + answered.end_score) / 2 as peak_end_score
    from works
    left join sent
        on sent.work_id = works.work_id
        and sent.account_id = works.account_id
    left join answered
        on answered.work_id = works.work_id
        and answered.account_id = works.account_id
),

-- the account's own habit: what it felt about the work it had seen completed before
earlier as (
    select
        judged.work_id,
        judged.account_id,
        percentile_cont(0.5) within group (order by past.peak_end_score) as earlier_median,
        count(*) as earlier_works
    from judged
    inner join judged as past
        on past.account_id = judged.account_id
        and past.completed_on < judged.completed_on
        and past.peak_end_score is not null
    where judged.peak_end_score is not null
    group by judged.work_id, judged.account_id
),

patterns as (
    select
        judged.work_id,
        judged.account_id,
        judged.account_ref,
        judged.work_kind,
        judged.work_name,
        judged.work_items,
        judged.started_on,
        judged.completed_on,
        {{ month_of('judged.completed_on') }} as calendar_month,
        judged.is_provisional,
        judged.survey_due_on,
        judged.survey_due_on <= {{ as_of() }} as is_survey_due,
        judged.surveys_sent > 0 as is_survey_sent,
        judged.surveys_returned > 0 as is_survey_returned,
        cast(judged.surveys_sent as bigint) as surveys_sent,
        cast(judged.surveys_returned as bigint) as surveys_returned,
        judged.first_sent_on,
        judged.first_returned_on,
        judged.last_returned_on,
        cast(judged.csat_satisfied as bigint) as csat_satisfied,
        cast(judged.csat_responses as bigint) as csat_responses,
        judged.csat,
        judged.ces,
        cast(judged.ces_responses as bigint) as ces_responses,
        judged.nps,
        cast(judged.nps_responses as bigint) as nps_responses,
        judged.peak_score,
        judged.end_score,
        judged.peak_end_score,
        earlier.earlier_median,
        cast(earlier.earlier_works as bigint) as earlier_works,
        judged.peak_end_score - earlier.earlier_median as expectation_gap,
        case
            when judged.surveys_returned > 0 then null
            when judged.account_id is null then 'account_unmatched'
            when judged.surveys_sent > 0 then 'not_returned'
            when judged.survey_due_on > {{ as_of() }} then 'not_due_yet'
            else 'not_sent'
        end as missing_reason,
        {{ publication_columns() }}
    from judged
    left join earlier
        on earlier.work_id = judged.work_id
        and earlier.account_id = judged.account_id
)

select * from patterns
