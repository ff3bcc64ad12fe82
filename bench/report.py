"""The figures as text: one table of medians with ratios, one of goals.

A ratio says how many times better Sifu is than the peer of that column, whether more is better or
less; below 1 the peer is better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.goals import OURS, TIMES, Goal, Judged, Verdict, judge, list_goals
from bench.rounds import Results
from bench.workloads import WORKLOADS

Table = list[list[str]]
_NONE = "\N{EN DASH}"
LEGEND = (
    "Goals: ✓✓ the aim is reached, ✓ what must be held is held, · there is only an aim, not "
    "reached, ✗ missed, ? not measured."
)
_MARKS = {
    Verdict.AIM: "✓✓",
    Verdict.FLOOR: "✓",
    Verdict.SHORT: "·",
    Verdict.BELOW: "✗",
    Verdict.UNKNOWN: "?",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: which figure, and whether small is good."""

    title: str
    workload: str
    figure: str
    unit: str
    less: bool


ROWS = (
    *(Row(each.title, each.name, each.figure, each.unit, each.unit == "µs") for each in WORKLOADS),
    Row("idle websocket, of 1,000", "idle", "at_1000", "KB", less=True),
    Row("idle websocket, of 5,000", "idle", "at_5000", "KB", less=True),
    Row("resident with 5,000 of them", "idle", "resident", "MB", less=True),
    Row("reader that never reads, 10 MB", "stalled", "get", "KB", less=True),
    Row("reader that never reads, websocket", "stalled", "push", "KB", less=True),
    Row("start to first answer", "start", "ms", "ms", less=True),
    Row("resident after it", "start", "resident", "MB", less=True),
    Row("proportional after it", "start", "proportional", "MB", less=True),
)


def figures_table(results: Results, peers: Sequence[str]) -> Table:
    """Head and rows; a cell is a median and, beside a rival's, the ratio."""
    table = [["", *peers]]
    for row in ROWS:
        cells = [_cell(row, peer, results) for peer in peers]
        if any(cell != _NONE for cell in cells):
            table.append([f"{row.title}, {row.unit}", *cells])
    return table


def _cell(row: Row, peer: str, results: Results) -> str:
    if peer in results.failures.get(row.workload, {}):
        return "failed"
    value = results.median(row.workload, peer, row.figure)
    if value is None:
        return _NONE
    ours = results.median(row.workload, OURS, row.figure)
    if peer == OURS or not ours or value <= 0:
        return number(value)
    return f"{number(value)} · {ratio(value / ours if row.less else ours / value)}"


def goals_table(results: Results, *, has_pair: bool) -> Table:
    """Each goal with its limits and what was measured."""
    table = [["goal", "against", "at least", "aim", "measured", ""]]
    for goal in list_goals(has_pair=has_pair):
        judged = judge(goal, results)
        table.append(
            [
                goal.text,
                goal.against or "",
                _limit(goal, goal.floor),
                _limit(goal, goal.aim),
                _measured(judged),
                _MARKS[judged.verdict],
            ]
        )
    return table


def _limit(goal: Goal, value: float | None) -> str:
    return "" if value is None else f"{'≤' if goal.less else '≥'} {value:g}{goal.unit}"


def _measured(judged: Judged) -> str:
    if judged.value is None:
        return judged.verdict.value
    digits = f"{judged.value:.2f}" if judged.goal.against else number(judged.value)
    return digits + judged.goal.unit


def remarks(results: Results) -> list[str]:
    """What is missing, what failed, how far rounds were apart, what was compared."""
    lines = [f"missing: {peer}: {reason}" for peer, reason in results.missing.items()]
    for workload, peers in results.failures.items():
        lines += [f"failed: {peer}, {workload}: {reason}" for peer, reason in peers.items()]
    apart = [
        results.spread(workload, peer, "work")
        for workload, peers in results.runs.items()
        for peer, figures in peers.items()
        if len(figures.get("work", ())) > 1
    ]
    if apart:
        lines.append(
            f"rounds were {median(apart):.0%} apart (median of greatest less smallest), "
            f"{max(apart):.0%} at most"
        )
    lines += [f"{peer}: {version}" for peer, version in results.versions.items()]
    return lines


def as_text(table: Table) -> str:
    """Align columns with blanks; the first to the left, the others to the right."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    )


def as_markdown(table: Table) -> str:
    """The same for docs/performance.md."""
    head, *rows = table
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rows))


def number(value: float) -> str:
    """Three digits, as far as they are before the point; thousands with a comma."""
    if abs(value) >= 1000:
        rounded = round(value, 3 - len(str(int(abs(value)))))
        return f"{rounded:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}"


def ratio(value: float) -> str:
    digits = f"{value:.0f}" if value >= 10 else f"{value:.2f}" if value < 1 else f"{value:.1f}"
    return digits + TIMES
