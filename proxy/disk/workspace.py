"""Where somebody's files are, and whose they are, as a word for all who write there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from proxy.core.identity import ServerName


@dataclass(frozen=True, slots=True)
class Workspace:
    """`root` is what the server shows; `uid` its account, None where people have none."""

    root: Path
    uid: int | None


# Makes the folder if it is missing; raises `OSError` or `ServerNotRunning` where there can be none.
OpenWorkspace = Callable[[ServerName], Awaitable[Workspace]]
