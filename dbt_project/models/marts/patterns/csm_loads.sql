{#- Accounts that pay, by who looks after them and by every attribute: the load of each CSM, and how each segment by
    appropriate experience or coverage model is served. -#}
with accounts as (
    select account_id, csm_owner from {{ ref('int_accounts__current') }}
),

segments as (
    select * from {{ ref('int_accounts__segments_unpivoted') }}
),

evidence as (
    select account_id, customer_class from {{ ref('int_accounts__evidence_months') }}
    where calendar_month = {{ month_of(as_of()) }}
),

revenue as (
    select account_id, closing_mrr_minor from {{ ref('int_revenue__account_months') }}
    where calendar_month = {{ month_of(as_of()) }}
        and closing_mrr_minor > 0
),

renewals as (
    select
        account_id,
        sum(exposed_mrr_minor) as renewing_mrr_minor
    from {{ ref('int_revenue__renewals_dated') }}
    where renewal_on <= {{ add_days(as_of(), 90) }}
    group by account_id
),

interventions as (
    select
        account_id,
        count_if(status in ('open', 'overdue')) as open_interventions,
        count_if(status = 'overdue') as overdue_interventions,
        count_if(dangling_decision = 'owed') as owed_decisions
    from {{ ref('interventions') }}
    group by account_id
),

served as (
    select
        accounts.account_id,
        accounts.csm_owner as owner,
        coalesce(evidence.customer_class, 'Unknown') as customer_class,
        revenue.closing_mrr_minor as mrr_minor,
        coalesce(renewals.renewing_mrr_minor, 0) as renewing_mrr_minor,
        coalesce(interventions.open_interventions, 0) as open_interventions,
        coalesce(interventions.overdue_interventions, 0) as overdue_interventions,
        coalesce(interventions.owed_decisions, 0) as owed_decisions
    from accounts
    inner join revenue on revenue.account_id = accounts.account_id
    left join evidence on evidence.account_id = accounts.account_id
    left join renewals on renewals.account_id = accounts.account_id
    left join interventions on interventions.account_id = accounts.account_id
),

-- an account without a CSM is nobody's load, and shows as such
owned as (
    select 'all' as csm_owner, served.* from served
    union all
    select coalesce(served.owner, 'unassigned') as csm_owner, served.* from served
),

loads as (
    select
        owned.csm_owner,
        segments.segment_dimension,
        segments.segment_value,
        count(distinct owned.owner) as csms,
        count(*) as accounts,
        count_if(owned.owner is not null) as owned_accounts,
        sum(owned.mrr_minor) as mrr_minor,
        sum(case when owned.owner is not null then owned.mrr_minor else 0 end) as owned_mrr_minor,
        {% for name, classes in {'at_risk': "('At-Risk', 'Dangling')", 'dangling': "('Dangling')", 'unknown': "('Unknown')"}.items() -%}
        count_if(owned.customer_class in {{ classes }}) as {{ name }}_accounts,
        sum(case when owned.customer_class in {{ classes }} then owned.mrr_minor else 0 end) as {{ name }}_mrr_minor,
        {% endfor -%}
        sum(owned.renewing_mrr_minor) as renewing_90d_mrr_minor,
        sum(owned.open_interventions) as open_interventions,
        sum(owned.overdue_interventions) as overdue_interventions,
        sum(owned.owed_decisions) as owed_decisions
    from owned
    inner join segments on segments.account_id = owned.account_id
    group by owned.csm_owner, segments.segment_dimension, segments.segment_value
),

published as (
    select
        csm_owner,
        segment_dimension,
        segment_value,
        {% for name in [
            'csms', 'accounts', 'owned_accounts', 'mrr_minor', 'owned_mrr_minor', 'at_risk_accounts', 'at_risk_mrr_minor',
            'dangling_accounts', 'dangling_mrr_minor', 'unknown_accounts', 'unknown_mrr_minor', 'renewing_90d_mrr_minor',
            'open_interventions', 'overdue_interventions', 'owed_decisions',
        ] -%}
        cast({{ name }} as bigint) as {{ name }},
        {% endfor -%}
        {{ ratio('owned_accounts', 'accounts') }} as coverage_rate,
        {{ ratio('owned_accounts', 'csms') }} as accounts_per_csm,
        {{ ratio('owned_mrr_minor', 'csms') }} as mrr_per_csm_minor,
        {{ ratio('at_risk_mrr_minor', 'mrr_minor') }} as at_risk_mrr_rate,
        {{ money_columns() }},
        {{ publication_columns() }}
    from loads
)

select * from published
