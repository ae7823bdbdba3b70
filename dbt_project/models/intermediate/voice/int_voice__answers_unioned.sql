with answers as (
    {{ union_of_vendors('survey_sources', 'survey_responses', [
        'source_name', 'response_id', 'survey_id', 'question_id', 'question_ref', 'question_type', 'question_title', 'is_scored',
        'unread_reason', 'metric', 'survey_kind', 'score', 'scale_min', 'scale_max', 'scale_direction', 'respondent_id',
        'respondent_ref', 'account_ref', 'trigger_kind', 'trigger_id', 'topic', 'sent_at', 'responded_at', 'site', 'invitation_id',
    ]) }}
)

select * from answers
