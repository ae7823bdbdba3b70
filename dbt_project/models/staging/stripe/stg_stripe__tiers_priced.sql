{#- What tiers ask for the quantity of an item. graduated: each unit at the price of its tier, with the flat amount of every tier that
    is reached. volume: all units, and the flat amount, of the one tier that the quantity lies in. -#}
with states as (
    select * from {{ ref('stg_stripe__item_states') }}
),

prices as (
    select * from {{ ref('stg_stripe__prices') }}
    where billing_scheme = 'tiered' and tiers is not null
),

exploded as (
    select price_id, valid_from, valid_to, tiers_mode, {{ explode_json_list('tiers') }} as tier
    from prices
),

tiers as (
    select
        price_id,
        valid_from,
        valid_to,
        tiers_mode,
        try_cast({{ json_text('tier', 'up_to') }} as bigint) as up_to,
        {% for kind in ['unit', 'flat'] -%}
        coalesce(
            try_cast({{ json_text('tier', kind ~ '_amount_decimal') }} as double),
            try_cast({{ json_text('tier', kind ~ '_amount') }} as double),
            0
        ) as {{ kind }}_amount{{ "," if not loop.last }}
        {% endfor %}
    from exploded
),

-- above the one before it; the last has no end
stacked as (
    select
        *,
        coalesce(lag(up_to) over (partition by price_id, valid_from order by up_to nulls last), 0) as above
    from tiers
),

reached as (
    select
        states.item_id,
        states.state_number,
        stacked.tiers_mode,
        stacked.unit_amount,
        stacked.flat_amount,
        stacked.above,
        stacked.up_to,
        coalesce(states.quantity, 1) as quantity
    from states
    inner join stacked
        on states.price_id = stacked.price_id
        and states.last_shown_at >= stacked.valid_from
        and states.last_shown_at < stacked.valid_to
    -- nothing is still in the first tier
    where coalesce(states.quantity, 1) > stacked.above or (stacked.above = 0 and states.quantity = 0)
),

tiers_priced as (
    select
        item_id,
        state_number,
        sum(case
            when tiers_mode = 'volume' and quantity > coalesce(up_to, quantity) then 0
            when tiers_mode = 'volume' then quantity * unit_amount + flat_amount
            else (least(quantity, coalesce(up_to, quantity)) - above) * unit_amount + flat_amount
        end) as amount
    from reached
    group by item_id, state_number
)

select * from tiers_priced
