"""The figures as tables: medians, beside a rival's how Sifu compares, and what had to be reached.

A ratio here is our figure divided by JupyterHub's, as the goals are put: small is good.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.goals import TIMES, Goal, Verdict, judge
from bench.report import Table, number
from bench.rounds import Results
from bench.servers.rivals import HUB
from bench.servers.session import ALL, MEMORY, ONE

_NONE = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    title: str
    workload: str
    figure: str
    unit: str
    compares: bool = True


ROWS: Final = (
    Row("one start, to its first answer", ONE, "seconds", "s"),
    Row("twenty at once, until all answer", ALL, "seconds", "s"),
    Row("twenty at once, until ten answer", ALL, "half", "s"),
    Row("memory of each of twenty used servers", MEMORY, "per_server", "MB"),
    Row("of it the servers themselves", MEMORY, "servers_alone", "MB", compares=False),
    Row("of it stubs", MEMORY, "stubs", "MB", compares=False),
    Row("of it a share of the fork server", MEMORY, "fork_server", "MB", compares=False),
    Row("once for everybody: proxy, sign-in, supervision", MEMORY, "house", "MB"),
)
GOALS: Final = (
    Goal(ROWS[0].title, ONE, "seconds", HUB, 0.15, None, less=True),
    Goal(ROWS[1].title, ALL, "seconds", HUB, 0.15, None, less=True),
    Goal(ROWS[3].title, MEMORY, "per_server", HUB, 0.6, None, less=True),
)
LEGEND: Final = f"A cell: median · Sifu's share of JupyterHub's ({TIMES}); small is good."
_MARKS = {Verdict.FLOOR: "✓", Verdict.BELOW: "✗", Verdict.UNKNOWN: "?"}


def figures_table(results: Results, rivals: Sequence[str]) -> Table:
    """Head and rows; what nobody measured has no line."""
    table = [["", *rivals]]
    for row in ROWS:
        cells = [_cell(row, rival, results) for rival in rivals]
        if any(cell != _NONE for cell in cells):
            table.append([f"{row.title}, {row.unit}", *cells])
    return table


def goals_table(results: Results) -> Table:
    """Each goal with its limit and what was measured."""
    table = [["goal", "against", "at most", "measured", ""]]
    for goal in GOALS:
        judged = judge(goal, results)
        measured = Verdict.UNKNOWN.value if judged.value is None else _times(judged.value)
        limit = f"≤ {goal.floor:g}{TIMES}"
        table.append([goal.text, goal.against or "", limit, measured, _MARKS[judged.verdict]])
    return table


def remarks(results: Results) -> Iterator[str]:
    """What is missing, what failed, how far rounds were apart, what was compared."""
    for rival, reason in results.missing.items():
        yield f"missing: {rival}: {reason}"
    for workload, rivals in results.failures.items():
        yield from (f"failed: {rival}, {workload}: {why}" for rival, why in rivals.items())
    for row in ROWS[:2]:
        apart = [
            f"{rival} {results.spread(row.workload, rival, row.figure):.0%}"
            for rival in results.runs.get(row.workload, {})
        ]
        if apart:
            yield f"rounds apart, {row.title}: {', '.join(apart)}"
    yield from (f"{rival}: {version}" for rival, version in results.versions.items())


def _cell(row: Row, rival: str, results: Results) -> str:
    if rival in results.failures.get(row.workload, {}):
        return "failed"
    value = results.median(row.workload, rival, row.figure)
    if value is None:
        return _NONE
    theirs = results.median(row.workload, HUB, row.figure)
    if rival == HUB or not theirs or not row.compares:
        return _amount(value)
    return f"{_amount(value)} · {_times(value / theirs)}"


def _amount(value: float) -> str:
    return f"{value:.2f}" if value < 10 else number(value)


def _times(value: float) -> str:
    return f"{value:.2f}{TIMES}"
