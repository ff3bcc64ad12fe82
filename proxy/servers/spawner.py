"""What a spawner must do, whatever it starts servers with.

Rules. (1) `start` returns when the process exists, not when it answers. (2) `start` of a server
that lives returns that one. (3) `poll` tells what is, not what was wanted; it finds again what an
earlier spawner started. (4) `stop` returns when nothing of the server is left, its kernels
included; stopping what does not run is no error. (5) Each ends within a limit of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from proxy.core.identity import ServerName


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """All that a server is started with; `environment` is added to a clean one.

    The limits hold for what it starts, too; 0: none.
    """

    name: ServerName
    root: Path
    identity_key: str = field(repr=False)
    home: Path | None = None
    gateway_url: str = ""
    course_environments: str = ""
    autosave_interval: int = 30
    kernel_idle_timeout: int = 0
    frame_origins: tuple[str, ...] = ()
    https: bool = False
    process_limit: int = 0
    open_files_limit: int = 0
    niceness: int = 0
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Alive:
    """The server's process exists and will answer, or answers, at `address`.

    `identity_key` is the key that this very process believes, which may be older than the wish.
    """

    pid: int
    address: str
    identity_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no process. `reason` says why it ended, empty if nobody knows or it was asked to."""

    reason: str = ""


class Spawner(Protocol):
    """Starts, stops and finds servers."""

    async def start(self, spec: ServerSpec) -> Alive:
        """Begin a server; raises `ServerNotRunning` with the reason if there is no process."""
        ...

    async def stop(self, name: ServerName) -> None:
        """End a server and everything it started."""
        ...

    async def poll(self, name: ServerName) -> Alive | Gone:
        """Look; raises `ServerNotRunning` if it cannot be found out."""
        ...
