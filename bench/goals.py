"""What Sifu's relay has to reach, as data, and the judgement over it.

A goal compares one figure with the same figure of a rival, measured in the same run; or, where no
rival is named, with a number. `floor` must be held, `aim` is worked towards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bench.rounds import Results

OURS = "sifu"
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Goal:
    """`less` says that small is good; `over` is taken off both sides before they are compared."""

    text: str
    workload: str
    figure: str
    against: str | None
    floor: float | None
    aim: float | None
    less: bool = False
    over: str | None = None
    ours: str = OURS
    unit: str = TIMES


class Verdict(Enum):
    """How a goal stands."""

    AIM = "aim reached"
    FLOOR = "held"
    SHORT = "aim not reached"
    BELOW = "missed"
    UNKNOWN = "not measured"


@dataclass(frozen=True, slots=True)
class Judged:
    """A goal with what was measured."""

    goal: Goal
    value: float | None
    verdict: Verdict


def judge(goal: Goal, results: Results) -> Judged:
    """Compare the medians; `UNKNOWN` if one of them is not there."""
    value = _value(goal, results)
    return Judged(goal, value, Verdict.UNKNOWN if value is None else _verdict(goal, value))


def _value(goal: Goal, results: Results) -> float | None:
    ours = results.median(goal.workload, goal.ours, goal.figure)
    if ours is None or goal.against is None:
        return ours
    theirs = results.median(goal.workload, goal.against, goal.figure)
    under = results.median(goal.workload, goal.over, goal.figure) if goal.over else 0.0
    if theirs is None or under is None or theirs <= under:
        return None
    return (ours - under) / (theirs - under)


def _verdict(goal: Goal, value: float) -> Verdict:
    for limit, verdict in ((goal.aim, Verdict.AIM), (goal.floor, Verdict.FLOOR)):
        if limit is not None and (value <= limit if goal.less else value >= limit):
            return verdict
    return Verdict.SHORT if goal.floor is None else Verdict.BELOW


def _gets() -> Iterator[Goal]:
    kinds = (("get64", "small GET, 64 connections"), ("mixed64", "the same, twenty kinds in turn"))
    rivals: tuple[tuple[str, float | None, float], ...] = (
        ("chp5", 4.5, 6.5),
        ("chp4", 3.0, 4.5),
        ("nginx", 0.37, 0.52),
        ("nginx-auth-cache", None, 0.75),
        ("nginx-auth", 4.0, 5.5),
    )
    for workload, text in kinds:
        for rival, floor, aim in rivals:
            yield Goal(text, workload, "work", rival, floor, aim)


GOALS = (
    *_gets(),
    Goal(
        "small GET, 1 connection, p50 added",
        "get1",
        "p50",
        "nginx",
        1.8,
        1.4,
        less=True,
        over="direct",
    ),
    Goal("small GET at 1,000/s, p50", "get1000", "p50", "chp4", 0.65, 0.5, less=True),
    Goal("download of 10 MB", "download", "work", "nginx", 2.0, None),
    Goal("download of 10 MB", "download", "work", "chp5", 4.0, None),
    Goal("download of 10 MB", "download", "work", "nginx-bigbuf", None, 0.95),
    Goal("upload of 10 MB", "upload", "work", "nginx", 1.5, 2.3),
    Goal("upload of 10 MB", "upload", "work", "chp5", 1.9, None),
    Goal("websocket echo, 200", "ws200", "work", "nginx", 0.65, 0.85),
    Goal("websocket echo, 200", "ws200", "work", "chp5", 1.3, 1.7),
    Goal("websocket echo, 200", "ws200", "work", "chp4", 1.3, 1.7),
    Goal("websocket, 1 MB messages", "push", "work", "chp5", 2.0, None),
    Goal("websocket, 1 MB messages", "push", "work", "chp4", 1.6, None),
    Goal("websocket, 1 MB messages", "push", "work", "nginx-bigbuf", None, 1.0),
    Goal("new connection for each GET", "connect", "work", "chp4", 2.5, None),
    Goal("new connection for each GET", "connect", "work", "nginx", 0.28, 0.5),
    Goal("websocket opened, used, closed", "open", "work", "chp4", 1.4, 2.1),
    Goal("websocket opened, used, closed", "open", "work", "nginx", None, 0.45),
    Goal(
        "idle websocket at 5,000, private memory",
        "idle",
        "at_5000",
        None,
        6.0,
        4.5,
        less=True,
        unit=" KB",
    ),
    Goal("process with 5,000 of them", "idle", "resident", None, 80.0, None, less=True, unit=" MB"),
    Goal("reader that never reads, 10 MB", "stalled", "get", None, 400, 300, less=True, unit=" KB"),
    Goal(
        "reader that never reads, websocket",
        "stalled",
        "push",
        None,
        400,
        300,
        less=True,
        unit=" KB",
    ),
    Goal("small GET beside 100 MB/s, p50", "beside", "p50", "chp5", 0.25, None, less=True),
    Goal("small GET beside 100 MB/s, p50", "beside", "p50", "nginx", None, 2.0, less=True),
    Goal(
        "small GET beside 100 MB/s, p50 added",
        "beside",
        "p50",
        "chp5",
        None,
        0.25,
        less=True,
        over="direct",
    ),
    Goal("start to first answer", "start", "ms", None, 350, 250, less=True, unit=" ms"),
    Goal("memory after the first answer", "start", "resident", None, 50, 42, less=True, unit=" MB"),
)
# With a core for each of two processes and one for the load they must do more in the same time;
# without, the work that each request costs must not grow.
TWO_CORES = Goal("two processes, their rate", "pair", "rate", OURS, 1.7, None, ours="sifu-2")
SHARED = Goal("two processes, per CPU-second", "pair", "work", OURS, 0.9, 1.0, ours="sifu-2")


def list_goals(*, has_pair: bool) -> tuple[Goal, ...]:
    """Return those that this machine can judge."""
    return (*GOALS, TWO_CORES, SHARED) if has_pair else (*GOALS, SHARED)
