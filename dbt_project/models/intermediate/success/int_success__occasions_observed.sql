with plan as (
    select * from {{ ref('int_success__plan_occasions_observed') }}
),

class_changes as (
    select * from {{ ref('int_success__class_changes_observed') }}
),

vectors as (
    select
        vectors.*,
        lag(vector_status) over (partition by account_id order by calendar_month) as previous_status
    from {{ ref('int_success__vectors_calculated') }} as vectors
),

divergences as (
    select
        divergences.*,
        spine.last_on
    from {{ ref('int_success__divergences_judged') }} as divergences
    inner join {{ ref('int_success__account_months_spined') }} as spine
        on spine.account_id = divergences.account_id
        and spine.calendar_month = divergences.calendar_month
),

champions as (
    select * from {{ ref('int_success__champions_lost') }}
),

answers as (
    select
        account_id,
        response_id,
        score,
        {{ local_date('responded_at') }} as responded_on,
        lead({{ local_date('responded_at') }}) over (
            partition by account_id, coalesce(respondent_id, response_id)
            order by responded_at, response_id
        ) as next_responded_on
    from {{ ref('int_voice__responses_unioned') }}
    where pattern = 'present'
        and metric = 'nps'
        and account_id is not null
),

failed_payments as (
    select distinct
        account_id,
        line_id,
        {{ local_date('period_start_at') }} as failed_on
    from {{ ref('int_revenue__line_months') }}
    where account_id is not null
        and end_cause = 'non_payment'
),

occasions as (
    select account_id, occasion, occasion_value, subject_id, occurred_on, settled_on, evidence_table, evidence_id
    from plan
    union all
    select account_id, occasion, occasion_value, subject_id, occurred_on, settled_on, evidence_table, evidence_id
    from class_changes
    union all
    select
        account_id,
        'claimed_not_proven',
        1.0,
        cast(calendar_month as string),
        last_on,
        null,
        'success_vector',
        account_id || ':' || cast(calendar_month as string)
    from vectors
    where vector_status = 'claimed_not_proven'
        and coalesce(previous_status, '') <> 'claimed_not_proven'
    union all
    select
        account_id,
        'revenue_at_expense_of_success',
        1.0,
        cast(calendar_month as string),
        last_on,
        null,
        'nrr_vs_success_vector',
        account_id || ':' || cast(calendar_month as string)
    from divergences
    where divergence_state = 'revenue_at_expense_of_success'
        -- when it begins, and every third month that it lasts
        and (months_in_state - 1) % 3 = 0
    union all
    select account_id, 'champion_left', 1.0, user_id, left_on, null, 'survey_responses', last_response_id
    from champions
    union all
    -- answered again by the same person: the talk went on
    select
        account_id,
        'detractor_answered',
        cast(score as double),
        response_id,
        responded_on,
        next_responded_on,
        'survey_responses',
        response_id
    from answers
    where score <= 6
    union all
    select account_id, 'payment_failed', 1.0, line_id, failed_on, null, 'mrr_lines', line_id
    from failed_payments
)

select * from occasions
where account_id is not null
    and occurred_on is not null
