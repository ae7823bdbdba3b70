with versions as (
    {{ latest_raw('drop_folder', 'survey_invitations', ['invitation_id'], kind='file') }}
),

survey_invitations as (
    select
        'drop_folder' as source_name,
        invitation_id,
        survey_id,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as survey_kind,
        md5(lower(trim(respondent_email))) as respondent_id,
        lower(respondent_email) as respondent_ref,
        account_ref,
        lower(trigger_kind) as trigger_kind,
        trigger_id,
        sent_at,
        true as is_offered
    from versions
    where not is_deleted and sent_at < {{ as_of_end() }}
),

ticket_invitations as (
    select
        source_name,
        rating_id as invitation_id,
        survey_id,
        'csat' as metric,
        'transactional' as survey_kind,
        requester_id as respondent_id,
        requester_ref as respondent_ref,
        account_ref,
        'ticket' as trigger_kind,
        ticket_id as trigger_id,
        coalesce(sent_at, answered_at) as sent_at,
        true as is_offered
    from {{ ref('stg_drop_folder__ticket_answers') }}
    where coalesce(sent_at, answered_at) is not null
),

invitations as (
    select * from survey_invitations
    union all
    select * from ticket_invitations
)

select * from invitations
