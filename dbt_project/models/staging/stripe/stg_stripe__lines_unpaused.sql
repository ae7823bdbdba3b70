{#- Lines cut by the pauses of their subscription: what counts until a pause begins, and from the day it ends. -#}
with lines as (
    select * from {{ ref('stg_stripe__lines_bounded') }}
),

pauses as (
    select * from {{ ref('stg_stripe__subscription_pauses') }}
    {% if var('pause_policy') == 'keep' -%}
    where false
    {%- endif %}
),

bounded as (
    select
        *,
        {{ earliest(['service_ends_at', 'cancelled_from_at', 'grace_ends_at']) }} as ends_at
    from lines
),

cuts as (
    select
        bounded.line_id,
        pauses.paused_from_at,
        pauses.resumed_at,
        row_number() over (partition by bounded.line_id order by pauses.paused_from_at) as cut_number
    from bounded
    inner join pauses
        on bounded.subscription_id = pauses.subscription_id
        and coalesce(pauses.paused_from_at <= bounded.ends_at, true)
        and coalesce(pauses.resumed_at > bounded.counted_from_at, true)
    where bounded.kind = 'recurring' and bounded.exclusion_reason is null
),

pieces as (
    select bounded.*, bounded.line_id as piece_id, 0 as cut_number, bounded.counted_from_at as piece_from_at
    from bounded
    union all
    select
        bounded.*,
        bounded.line_id || ':resumed:' || cast(cuts.cut_number as {{ dbt.type_string() }}) as piece_id,
        cuts.cut_number,
        cuts.resumed_at as piece_from_at
    from bounded
    inner join cuts on bounded.line_id = cuts.line_id
    where coalesce(cuts.resumed_at < bounded.ends_at, cuts.resumed_at is not null)
),

starts as (
    select distinct subscription_id, resumed_at from pauses
),

unpaused as (
    select
        pieces.* except (line_id, piece_id, counted_from_at, piece_from_at, cut_number, ends_at),
        pieces.piece_id as line_id,
        pieces.piece_from_at as counted_from_at,
        next_cut.paused_from_at,
        case when starts.resumed_at is not null then 'resume' end as start_cause,
        {{ earliest(['pieces.ends_at', 'next_cut.paused_from_at']) }} as counted_until_at
    from pieces
    left join cuts as next_cut on pieces.line_id = next_cut.line_id and next_cut.cut_number = pieces.cut_number + 1
    left join starts on pieces.subscription_id = starts.subscription_id and pieces.piece_from_at = starts.resumed_at
)

select * from unpaused
