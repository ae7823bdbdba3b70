{#- The vars that change what a number means. Add a policy here, its default in dbt_project.yml, its argument in DECISIONS.md. -#}
{% macro policy_names() -%}
    {{ return([
        'reporting_currency',
        'reporting_timezone',
        'helpdesk_sources',
        'billing_sources',
        'survey_sources',
        'billing_account_key',
        'unmatched_revenue_share',
        'unmatched_organization_share',
        'mrr_snapshot',
        'week_factor',
        'day_factor',
        'discount_policy',
        'usage_policy',
        'concurrent_policy',
        'past_due_grace_days',
        'pause_policy',
        'churn_recognition',
        'fx_rate_basis',
        'fx_max_age_days',
        'min_cohort_accounts',
        'quarantined_mrr_share',
        'agent_created_tickets',
        'automatic_reply_channels',
        'schedule_policy',
        'default_schedule',
        'group_schedules',
        'technical_tags',
        'product_tags',
        'technical_types',
        'escalated_priorities',
        'product_types',
        'nps_windows',
        'question_type_metrics',
        'indicative_responses',
        'reportable_responses',
        'past_valid_days',
        'present_valid_days',
        'potential_valid_days',
        'rating_valid_days',
        'adherence_window_days',
        'sla_window_days',
        'exit_horizon_days',
        'claimed_subjective',
        'claimed_adherence',
        'survey_due_days',
        'ask_within_days',
        'qbr_grace_days',
        'qbr_cadence_days',
        'champion_memory_days',
        'intervention_expiry_days',
        'relationship_wave_days',
        'signal_memory_days',
        'backtest_months',
        'class_record_accounts',
        'nrr_target',
        'divergence_epsilon',
    ]) }}
{%- endmacro %}

{#- Seeds whose rows are rules: an edited threshold is another policy. -#}
{% macro policy_seeds() -%}
    {{ return(['class_rules', 'class_signals', 'intervention_rules', 'ticket_statuses']) }}
{%- endmacro %}

{#- Hash of all policies in force (12 hex). Numbers made under different policies can't be compared silently. -#}
{% macro policy_version() -%}
    {%- set parts = [] -%}
    {%- for name in policy_names() -%}
        {%- do parts.append(name ~ '=' ~ tojson(var(name))) -%}
    {%- endfor -%}
    {%- if execute and graph.nodes -%} {#- a unit test has no graph -#}
        {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.resource_type == 'seed' and node.name in policy_seeds() -%}
            {%- do parts.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(parts | join('\n'))[:12]) }}
{%- endmacro %}
