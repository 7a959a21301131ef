"""Charts as inline SVG. Every one stands beside a table of the same numbers, which is what a screen reader reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from math import sqrt

from etl.report.page import asset, escape

MOST_COLUMNS = 366
"""Days that a column chart shows one by one; a longer time is drawn by month."""

_NORTH = 80.0
_CELL = 2


def bar(share: float) -> str:
    """A horizontal bar of `share` (0 to 1) of its cell, hidden from screen readers: the number stands beside it."""
    width = round(100 * min(max(share, 0.0), 1.0), 1)
    return (
        '<svg viewBox="0 0 100 8" width="100%" height="12" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false"><rect class="bar" width="{width}" height="8"/></svg>'
    )


def columns(title: str, counts: Sequence[tuple[date, int]]) -> str:
    """Columns over time, days without a count included; by month where days are too many. Empty without counts."""
    if not counts:
        return ""
    found = _evenly(counts)
    top = max(count for _, count in found)
    drawn = []
    for at, (day, count) in enumerate(found):
        height = round(100 * count / top, 1) if top else 0
        drawn.append(
            f'<rect class="bar" x="{at + 0.1}" y="{100 - height}" width=".8" height="{height}">'
            f"<title>{day:%d %b %Y}: {count:,}</title></rect>"
        )
    label = f"{title}: {len(found)} columns, highest {top:,}"
    return (
        f'<svg class="days" viewBox="0 0 {len(found)} 100" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
        f'<div class="ends" aria-hidden="true"><span>{found[0][0]:%d %b %Y}</span>'
        f"<span>highest {top:,}</span><span>{found[-1][0]:%d %b %Y}</span></div>"
    )


def _evenly(counts: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    first, last = counts[0][0], counts[-1][0]
    by_day = dict(counts)
    span = (last - first).days + 1
    if span <= MOST_COLUMNS:
        return [(day, by_day.get(day, 0)) for day in (first + timedelta(n) for n in range(span))]
    months: dict[date, int] = {}
    month, end = first.replace(day=1), last.replace(day=1)
    while month <= end:
        months[month] = 0
        month = (month + timedelta(32)).replace(day=1)
    for day, count in counts:
        months[day.replace(day=1)] += count
    return list(months.items())


def world(title: str, points: Sequence[tuple[str, float, float, int]]) -> str:
    """A map (plate carrée, 80° N to 60° S) with a dot a place; `points` are name, latitude, longitude, count."""
    top = max((count for *_, count in points), default=1)
    dots = []
    for name, latitude, longitude, count in sorted(points, key=lambda point: -point[3]):
        radius = round(1.2 + 4.5 * sqrt(count / top), 1)
        dots.append(
            f'<circle class="dot" cx="{longitude + 180:.1f}" cy="{_NORTH - latitude:.1f}" r="{radius}">'
            f"<title>{escape(name)}: {count:,}</title></circle>"
        )
    return (
        f'<svg class="map" viewBox="0 0 360 140" role="img" aria-label="{escape(title)}">'
        f'<path class="land" d="{_land()}"/>{"".join(dots)}</svg>'
    )


@cache
def _land() -> str:
    """The inhabited cells of the earth as one path."""
    drawn = []
    for line in asset("land.tsv").splitlines():
        if line.startswith("#"):
            continue
        row, _, spans = line.partition("\t")
        for span in spans.split():
            first, _, last = span.partition("-")
            width = (int(last) - int(first) + 1) * _CELL
            drawn.append(f"M{int(first) * _CELL} {int(row) * _CELL}h{width}v{_CELL}h-{width}z")
    return "".join(drawn)
