"""Amounts as bars of an SVG: numbers in, places and sizes out, on the same plane as `plots`.

Promises: the axis begins at nothing, and what is not nothing is seen, however little it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from proxy.core.plots import HEIGHT, WIDTH, nice_ceiling

_GAP: Final = 0.25  # of the place of a bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle on the plane, of nothing if its `value` is."""

    label: str
    value: float
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """`ceiling` is the value at the upper edge, `highest` the first of the highest bars."""

    bars: Sequence[Bar]
    ceiling: float
    highest: Bar | None


def draw_bars(values: Sequence[float], labels: Sequence[str]) -> Bars:
    """Draw one bar for each value, from left to right."""
    ceiling = nice_ceiling(max([1.0, *values]))
    place = WIDTH / max(1, len(values))
    bars = [
        _bar(label, value, (at + _GAP / 2) * place, place * (1 - _GAP), ceiling)
        for at, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    highest = max(bars, key=lambda bar: bar.value, default=None)
    return Bars(bars, ceiling, highest if highest is not None and highest.value else None)


def _bar(label: str, value: float, left: float, width: float, ceiling: float) -> Bar:
    height = max(value / ceiling * HEIGHT, 1.0) if value > 0 else 0.0
    return Bar(
        label, value, round(left, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2)
    )
