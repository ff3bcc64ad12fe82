"""A line over time as the path of an SVG: points in, text out.

Rules. (1) The plane is `WIDTH` by `HEIGHT` whatever is drawn, and the axis begins at nothing. (2) A
line has `MOST` points at most; where several samples fall together, the highest counts, so that no
peak is hidden. (3) Where nothing was measured there is no line.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 600
HEIGHT: Final = 120
MOST: Final = 200
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """`line` and `area` are path data; `ceiling` is the value at the upper edge."""

    line: str
    area: str
    ceiling: float
    latest: float
    highest: float
    lowest: float


def draw(
    points: Sequence[Point],
    *,
    begin: float,
    end: float,
    gap: float,
    thousand: float = 1000,
    least: float = 1,
) -> Plot:
    """Draw values over time from `begin` to `end`; a pause longer than `gap` seconds is a gap.

    The upper edge is never below `least`.
    """
    shown = list(thin((point for point in points if begin <= point[0] <= end), begin, end))
    values = [value for _, value in points] or [0.0]
    ceiling = nice_ceiling(max(least, *values), thousand)
    spread = max(gap, 2 * (end - begin) / MOST)
    pieces = [
        [(_across(at, begin, end), _up(value, ceiling)) for at, value in piece]
        for piece in _pieces(shown, spread)
    ]
    return Plot(
        line="".join(_line(piece) for piece in pieces),
        area="".join(_area(piece) for piece in pieces),
        ceiling=ceiling,
        latest=values[-1],
        highest=max(values),
        lowest=min(values),
    )


def thin(points: Iterable[Point], begin: float, end: float) -> Iterator[Point]:
    """Yield at most `MOST` points: of each stretch of time its highest value."""
    width = (end - begin) / MOST
    best: Point | None = None
    stretch = -1
    for at, value in points:
        place = min(int((at - begin) / width), MOST - 1)
        if best is not None and place != stretch:
            yield best
            best = None
        stretch = place
        if best is None or value >= best[1]:
            best = (at, value)
    if best is not None:
        yield best


def nice_ceiling(value: float, thousand: float = 1000) -> float:
    """Return 1, 2, 5, 10 … 500 of a unit, not below `value` nor below 1.

    Units are the powers of `thousand`, which is 1024 for bytes.
    """
    if value <= 1:
        return 1.0
    unit = thousand ** math.floor(math.log(value, thousand))
    return next((step * unit for step in _STEPS if step * unit >= value), thousand * unit)


def _pieces(points: Iterable[Point], spread: float) -> Iterator[list[Point]]:
    piece: list[Point] = []
    for point in points:
        if piece and point[0] - piece[-1][0] > spread:
            yield piece
            piece = []
        piece.append(point)
    if piece:
        yield piece


def _line(piece: list[Point]) -> str:
    first, *rest = piece
    # A single point is drawn as a short stroke: a path without length shows nothing.
    rest = rest or [(first[0] + 1, first[1])]
    return f"M{_pair(first)}" + "".join(f"L{_pair(point)}" for point in rest)


def _area(piece: list[Point]) -> str:
    return f"{_line(piece)}L{piece[-1][0]:.1f} {HEIGHT}L{piece[0][0]:.1f} {HEIGHT}Z"


def _across(at: float, begin: float, end: float) -> float:
    return (at - begin) / (end - begin) * WIDTH


def _up(value: float, ceiling: float) -> float:
    return HEIGHT - value / ceiling * HEIGHT


def _pair(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
