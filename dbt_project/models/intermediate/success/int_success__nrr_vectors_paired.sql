{#- Both sides of the comparison rest on the same accounts: a segment is what an account was when its cohort began, as in
    retention, and who no longer pays has no say in a segment's Success Vector. -#}
{%- set epsilon = var('divergence_epsilon') ~ ' - 0.000000001' -%}

with revenue as (
    select * from {{ ref('int_revenue__account_months') }}
),

retention as (
    select * from {{ ref('int_revenue__retention_measured') }}
),

vectors as (
    select * from {{ ref('int_success__vectors_calculated') }}
),

attributes as (
    select * from {{ ref('int_revenue__account_months_segmented') }}
),

-- ahead of the run's date: what a past month knew about its own renewals is on no record
renewals as (
    select
        account_id,
        min(renewal_on) as renewal_on
    from {{ ref('int_revenue__renewals_dated') }}
    group by account_id
),

account_rows as (
    select
        'account' as segment_dimension,
        revenue.account_id as segment_value,
        revenue.account_id,
        revenue.calendar_month,
        case when revenue.cohort_mrr_minor > 0 then 1 else 0 end as cohort_accounts,
        case when revenue.cohort_mrr_minor > 0 then revenue.closing_mrr_minor end as retained_mrr_minor,
        case when revenue.cohort_mrr_minor > 0 then revenue.cohort_mrr_minor end as cohort_mrr_minor,
        case when vectors.proven is not null then 1 else 0 end as vector_accounts,
        vectors.proven as success_vector,
        vectors.delta_1m as delta,
        revenue.closing_mrr_minor as exposed_mrr_minor,
        case when vectors.delta_1m <= -1 * ({{ epsilon }}) then 1 else 0 end as falling_accounts,
        case when vectors.delta_1m <= -1 * ({{ epsilon }}) then revenue.closing_mrr_minor else 0 end as falling_mrr_minor,
        case when revenue.closing_mrr_minor > 0 then renewals.renewal_on end as renewal_on
    from revenue
    left join vectors
        on vectors.account_id = revenue.account_id
        and vectors.calendar_month = revenue.calendar_month
    left join renewals
        on renewals.account_id = revenue.account_id
        and revenue.calendar_month = {{ month_of(as_of()) }}
),

segments as (
    select account_id, calendar_month, 'all' as segment_dimension, 'all' as segment_value from attributes
    {%- for dimension in segment_dimensions() %}
    union all
    select account_id, calendar_month, '{{ dimension }}', cohort_{{ dimension }} from attributes
    {%- endfor %}
),

-- a segment's change is the mean change of the accounts known in both months, so that who joins moves nothing
segment_vectors as (
    select
        segments.segment_dimension,
        segments.segment_value,
        account_rows.calendar_month,
        count(case when account_rows.exposed_mrr_minor > 0 then account_rows.success_vector end) as vector_accounts,
        {{ exact_mean('case when account_rows.exposed_mrr_minor > 0 then account_rows.success_vector end') }} as success_vector,
        {{ exact_mean('case when account_rows.exposed_mrr_minor > 0 then account_rows.delta end') }} as delta,
        sum(account_rows.exposed_mrr_minor) as exposed_mrr_minor,
        sum(case when account_rows.exposed_mrr_minor > 0 then account_rows.falling_accounts else 0 end) as falling_accounts,
        sum(account_rows.falling_mrr_minor) as falling_mrr_minor,
        min(account_rows.renewal_on) as renewal_on
    from account_rows
    inner join segments
        on segments.account_id = account_rows.account_id
        and segments.calendar_month = account_rows.calendar_month
    group by segments.segment_dimension, segments.segment_value, account_rows.calendar_month
),

segment_rows as (
    select
        segment_vectors.segment_dimension,
        segment_vectors.segment_value,
        cast(null as string) as account_id,
        segment_vectors.calendar_month,
        coalesce(retention.cohort_accounts, 0) as cohort_accounts,
        case when retention.cohort_mrr_minor > 0 then retention.retained_mrr_minor end as retained_mrr_minor,
        nullif(retention.cohort_mrr_minor, 0) as cohort_mrr_minor,
        segment_vectors.vector_accounts,
        segment_vectors.success_vector,
        segment_vectors.delta,
        segment_vectors.exposed_mrr_minor,
        segment_vectors.falling_accounts,
        segment_vectors.falling_mrr_minor,
        segment_vectors.renewal_on
    from segment_vectors
    left join retention
        on retention.segment_dimension = segment_vectors.segment_dimension
        and retention.segment_value = segment_vectors.segment_value
        and retention.calendar_month = segment_vectors.calendar_month
),

paired as (
    select * from account_rows
    union all
    select * from segment_rows
)

select * from paired
