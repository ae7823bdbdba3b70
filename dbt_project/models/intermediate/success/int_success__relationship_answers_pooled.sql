with answers as (
    select
        account_id,
        response_id,
        coalesce(respondent_id, response_id) as respondent_id,
        score,
        responded_at,
        {{ local_date('responded_at') }} as responded_on
    from {{ ref('int_voice__responses_unioned') }}
    where pattern = 'present'
        and metric = 'nps'
        and account_id is not null
),

answer_days as (
    select distinct account_id, responded_on from answers
),

-- the survey as it stood on each day that brought an answer: people answer over some weeks, each with the latest word
standing as (
    select
        answer_days.account_id,
        answer_days.responded_on,
        answers.response_id,
        answers.score
    from answer_days
    inner join answers
        on answers.account_id = answer_days.account_id
        and answers.responded_on <= answer_days.responded_on
        and answers.responded_on > {{ add_days('answer_days.responded_on', -1 * var('relationship_wave_days')) }}
    qualify row_number() over (
        partition by answer_days.account_id, answer_days.responded_on, answers.respondent_id
        order by answers.responded_at desc, answers.response_id desc
    ) = 1
),

pooled as (
    select
        account_id,
        responded_on,
        count(*) as responses,
        count_if(score >= 9) as promoters,
        count_if(score between 7 and 8) as passives,
        count_if(score <= 6) as detractors,
        100.0 * (count_if(score >= 9) - count_if(score <= 6)) / count(*) as relationship_nps,
        -- the answer that speaks: the lowest one
        min_by(response_id, cast(100 + score as string) || response_id) as deciding_response_id
    from standing
    group by account_id, responded_on
)

select * from pooled
