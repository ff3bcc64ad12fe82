"""What every peer finds on the spot: the upstream, the visitor's cookies, a folder, cores.

Promises: all of it is made for one run of the bench and gone after it.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.missing import Missing
from bench.processes import Cores, Program, start
from proxy.core.clock import system_clock
from proxy.core.credentials import hash_secret
from proxy.core.identity import SHARED
from proxy.core.lifecycle import State
from proxy.core.tokens import Pass, mint_pass
from proxy.store import servers, sessions, users
from proxy.store.database import Store, migrate
from proxy.store.records import ServerRecord

PREFIX = SHARED.prefix
_XSRF = "2|5c1f9d5c|8b0d0f7d8fd0a5a0d1a2f0d0b1c3e4f5|1795246121"
_SESSION_SECONDS = 6 * 3600.0
# One session may have a thousand websockets; the bench opens more.
VISITS = 5
PER_VISIT = 1000


@dataclass(frozen=True, slots=True)
class Machine:
    """Which cores the measured program has, and which everything else."""

    peer: Cores
    load: Cores
    pair: tuple[Cores, Cores]  # for two relay processes: a core for each, if there are two

    @property
    def has_pair(self) -> bool:
        """Has the load a core besides? Else it takes from the second process what it needs."""
        return not self.load <= self.pair[1]

    @property
    def is_shared(self) -> bool:
        """With one core for both, latency and rate mean little; work per CPU-second still does."""
        return self.peer == self.load


def divide_cores() -> Machine:
    """The last core is the peer's, the others are for upstream and load."""
    cores = sorted(os.sched_getaffinity(0))
    last, load = frozenset(cores[-1:]), frozenset(cores[:-1] or cores)
    second = frozenset(cores[-2:-1]) or last
    return Machine(last, load, (last, second))


@dataclass(frozen=True, slots=True)
class Site:
    """One run's surroundings."""

    folder: Path
    programs: Path
    machine: Machine
    upstream_socket: Path
    upstream_port: int
    upstream: Program
    secret: str
    session_secrets: tuple[str, ...]

    @property
    def cookie(self) -> str:
        """The `Cookie` header of the visitor."""
        return self.cookie_file().read_text().strip()

    def cookie_file(self, visit: int = 0) -> Path:
        """Where the `Cookie` header of one of the visitor's sessions is."""
        return self.folder / f"cookie-{visit}"

    def new_folder(self, name: str) -> Path:
        """A folder of its own for one started peer."""
        folder = self.folder / f"{name}-{secrets.token_hex(3)}"
        folder.mkdir(mode=0o700)
        return folder


@contextmanager
def open_site(folder: Path, programs: Path) -> Iterator[Site]:
    """Start the upstream and give the visitor cookies; stop it at the end."""
    machine = divide_cores()
    path = folder / "upstream.sock"
    upstream, port = start_upstream(programs, path, folder / "upstream.log", machine.load)
    secret = secrets.token_urlsafe(32)
    session_secrets = tuple(secrets.token_urlsafe(32) for _ in range(VISITS))
    site = Site(folder, programs, machine, path, port, upstream, secret, session_secrets)
    for visit in range(VISITS):
        _write_cookie(site, visit)
    try:
        yield site
    finally:
        upstream.stop()


def _write_cookie(site: Site, visit: int) -> None:
    grant = Pass(f"visit-{visit}", "ada", SHARED, system_clock() + _SESSION_SECONDS)
    # A browser sends both: cookies know no ports (proxy.core.cookies).
    cookies = (
        f"_xsrf={_XSRF}",
        f"sifu={site.session_secrets[visit]}",
        f"sifu-pass={mint_pass([site.secret], grant)}",
    )
    path = site.cookie_file(visit)
    path.touch(mode=0o600)
    path.write_text("; ".join(cookies) + "\n")


def start_upstream(programs: Path, path: Path, log: Path, cores: Cores) -> tuple[Program, int]:
    """Start an upstream; return it and the loopback port it chose."""
    program = start([programs / "upstream", path], log, cores=cores, pipe=True)
    assert program.process.stdout is not None  # noqa: S101 (asked for just now)
    line = program.process.stdout.readline()
    if not line.strip().isdigit():
        raise Missing(f"the upstream does not start: {program.last_words()}")
    return program, int(line)


def fill_store(data: Path, site: Site) -> None:
    """Write a store as the front leaves it: one person, signed in, and one ready server."""
    data.mkdir(mode=0o700)
    store, now = Store(f"sqlite:///{data / 'sifu.db'}"), system_clock()
    try:
        migrate(store)
        user = store.write_now(users.add, "ada", is_admin=False, password_hash=None, now=now)
        for visit, session_secret in enumerate(site.session_secrets):
            store.write_now(
                sessions.open_session,
                session_id=f"visit-{visit}",
                secret_hash=hash_secret(session_secret),
                user_id=user.id,
                now=now,
                expires=now + _SESSION_SECONDS,
            )
        record = ServerRecord(
            SHARED, State.READY, address=str(site.upstream_socket), identity_key="k" * 43
        )
        store.write_now(servers.put, record, now)
    finally:
        store.close()


def loopback_listener() -> socket.socket:
    """A listening socket on a port of the kernel's choice."""
    return socket.create_server(("127.0.0.1", 0), backlog=4096)
