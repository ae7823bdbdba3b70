"""The report's charts as SVG texts: drawn by Altair, rendered by vl-convert, coloured by the page's own style sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quality.report.figures import Row

CLASSES = ["Growth", "Happy", "Unknown", "At-Risk", "Dangling"]
# Readable on light and on dark paper; told apart by lightness too, for those who see no hues.
CLASS_COLOURS = ["#2f8f6b", "#6fb7e9", "#9aa3a8", "#e0a030", "#c2453a"]
FIRST, SECOND, THIRD = "#2f6fb0", "#e0a030", "#2f8f6b"
WIDTH, HEIGHT = 560, 210


def line_chart(rows: Sequence[Row], series: dict[str, str], *, share: bool = True, rule: float | None = None) -> str:
    """Lines over months. series: column -> what it is called; share: values are fractions, shown in per cent."""
    import altair as alt  # noqa: PLC0415 - its import takes a second, which only a publication pays

    values = [
        {"month": _day(row["calendar_month"]), "series": name, "value": row[column]}
        for row in rows
        for column, name in series.items()
        if row[column] is not None
    ]
    if not values:
        return ""
    names = list(series.values())
    base = alt.Chart(alt.Data(values=values)).encode(
        x=_months(alt),
        y=alt.Y(
            "value:Q",
            title=None,
            scale=alt.Scale(zero=False, nice=True),
            axis=alt.Axis(format="%" if share else "~s", tickCount=5),
        ),
        color=_colour(alt, names),
    )
    layers = [base.mark_line(strokeWidth=2.2)]
    if rule is not None:
        layers.append(
            alt.Chart(alt.Data(values=[{"value": rule}])).mark_rule(strokeDash=[4, 4], color="#888").encode(y="value:Q")
        )
    return _svg(alt.layer(*layers))


def interval_chart(rows: Sequence[Row], value: str, low: str, high: str, *, share: bool) -> str:
    """One score over months with its 95 % interval."""
    import altair as alt  # noqa: PLC0415 - as above

    values = [
        {"month": _day(row["calendar_month"]), "value": row[value], "low": row[low], "high": row[high]}
        for row in rows
        if row[value] is not None
    ]
    if not values:
        return ""
    axis = alt.Axis(format="%" if share else "", tickCount=5)
    base = alt.Chart(alt.Data(values=values)).encode(x=_months(alt))
    band = base.mark_area(opacity=0.22, color=FIRST).encode(
        y=alt.Y("low:Q", title=None, axis=axis, scale=alt.Scale(zero=False)), y2="high:Q"
    )
    line = base.mark_line(color=FIRST, strokeWidth=2.2, point=alt.OverlayMarkDef(size=18, color=FIRST)).encode(
        y="value:Q"
    )
    return _svg(alt.layer(band, line))


def bridge_chart(steps: Iterable[tuple[str, float, float]]) -> str:
    """A bridge of amounts: (name, from, to) in major units, in order."""
    import altair as alt  # noqa: PLC0415 - as above

    values = [
        {"step": name, "from": start, "to": end, "kind": "level" if start == 0 else "up" if end >= start else "down"}
        for name, start, end in steps
    ]
    if not values:
        return ""
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar(size=34)
        .encode(
            x=alt.X("step:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("from:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(format="~s", tickCount=5)),
            y2="to:Q",
            color=alt.Color(
                "kind:N",
                legend=None,
                scale=alt.Scale(domain=["level", "up", "down"], range=[FIRST, THIRD, CLASS_COLOURS[4]]),
            ),
        )
    )
    return _svg(chart)


def stacked_chart(
    rows: Sequence[Row], x: str, series: dict[str, str], colours: Sequence[str], *, quarters: bool = False
) -> str:
    """Stacked bars over months or quarters. series: column -> what it is called."""
    import altair as alt  # noqa: PLC0415 - as above

    values = [
        {"month": _day(row[x]), "series": name, "order": place, "value": float(row[column] or 0)}
        for row in rows
        for place, (column, name) in enumerate(series.items())
    ]
    if not any(one["value"] for one in values):
        return ""
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            x=_months(alt, unit="yearquarter" if quarters else "yearmonth"),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
            color=_colour(alt, list(series.values()), colours),
            order="order:Q",
        )
    )
    return _svg(chart)


def class_amounts_chart(rows: Sequence[Row], amount: str, divisor: float) -> str:
    """Amounts by month, stacked by class. Rows have calendar_month and customer_class."""
    import altair as alt  # noqa: PLC0415 - as above

    values = [
        {
            "month": _day(row["calendar_month"]),
            "series": row["customer_class"],
            "order": CLASSES.index(row["customer_class"]),
            "value": float(row[amount] or 0) / divisor,
        }
        for row in rows
        if row["customer_class"] in CLASSES
    ]
    if not values:
        return ""
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            x=_months(alt, unit="yearmonth"),
            y=alt.Y("sum(value):Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
            color=_colour(alt, CLASSES, CLASS_COLOURS),
            order="order:Q",
        )
    )
    return _svg(chart)


def reason_chart(rows: Sequence[Row], divisor: float) -> str:
    """Lost amounts by reason."""
    import altair as alt  # noqa: PLC0415 - as above

    values = [
        {
            "reason": str(row["reason"]).replace("_", " "),
            "kind": {True: "their choice", False: "not their choice"}.get(row["is_voluntary"], "not known"),
            "value": float(row["lost_minor"]) / divisor,
        }
        for row in rows
    ]
    if not values:
        return ""
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            y=alt.Y("reason:N", sort="-x", title=None),
            x=alt.X("value:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
            color=_colour(
                alt, ["their choice", "not their choice", "not known"], [FIRST, SECOND, CLASS_COLOURS[2]], "kind"
            ),
        )
    )
    return _svg(chart, height=34 * len({one["reason"] for one in values}) + 20)


def _months(alt: Any, *, unit: str = "") -> Any:
    """The axis of time. unit: for bars, `yearmonth` or `yearquarter`, so that each fills its share of the axis."""
    labels = "Q%q %y" if unit == "yearquarter" else "%b %y"
    return alt.X(
        f"{unit}(month):T" if unit else "month:T",
        title=None,
        axis=alt.Axis(format=labels, labelAngle=0, tickCount=6, grid=False),
    )


def _colour(
    alt: Any, names: Sequence[str], colours: Sequence[str] = (FIRST, SECOND, THIRD), field: str = "series"
) -> Any:
    legend = alt.Legend(title=None, orient="top", symbolStrokeWidth=3) if len(names) > 1 else None
    scale = alt.Scale(domain=list(names), range=list(colours)[: len(names)])
    return alt.Color(f"{field}:N", legend=legend, scale=scale, sort=list(names))


def _svg(chart: Any, height: int = HEIGHT) -> str:
    """The chart as an SVG without background or fixed size; its ink and grid are the page's."""
    import vl_convert  # noqa: PLC0415 - loads a JavaScript engine

    quiet = {
        "labelColor": "#777",
        "titleColor": "#777",
        "domainColor": "#999",
        "tickColor": "#999",
        "gridColor": "#9995",
        "labelFontSize": 12,
    }
    styled = (
        chart.properties(
            width=WIDTH,
            height=height,
            background="transparent",
            padding={"left": 14, "right": 10, "top": 4, "bottom": 4},
        )
        .configure(font="system-ui, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(**quiet)
        .configure_legend(labelColor="#777", labelFontSize=12)
    )
    text = vl_convert.vegalite_to_svg(styled.to_dict())
    return re.sub(
        r'<svg [^>]*?viewBox="([^"]+)"[^>]*>',
        r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="\1" aria-hidden="true">',
        text,
        count=1,
    )


def _day(value: Any) -> str:
    return str(value)[:10]
