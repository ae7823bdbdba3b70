{#- The few places where DuckDB and Spark SQL differ. Everything else in the project is SQL that both speak.
    date_expr, ts_expr: SQL expressions; timestamps are naive UTC. -#}

{% macro add_days(date_expr, days) -%}{{ adapter.dispatch('add_days')(date_expr, days) }}{%- endmacro %}
{% macro default__add_days(date_expr, days) -%}cast({{ date_expr }} + to_days(cast({{ days }} as integer)) as date){%- endmacro %}
{% macro spark__add_days(date_expr, days) -%}date_add({{ date_expr }}, cast({{ days }} as int)){%- endmacro %}

{% macro add_months(date_expr, months) -%}{{ adapter.dispatch('add_months')(date_expr, months) }}{%- endmacro %}
{% macro default__add_months(date_expr, months) -%}cast({{ date_expr }} + to_months(cast({{ months }} as integer)) as date){%- endmacro %}
{% macro spark__add_months(date_expr, months) -%}add_months({{ date_expr }}, cast({{ months }} as int)){%- endmacro %}

{#- First day of the month of a date. -#}
{% macro month_of(date_expr) -%}cast(date_trunc('month', {{ date_expr }}) as date){%- endmacro %}

{#- Whole days from one date to another; negative when it is earlier. -#}
{% macro days_between(from_date, to_date) -%}{{ adapter.dispatch('days_between')(from_date, to_date) }}{%- endmacro %}
{% macro default__days_between(from_date, to_date) -%}(cast({{ to_date }} as date) - cast({{ from_date }} as date)){%- endmacro %}
{% macro spark__days_between(from_date, to_date) -%}datediff({{ to_date }}, {{ from_date }}){%- endmacro %}

{#- Month number since year 0, to count months as integers. -#}
{% macro month_number(date_expr) -%}(extract(year from {{ date_expr }}) * 12 + extract(month from {{ date_expr }}) - 1){%- endmacro %}

{#- Seconds (bigint) from one timestamp to another. -#}
{% macro seconds_between(from_ts, to_ts) -%}{{ adapter.dispatch('seconds_between')(from_ts, to_ts) }}{%- endmacro %}
{% macro default__seconds_between(from_ts, to_ts) -%}cast(date_diff('second', {{ from_ts }}, {{ to_ts }}) as bigint){%- endmacro %}
{% macro spark__seconds_between(from_ts, to_ts) -%}(unix_timestamp({{ to_ts }}) - unix_timestamp({{ from_ts }})){%- endmacro %}

{#- Midnight that begins a local date in the reporting time zone, as naive UTC. -#}
{% macro local_midnight_utc(date_expr) -%}{{ adapter.dispatch('local_midnight_utc')(date_expr) }}{%- endmacro %}
{% macro default__local_midnight_utc(date_expr) -%}
    {%- if var('reporting_timezone') == 'UTC' -%}
    cast({{ date_expr }} as timestamp)
    {%- else -%}
    (timezone('UTC', timezone('{{ var("reporting_timezone") }}', cast({{ date_expr }} as timestamp))))
    {%- endif -%}
{%- endmacro %}
{% macro spark__local_midnight_utc(date_expr) -%}to_utc_timestamp(cast({{ date_expr }} as timestamp), '{{ var("reporting_timezone") }}'){%- endmacro %}

{#- Local date, in the reporting time zone, of a naive UTC timestamp. -#}
{% macro local_date(ts_expr) -%}{{ adapter.dispatch('local_date')(ts_expr) }}{%- endmacro %}
{% macro default__local_date(ts_expr) -%}
    {%- if var('reporting_timezone') == 'UTC' -%}
    cast({{ ts_expr }} as date)
    {%- else -%}
    cast(timezone('{{ var("reporting_timezone") }}', timezone('UTC', {{ ts_expr }})) as date)
    {%- endif -%}
{%- endmacro %}
{% macro spark__local_date(ts_expr) -%}cast(from_utc_timestamp({{ ts_expr }}, '{{ var("reporting_timezone") }}') as date){%- endmacro %}

{#- Microseconds since 1970 of a naive UTC timestamp, the unit of a raw row's _version. -#}
{% macro epoch_micros(ts_expr) -%}{{ adapter.dispatch('epoch_micros')(ts_expr) }}{%- endmacro %}
{% macro default__epoch_micros(ts_expr) -%}epoch_us({{ ts_expr }}){%- endmacro %}
{% macro spark__epoch_micros(ts_expr) -%}unix_micros({{ ts_expr }}){%- endmacro %}

{#- One text field of a JSON text column; NULL when absent or JSON null. path without the leading $. -#}
{% macro json_text(json_expr, path) -%}{{ adapter.dispatch('json_text')(json_expr, path) }}{%- endmacro %}
{% macro default__json_text(json_expr, path) -%}json_extract_string({{ json_expr }}, '$.{{ path }}'){%- endmacro %}
{% macro spark__json_text(json_expr, path) -%}get_json_object({{ json_expr }}, '$.{{ path }}'){%- endmacro %}

{#- A whole number that equal values share and others hardly ever: to group by, never to keep. -#}
{% macro row_hash(expression) -%}{{ adapter.dispatch('row_hash')(expression) }}{%- endmacro %}
{% macro default__row_hash(expression) -%}hash({{ expression }}){%- endmacro %}
{% macro spark__row_hash(expression) -%}xxhash64({{ expression }}){%- endmacro %}

{#- Stable text key (32 hex) of several expressions; NULL and '' stay apart. -#}
{% macro surrogate_key(expressions) -%}
    md5({% for e in expressions %}coalesce(cast({{ e }} as {{ dbt.type_string() }}), '_null_'){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}

{#- An id as it is seen: one Unicode form, one kind of space, nothing invisible. The drop folder's reader has the same rule
    (ingestion/drop_folder/texts.py). Spark has no Unicode forms of its own: there only spaces and the invisible are taken off. -#}
{% macro same_text(text_expr) -%}{{ adapter.dispatch('same_text')(text_expr) }}{%- endmacro %}
{% macro default__same_text(text_expr) -%}
    case
        when regexp_full_match({{ text_expr }}, '[!-~]*') then {{ text_expr }}
        else trim(regexp_replace(
            regexp_replace(
                nfc_normalize({{ text_expr }}),
                '[\x{AD}\x{61C}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}\x{FE00}-\x{FE0F}\x{FEFF}]', '', 'g'
            ),
            '[\s\p{Z}\x{0B}\x{1C}-\x{1F}\x{85}]+', ' ', 'g'
        ))
    end
{%- endmacro %}
{% macro spark__same_text(text_expr) -%}
    trim(regexp_replace(
        regexp_replace(
            {{ text_expr }},
            '[\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFE00-\\uFE0F\\uFEFF]', ''
        ),
        '[\\s\\p{Z}\\u000B\\u001C-\\u001F\\u0085]+', ' '
    ))
{%- endmacro %}

{#- A ratio: NULL when the denominator is 0 or NULL, never 0 or infinite. -#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{#- One row per integer from first to last, both included, in a select list; first must not exceed last. -#}
{% macro explode_integers(first, last) -%}{{ adapter.dispatch('explode_integers')(first, last) }}{%- endmacro %}
{% macro default__explode_integers(first, last) -%}unnest(range(cast({{ first }} as bigint), cast({{ last }} as bigint) + 1)){%- endmacro %}
{% macro spark__explode_integers(first, last) -%}explode(sequence(cast({{ first }} as bigint), cast({{ last }} as bigint))){%- endmacro %}

{#- One row per element of a JSON list held as text, in a select list; each element is JSON again. -#}
{% macro explode_json_list(json_expr) -%}{{ adapter.dispatch('explode_json_list')(json_expr) }}{%- endmacro %}
{% macro default__explode_json_list(json_expr) -%}unnest(json_extract({{ json_expr }}, '$[*]')){%- endmacro %}
{% macro spark__explode_json_list(json_expr) -%}explode(from_json({{ json_expr }}, 'array<string>')){%- endmacro %}

{#- A timestamp moved by whole seconds (an integer expression). -#}
{% macro add_seconds(ts_expr, seconds) -%}{{ adapter.dispatch('add_seconds')(ts_expr, seconds) }}{%- endmacro %}
{% macro default__add_seconds(ts_expr, seconds) -%}({{ ts_expr }} + to_seconds(cast({{ seconds }} as bigint))){%- endmacro %}
{% macro spark__add_seconds(ts_expr, seconds) -%}({{ ts_expr }} + make_dt_interval(0, 0, 0, {{ seconds }})){%- endmacro %}

{#- What a clock on the wall of an IANA time zone (an expression) shows at a naive UTC timestamp. Never ambiguous, unlike the way back. -#}
{% macro wall_clock(ts_expr, zone_expr) -%}{{ adapter.dispatch('wall_clock')(ts_expr, zone_expr) }}{%- endmacro %}
{% macro default__wall_clock(ts_expr, zone_expr) -%}timezone({{ zone_expr }}, timezone('UTC', {{ ts_expr }})){%- endmacro %}
{% macro spark__wall_clock(ts_expr, zone_expr) -%}from_utc_timestamp({{ ts_expr }}, {{ zone_expr }}){%- endmacro %}

{#- Ends the run with a message, when a row needs it: for what must never be published. -#}
{% macro fail_run(message_expr) -%}{{ adapter.dispatch('fail_run')(message_expr) }}{%- endmacro %}
{% macro default__fail_run(message_expr) -%}error({{ message_expr }}){%- endmacro %}
{% macro spark__fail_run(message_expr) -%}raise_error({{ message_expr }}){%- endmacro %}

{#- First day of the month that month_number() counts. -#}
{% macro first_of_month(number_expr) -%}{{ adapter.dispatch('first_of_month')(number_expr) }}{%- endmacro %}
{% macro default__first_of_month(number_expr) -%}make_date(cast(({{ number_expr }}) // 12 as bigint), cast(({{ number_expr }}) % 12 + 1 as bigint), 1){%- endmacro %}
{% macro spark__first_of_month(number_expr) -%}make_date(cast(({{ number_expr }}) div 12 as int), cast(({{ number_expr }}) % 12 + 1 as int), 1){%- endmacro %}

{#- Naive UTC timestamp of microseconds since 1970. -#}
{% macro micros_to_timestamp(micros_expr) -%}{{ adapter.dispatch('micros_to_timestamp')(micros_expr) }}{%- endmacro %}
{% macro default__micros_to_timestamp(micros_expr) -%}make_timestamp({{ micros_expr }}){%- endmacro %}
{% macro spark__micros_to_timestamp(micros_expr) -%}timestamp_micros({{ micros_expr }}){%- endmacro %}

{#- Line of a seed's CSV file that a loaded row came from (the header is line 1). -#}
{% macro seed_line() -%}{{ adapter.dispatch('seed_line')() }}{%- endmacro %}
{% macro default__seed_line() -%}(rowid - min(rowid) over () + 2){%- endmacro %}
{% macro spark__seed_line() -%}(monotonically_increasing_id() + 2){%- endmacro %}

{#- A timestamp moved by whole billing periods (negative: back), by the calendar. -#}
{% macro add_periods(ts_expr, interval_expr, count_expr) -%}{{ adapter.dispatch('add_periods')(ts_expr, interval_expr, count_expr) }}{%- endmacro %}
{% macro default__add_periods(ts_expr, interval_expr, count_expr) -%}
    case {{ interval_expr }}
        when 'month' then {{ ts_expr }} + to_months(cast({{ count_expr }} as integer))
        when 'year' then {{ ts_expr }} + to_months(cast(12 * {{ count_expr }} as integer))
        when 'week' then {{ ts_expr }} + to_days(cast(7 * {{ count_expr }} as integer))
        when 'day' then {{ ts_expr }} + to_days(cast({{ count_expr }} as integer))
    end
{%- endmacro %}
{% macro spark__add_periods(ts_expr, interval_expr, count_expr) -%}
    case {{ interval_expr }}
        when 'month' then {{ ts_expr }} + make_ym_interval(0, cast({{ count_expr }} as int))
        when 'year' then {{ ts_expr }} + make_ym_interval(cast({{ count_expr }} as int), 0)
        when 'week' then {{ ts_expr }} + make_dt_interval(cast(7 * {{ count_expr }} as int))
        when 'day' then {{ ts_expr }} + make_dt_interval(cast({{ count_expr }} as int))
    end
{%- endmacro %}

{#- Whole billing periods (interval x count) from one date to a later one, by number of month or day: the last of them may begin
    after the later date, within its month. -#}
{% macro whole_periods(from_date, to_date, interval_expr, count_expr) -%}
    cast(floor(
        case {{ interval_expr }}
            when 'month' then {{ month_number(to_date) }} - {{ month_number(from_date) }}
            when 'year' then cast({{ month_number(to_date) }} - {{ month_number(from_date) }} as double) / 12
            when 'week' then cast({{ days_between(from_date, to_date) }} as double) / 7
            when 'day' then {{ days_between(from_date, to_date) }}
        end / {{ count_expr }}
    ) as bigint)
{%- endmacro %}

{#- The least of several expressions, NULLs left out; NULL when all are. Both engines' least() does just that. -#}
{% macro earliest(expressions) -%}least({{ expressions | join(', ') }}){%- endmacro %}

{#- A column name that a parser may take for a word of its own. -#}
{% macro quoted(identifier) -%}{{ adapter.dispatch('quoted')(identifier) }}{%- endmacro %}
{% macro default__quoted(identifier) -%}"{{ identifier }}"{%- endmacro %}
{% macro spark__quoted(identifier) -%}`{{ identifier }}`{%- endmacro %}

{#- The last non-NULL value of an expression up to this row, by account and month. -#}
{% macro last_known(expr) -%}{{ adapter.dispatch('last_known')(expr) }}{%- endmacro %}
{% macro default__last_known(expr) -%}last_value({{ expr }} ignore nulls) over (partition by revenue.account_id order by revenue.calendar_month rows between unbounded preceding and current row){%- endmacro %}
{% macro spark__last_known(expr) -%}last_value({{ expr }}, true) over (partition by revenue.account_id order by revenue.calendar_month rows between unbounded preceding and current row){%- endmacro %}

{#- Texts of a group as one, in order. -#}
{% macro joined_text(text_expr, separator) -%}{{ adapter.dispatch('joined_text')(text_expr, separator) }}{%- endmacro %}
{% macro default__joined_text(text_expr, separator) -%}listagg({{ text_expr }}, '{{ separator }}' order by {{ text_expr }}){%- endmacro %}
{% macro spark__joined_text(text_expr, separator) -%}listagg({{ text_expr }}, '{{ separator }}') within group (order by {{ text_expr }}){%- endmacro %}

{#- Sum and mean of doubles that don't depend on the order of rows: added as decimals, for a parallel scan adds in any order.
    Fifteen decimals, magnitudes below 1e23. -#}
{% macro exact_sum(expression) -%}
    cast(sum(cast({{ expression }} as decimal(38, 15))) as double)
{%- endmacro %}

{% macro exact_mean(expression) -%}
    {{ exact_sum(expression) }} / nullif(count({{ expression }}), 0)
{%- endmacro %}

{#- Texts of a group as one, in the order of another column. -#}
{% macro joined_in_order(text_expr, separator, order_expr) -%}{{ adapter.dispatch('joined_in_order')(text_expr, separator, order_expr) }}{%- endmacro %}
{% macro default__joined_in_order(text_expr, separator, order_expr) -%}listagg({{ text_expr }}, '{{ separator }}' order by {{ order_expr }}){%- endmacro %}
{% macro spark__joined_in_order(text_expr, separator, order_expr) -%}listagg({{ text_expr }}, '{{ separator }}') within group (order by {{ order_expr }}){%- endmacro %}
