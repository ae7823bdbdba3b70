{#- A chain of 2^5 merges is followed; what still goes on into another account after that runs in a circle. -#}
{%- set doublings = 5 -%}

with filed as (
    select * from {{ ref('stg_drop_folder__accounts') }}
),

derived as (
    select * from {{ ref('int_accounts__registrations_derived') }}
),

registry as (
    select
        account_id, account_name, parent_account_id, segment, appropriate_experience, coverage_model, csm_structure,
        csm_owner, industry, region, started_on, contract_ends_on, renewal_on, is_auto_renewed, service_level,
        merged_into, merged_on, false as is_derived
    from filed
    union all
    select
        account_id,
        account_name,
        {% for column in ['parent_account_id', 'segment', 'appropriate_experience', 'coverage_model', 'csm_structure', 'csm_owner', 'industry', 'region'] -%}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
        {% endfor -%}
        {% for column in ['started_on', 'contract_ends_on', 'renewal_on'] -%}
        cast(null as date) as {{ column }},
        {% endfor -%}
        cast(null as boolean) as is_auto_renewed,
        cast(null as {{ dbt.type_string() }}) as service_level,
        cast(null as {{ dbt.type_string() }}) as merged_into,
        cast(null as date) as merged_on,
        true as is_derived
    from derived
    -- a registry kept by people is the whole truth; only without one do the sources make it
    where not exists (select 1 from filed)
),

merges_0 as (
    select
        registry.account_id,
        coalesce(targets.account_id, registry.account_id) as survivor_id,
        registry.account_id = registry.merged_into as is_circular
    from registry
    left join registry as targets
        on registry.merged_into = targets.account_id
        and (registry.merged_on is null or registry.merged_on <= {{ as_of() }})
),
{% for step in range(1, doublings + 1) %}
merges_{{ step }} as (
    select merges.account_id, targets.survivor_id, merges.is_circular
    from merges_{{ step - 1 }} as merges
    inner join merges_{{ step - 1 }} as targets on merges.survivor_id = targets.account_id
),
{% endfor %}
survivors as (
    select
        merges.account_id,
        case
            when merges.is_circular or ends.survivor_id <> ends.account_id
                then {{ fail_run("'Accounts merge in a circle, correct merged_into: ' || merges.account_id") }}
            else merges.survivor_id
        end as survivor_id
    from merges_{{ doublings }} as merges
    inner join merges_0 as ends on merges.survivor_id = ends.account_id
),

accounts as (
    select registry.*, survivors.survivor_id, survivors.survivor_id <> registry.account_id as is_merged
    from registry
    inner join survivors on registry.account_id = survivors.account_id
)

select * from accounts
