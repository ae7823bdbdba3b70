-- Typeform hands out links and does not know whom they were sent to: the conformed table of this vendor has no
-- rows. Who was asked comes from the tool that sent the mail, through the drop folder's survey_invitations.
with survey_invitations as (
    select
        'typeform' as source_name,
        response_id as invitation_id,
        form_id as survey_id,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as survey_kind,
        cast(null as {{ dbt.type_string() }}) as respondent_id,
        cast(null as {{ dbt.type_string() }}) as respondent_ref,
        cast(null as {{ dbt.type_string() }}) as account_ref,
        cast(null as {{ dbt.type_string() }}) as trigger_kind,
        cast(null as {{ dbt.type_string() }}) as trigger_id,
        cast(null as timestamp) as sent_at,
        true as is_offered
    from {{ source('typeform', 'responses') }}
    where false
)

select * from survey_invitations
