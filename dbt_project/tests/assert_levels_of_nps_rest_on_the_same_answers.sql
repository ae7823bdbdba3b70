-- Within a window and segment the three levels weigh the same answers: their counts of answers and accounts agree.
with trend as (
    select * from {{ ref('nps_trend') }}
),

disagreements as (
    select calendar_month, window_days, survey_kind, segment_dimension, segment_value
    from trend
    group by calendar_month, window_days, survey_kind, segment_dimension, segment_value
    having count(distinct responses) > 1 or count(distinct accounts) > 1
)

select * from disagreements
