"""What can be set: one frozen object whose fields are the settings.

Promises: each has a description and a default, and secrets are hidden in every rendering.
Must not: read anything.
"""

import ipaddress
import sys
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any

from proxy.core.policy import Workspaces

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PREFIX = "SIFU_"


class Secret(str):
    """A value that does not show itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "[hidden]" if self else "''"


_NO_SECRET = Secret("")


def setting(description: str, default: Any = MISSING, *, factory: Any = MISSING) -> Any:
    """Declare a setting: what it means, and its default."""
    metadata = {"description": description}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One frozen object; its fields, lower-cased, are the settings without their prefix."""

    data: Path = setting("database, secrets, logs, generated supervisor files", Path("data"))
    notebooks: Path = setting("workspaces", Path("notebooks"))
    workspaces: Workspaces = setting(
        "`shared`: one Jupyter for everybody who may sign in; `per-user`: one each",
        Workspaces.SHARED,
    )
    spawner: str = setting("what starts servers: `supervised`", "supervised")
    bind: str = setting("address of both listeners", "127.0.0.1")
    front_port: int = setting("port of sign-in, home and control API", 3334)
    notebook_port: int = setting("port of the notebooks", 3335)
    front_url: str = setting("public origin of the front; default: from the port", "")
    notebook_url: str = setting("public origin of the notebooks; default: from the port", "")
    relay_workers: int = setting("relay processes; 0 = one for each core", 1)
    database_url: Secret = setting("SQLAlchemy URL; default: SQLite in `SIFU_DATA`", _NO_SECRET)
    secret: Secret = setting(
        "signs passes; a comma list rotates (first signs, all verify); "
        "default: generated, kept in `SIFU_DATA`",
        _NO_SECRET,
    )
    admin: str = setting("name of the first account", "admin")
    admin_password: Secret = setting(
        "its password; without one, `sifu up` prints a one-time link", _NO_SECRET
    )
    lms_origins: tuple[str, ...] = setting(
        "origins that may frame us, separated by commas", factory=tuple
    )
    providers: str = setting(
        "file of services that vouch for people; default: `providers.toml` in `SIFU_DATA`", ""
    )
    trusted_proxies: tuple[Network, ...] = setting(
        "networks whose `X-Forwarded-*` count",
        factory=lambda: (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")),
    )
    gateway_url: str = setting("kernels run on this Jupyter gateway", "")
    idle_timeout: int = setting("seconds after which an idle server is stopped; 0 = never", 7200)
    max_age: int = setting("seconds after which any server is stopped; 0 = never", 0)
    kernel_idle_timeout: int = setting(
        "seconds after which Jupyter stops an idle kernel; 0 = never", 0
    )
    start_timeout: int = setting("seconds that a server may take to answer", 60)
    max_servers: int = setting("servers at a time, others wait in a queue; 0 = no limit", 0)
    concurrent_starts: int = setting("servers that may be starting at a time; 0 = no limit", 4)
    memory_limit: int = setting("MiB that a server may use; 0 = no limit", 0)
    disk_quota: int = setting("MiB that a user's files may take at a start; 0 = no limit", 0)
    process_limit: int = setting(
        "processes and threads that a user's notebooks may have; 0 = no limit", 1024
    )
    open_files_limit: int = setting("files that each process of a notebook may open", 4096)
    niceness: int = setting("by how much notebooks step back for everything else, 0 to 19", 5)
    uid_range: str = setting(
        "accounts of the operating system for users, one each (`per-user`, started as root); the "
        "last is for building what courses need",
        "100000-165535",
    )
    allow_unisolated: bool = setting("`per-user` without root, all users as one account", False)
    fork_server: str = setting(
        "start servers as copies of one that has loaded JupyterLab: `on`, `off`, or `auto` "
        "(where there may be several: with `per-user`)",
        "auto",
    )
    autosave_interval: int = setting(
        "seconds between a notebook's autosaves, in JupyterLab and Notebook 7", 30
    )
    notebook_environment: tuple[str, ...] = setting(
        "names of environment variables handed on to notebooks, separated by commas",
        factory=tuple,
    )
    events_kept: int = setting("days that events are kept; 0 = for ever", 365)
    log_level: str = setting("`DEBUG`, `INFO`, `WARNING` or `ERROR`", "INFO")
    logs: str = setting("where programs log: `files` (in `SIFU_DATA/logs`) or `stdout`", "files")

    @property
    def front_origin(self) -> str:
        return self.front_url or f"http://{self._host}:{self.front_port}"

    @property
    def notebook_origin(self) -> str:
        return self.notebook_url or f"http://{self._host}:{self.notebook_port}"

    def notebook_origin_for(self, owner: str) -> str:
        """The origin of one owner's notebooks, if `SIFU_NOTEBOOK_URL` holds `{owner}`."""
        return self.notebook_origin.replace("{owner}", owner or "sifu")

    @property
    def _host(self) -> str:
        if self.bind in {"0.0.0.0", "::", ""}:  # noqa: S104
            return "127.0.0.1"
        return f"[{self.bind}]" if ":" in self.bind else self.bind

    @property
    def provider_file(self) -> Path:
        return Path(self.providers) if self.providers else self.data / "providers.toml"

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'sifu.db'}"

    @property
    def forks(self) -> bool:
        """Is there a fork server? It needs Linux, and memory of its own."""
        is_wanted = self.workspaces is Workspaces.PER_USER or self.fork_server == "on"
        return is_wanted and self.fork_server != "off" and sys.platform == "linux"

    @property
    def accounts(self) -> range:
        """All accounts that are ours to use; raises `ValueError` if `uid_range` is none."""
        first, last = (int(part) for part in self.uid_range.split("-"))
        return range(first, last + 1)

    @property
    def uids(self) -> range:
        """Those of users: all but the last; raises `ValueError`."""
        return self.accounts[:-1]

    @property
    def build_uid(self) -> int:
        """The one in which what courses ask for is built, and nobody's; raises `ValueError`."""
        return self.accounts[-1]

    @property
    def secrets(self) -> tuple[str, ...]:
        """The signing secrets, the current one first."""
        return tuple(part.strip() for part in self.secret.split(",") if part.strip())
