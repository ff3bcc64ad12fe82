"""Prints what a job for a course writes, until it is over.

Promises: every line of its log once, nothing that would steer a terminal; a job that did not end
well is an error. Ends with the job's own bounds, or when somebody presses Ctrl-C: the job goes on.
"""

import sys
import time
from typing import Any, Final, Protocol
from urllib.parse import quote

import click

from proxy.cli.columns import printable
from proxy.core.errors import Conflict

_PAUSE: Final = 0.5
_OVER: Final = frozenset({"done", "failed", "interrupted"})


class AsksFront(Protocol):
    """What is asked of the front."""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of the answer."""


def follow_job(front: AsksFront, job: dict[str, Any], *, pause: float = _PAUSE) -> None:
    """Print its log as it grows; raises `Conflict` with its last sentence if it failed."""
    path = f"/api/courses/{quote(job['course'], safe='')}/jobs/{job['id']}/log"
    after, shown = 0, ""
    while True:
        found = front.ask("GET", path + (f"?after={after}" if after else ""))
        job, after = found["job"], found["next"]
        shown = _show(found["lines"], "" if job["state"] in _OVER else job["progress"], shown)
        if job["state"] in _OVER and not found["lines"]:
            break
        if not found["lines"]:
            time.sleep(pause)
    if job["state"] != "done":
        raise Conflict(f"It was not done: job {job['id']} of “{job['course']}” {job['state']}.")


def _show(lines: list[str], progress: str, shown: str) -> str:
    """Print lines, and on a terminal the progress below them; return the progress."""
    is_terminal = sys.stderr.isatty()
    if shown and is_terminal:
        click.echo("\r\x1b[K", nl=False, err=True)
    for line in lines:
        click.echo(printable(line))
    if progress and is_terminal:
        click.echo(printable(progress)[:79], nl=False, err=True)
    return progress if is_terminal else ""
