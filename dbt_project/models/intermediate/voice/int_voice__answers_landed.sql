with answers_landed as (
    {{ union_of_vendors('survey_sources', 'survey_answers_landed', ['source_name', 'survey_id', 'answers']) }}
)

select * from answers_landed
