"""A drawing of the figures: horizontal bars in SVG, readable on a light and on a dark page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bench.goals import OURS
from bench.report import ROWS, Row, number
from bench.rounds import Results

_WIDTH, _MARGIN, _GUTTER = 920, 24, 40
_PANEL = (_WIDTH - 2 * _MARGIN - _GUTTER) // 2
_NAME, _BAR, _STEP, _TITLE, _GAP = 124, 14, 22, 56, 26
_VALUE = 62
_HEAD = 74
_SHOWN = (
    ("get64", "work"),
    ("mixed64", "work"),
    ("download", "work"),
    ("upload", "work"),
    ("ws200", "work"),
    ("push", "work"),
    ("open", "work"),
    ("idle", "at_5000"),
)
_BARS = (
    "sifu",
    "nginx",
    "nginx-bigbuf",
    "nginx-auth-cache",
    "nginx-auth",
    "haproxy",
    "caddy",
    "chp5",
    "chp4",
    "naive",
)
_UNITS = {
    "/CPU-s": "per CPU-second, more is better",
    "MB/CPU-s": "MB per CPU-second, more is better",
    "KB": "KB of private memory, less is better",
}
_HEADING = "Sifu's relay beside other proxies"
_EXPLANATION = (
    "Loopback, one core for the proxy, medians; work is counted per CPU-second "
    "of the proxy's own processes."
)
_OPENING = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" role="img" aria-labelledby="heading">
<style>{style}
</style>"""
_STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #24292f; }
  .heading { font-size: 19px; font-weight: 600; }
  .title { font-size: 14px; font-weight: 600; }
  .quiet { fill: #656d76; font-size: 12px; }
  .ours { fill: #c2410c; } text.ours { font-weight: 600; }
  .bar { fill: #b6c2cf; } .base { stroke: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .quiet { fill: #9198a1; }
    .ours { fill: #fb923c; } .bar { fill: #4b5765; } .base { stroke: #3d444d; }
  }"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure with the value of each peer that has one."""

    title: str
    unit: str
    values: tuple[tuple[str, float], ...]

    @property
    def height(self) -> int:
        return _TITLE + _STEP * len(self.values)


def draw(results: Results) -> str:
    """Return the SVG; panels stand in two columns, each below the shorter one."""
    heights = [_HEAD, _HEAD]
    body: list[str] = []
    for panel in _panels(results):
        column = 0 if heights[0] <= heights[1] else 1
        left = _MARGIN + column * (_PANEL + _GUTTER)
        body += _draw_panel(panel, left, heights[column])
        heights[column] += panel.height + _GAP
    height = max(heights)
    opening = _OPENING.format(width=_WIDTH, height=height, style=_STYLE)
    titles = [
        f'<text id="heading" class="heading" x="{_MARGIN}" y="36">{_HEADING}</text>',
        _text(_MARGIN, 56, _EXPLANATION, "quiet"),
    ]
    return "\n".join([opening, *titles, *body, "</svg>\n"])


def _panels(results: Results) -> Iterator[Panel]:
    rows = {(row.workload, row.figure): row for row in ROWS}
    for row in (rows[each] for each in _SHOWN):
        values = tuple(_values(row, results, _BARS))
        if values:
            yield Panel(row.title, _UNITS.get(row.unit, row.unit), values)


def _values(row: Row, results: Results, peers: Sequence[str]) -> Iterator[tuple[str, float]]:
    for peer in peers:
        value = results.median(row.workload, peer, row.figure)
        if value is not None and value > 0:
            yield peer, value


def _draw_panel(panel: Panel, left: int, top: int) -> Iterator[str]:
    yield _text(left, top + 14, panel.title, "title")
    yield _text(left, top + 32, panel.unit, "quiet")
    most = max(value for _, value in panel.values)
    room = _PANEL - _NAME - _VALUE
    bottom = top + panel.height - 6
    yield (
        f'<line class="base" x1="{left + _NAME}" x2="{left + _NAME}" '
        f'y1="{top + _TITLE - 16}" y2="{bottom}"/>'
    )
    for index, (peer, value) in enumerate(panel.values):
        y = top + _TITLE - 10 + index * _STEP
        kind = "ours" if peer == OURS else "bar"
        width = max(1.5, room * value / most)
        yield _text(left + _NAME - 8, y + 11, peer, "ours" if kind == "ours" else "", anchor="end")
        yield (
            f'<rect class="{kind}" x="{left + _NAME}" y="{y}" '
            f'width="{width:.1f}" height="{_BAR}" rx="2"/>'
        )
        yield _text(round(left + _NAME + width + 6), y + 11, number(value), "quiet")


def _text(x: int, y: int, text: str, kind: str, *, anchor: str = "start") -> str:
    attributes = f' class="{kind}"' if kind else ""
    return f'<text{attributes} x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
