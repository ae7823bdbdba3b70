with mentions as (
    {% for source_name in identity_sources() %}
    select * from {{ ref('stg_' ~ source_name ~ '__identity_records') }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from mentions
