{#- Decimals of a currency as Stripe's amounts count them (docs.stripe.com/currencies). They are its own: MGA has none, and for
    backward compatibility UGX and ISK have two, whose digits are always 00. HUF and TWD are without decimals in payouts alone. -#}
{% macro stripe_exponent(currency_expr) -%}
    case
        when {{ currency_expr }} in (
            'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
        ) then 0
        when {{ currency_expr }} in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 3
        else 2
    end
{%- endmacro %}

{#- What Stripe rounds amounts to, in the integers that it writes: the last digit of three decimals is always 0, and so are both of UGX and ISK. -#}
{% macro stripe_smallest_amount(currency_expr) -%}
    case
        when {{ currency_expr }} in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 10
        when {{ currency_expr }} in ('ISK', 'UGX') then 100
        else 1
    end
{%- endmacro %}

{#- An amount of Stripe's in minor units of its currency. -#}
{% macro stripe_minor(amount_expr, currency_expr) -%}
    cast(
        {{ amount_expr }} * power(10, {{ currency_exponent(currency_expr) }} - ({{ stripe_exponent(currency_expr) }}))
        as decimal(26, 6)
    )
{%- endmacro %}
