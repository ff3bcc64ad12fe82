"""Where what stands in a heat map: as big as can be read if it is small, as small as need be else.

Promises: of a big course the notebooks that most people opened are drawn, `MOST_COLUMNS` of them;
lines that are too thin for a name are numbered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from proxy.core.course_statistics import Statistics

MOST_COLUMNS: Final = 200
_MOST: Final = 990  # as a broad page is
_MOST_WIDTH: Final = 40
_LEAST_WIDTH: Final = 4
_NAMED: Final = 60  # as many students have a line each that holds a name
_HEIGHTS: Final = ((_NAMED, 17), (400, 6))
_LEAST_HEIGHT: Final = 3
_NAMES_WIDTH: Final = 150
_NUMBERS_WIDTH: Final = 46
_TOP: Final = 22
_MOST_LETTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Label:
    """A text and the place at which it ends (of a line) or has its middle (of a column)."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class HeatLayout:
    """All in pixels; the cells begin at `left` and `top`. `columns` are the notebooks drawn."""

    columns: Sequence[int]
    left: int
    top: int
    cell_width: int
    cell_height: int
    rows: int
    row_labels: Sequence[Label]
    column_labels: Sequence[Label]

    @property
    def plane_width(self) -> int:
        return self.cell_width * len(self.columns)

    @property
    def plane_height(self) -> int:
        return self.cell_height * self.rows

    @property
    def width(self) -> int:
        return self.left + self.plane_width

    @property
    def height(self) -> int:
        return self.top + self.plane_height


def lay_out(found: Statistics) -> HeatLayout:
    """Return where what stands."""
    columns, rows = shown_columns(found), len(found.students)
    height = next((size for most, size in _HEIGHTS if rows <= most), _LEAST_HEIGHT)
    has_names = rows <= _NAMED
    left = _NAMES_WIDTH if has_names else _NUMBERS_WIDTH
    width = min(_MOST_WIDTH, max(_LEAST_WIDTH, (_MOST - left) // max(1, len(columns))))
    return HeatLayout(
        columns,
        left,
        _TOP,
        width,
        height,
        rows,
        [
            Label(_short(each.person.name) if has_names else str(at + 1), (at + 0.5) * height)
            for at, each in enumerate(found.students)
            if has_names or _is_told(at, _step(height))
        ],
        [
            Label(str(at + 1), (at + 0.5) * width)
            for at in range(len(columns))
            if _is_told(at, _step(width))
        ],
    )


def shown_columns(found: Statistics) -> list[int]:
    """Return the places of the notebooks that are drawn, in their order."""
    places = range(len(found.notebooks))
    if len(places) <= MOST_COLUMNS:
        return list(places)
    by_people = sorted(places, key=lambda at: (-found.notebooks[at].people, at))
    return sorted(by_people[:MOST_COLUMNS])


def _step(size: int) -> int:
    """Return how many cells of this size there are from one number to the next."""
    return next(step for step in (1, 5, 10, 50, 100) if step * size >= 20)


def _is_told(at: int, step: int) -> bool:
    return at == 0 or (at + 1) % step == 0


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else name[: _MOST_LETTERS - 1] + "…"
