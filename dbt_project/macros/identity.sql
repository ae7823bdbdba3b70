{#- The domain of a mail address, lower case; NULL when there is none. -#}
{% macro mail_domain(email_expr) -%}
    nullif(lower(trim(split_part({{ email_expr }}, '@', 2))), '')
{%- endmacro %}

{#- The vendors whose records can name an account: every domain's list and the drop folder, whose contracts always may. -#}
{% macro identity_sources() -%}
    {{ return((var('helpdesk_sources') + var('billing_sources') + var('survey_sources') + ['drop_folder']) | unique | sort) }}
{%- endmacro %}

{#- Whether an answer or invitation is about a ticket: its own helpdesk's, or one whose id no other helpdesk uses. -#}
{% macro is_about_ticket(asked, tickets) -%}
    {{ asked }}.trigger_kind = 'ticket'
        and {{ asked }}.trigger_id = {{ tickets }}.ticket_id
        and ({{ asked }}.source_name = {{ tickets }}.source_name or not coalesce({{ tickets }}.is_shared_id, false))
{%- endmacro %}

{#- Whether a dated identity holds on a day, which is never NULL: one of int_accounts__identities_dated, aliased. -#}
{% macro holds_on(identity, day) -%}
coalesce({{ day }} >= {{ identity }}.valid_from, true) and coalesce({{ day }} < {{ identity }}.valid_to, true)
{%- endmacro %}
