"""A piece of work that is done for a course in the background."""

from dataclasses import dataclass
from enum import Enum


class JobKind(Enum):
    """What is done."""

    UPDATE = "update"
    BUILD = "build"
    EXPORT = "export"
    REMOVE = "remove"


class JobState(Enum):
    """How far it is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # the program that did it died, or was stopped


OPEN = frozenset({JobState.WAITING, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the jobs table. Times in seconds since the epoch.

    `by` is the slug of who wished for it; empty: a schedule, a webhook, the command line.
    `summary` is a sentence: what came of it, or why nothing did.
    """

    id: int
    course: str
    kind: JobKind
    state: JobState
    started: float
    ended: float | None = None
    by: str = ""
    summary: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
