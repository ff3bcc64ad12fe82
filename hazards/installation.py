"""A relay process of its own, with a store behind it and a server that somebody else plays.

Promises: loopback and a free port; a folder that goes away; the relay gets its socket as descriptor
0, as from supervisord; what was started is ended. Must not: know what is measured.
"""

import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import proxy
from proxy.core.clock import system_clock
from proxy.core.identity import SHARED
from proxy.core.lifecycle import State
from proxy.core.tokens import Pass, mint_pass
from proxy.settings import environment_value
from proxy.store import servers, sessions, users
from proxy.store.database import Store, migrate
from proxy.store.records import ServerRecord

PREFIX = SHARED.prefix
START_SECONDS = 20.0
# Draining may wait for peers that stalled; nothing is measured any more by then.
STOP_SECONDS = 6.0
_LIFETIME = 7 * 86_400.0
_ROOT = Path(proxy.__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Installation:
    """`cookies` are passes of `users` in turn; each is a `Cookie` header of its own."""

    port: int
    relay: int
    cookies: tuple[str, ...]
    users: tuple[str, ...]
    identity_key: str
    log: Path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, rest: str = "", *, scheme: str = "http") -> str:
        return f"{scheme}://{self.host}{PREFIX}{rest}"

    def headers(self, number: int = 0) -> dict[str, str]:
        """What a browser with a pass sends, to open websockets too."""
        cookie = self.cookies[number % len(self.cookies)]
        return {"Cookie": cookie, "Origin": f"http://{self.host}"}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder short enough for the name of a unix socket."""
    with tempfile.TemporaryDirectory(prefix="sifu-hazards-") as name:
        yield Path(name)


@contextmanager
def running_relay(
    at: Path, address: Path, *, accounts: int = 1, passes: int = 1
) -> Iterator[Installation]:
    """Start a relay in front of the unix socket `address`; `passes` are spread over `accounts`."""
    secret, key = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    names, cookies = _fill_store(at, address, secret, key, accounts, passes)
    (at / "secret").write_text(secret)
    log = at / "relay.log"
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener, log.open("wb") as output:
        port = listener.getsockname()[1]
        environment = {
            "PATH": environment_value("PATH") or "",
            "PYTHONPATH": str(_ROOT),
            "SIFU_DATA": str(at),
            "SIFU_NOTEBOOK_PORT": str(port),
            "SIFU_SECRET_FILE": str(at / "secret"),
            "SIFU_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "proxy.relay_app"]
        relay = subprocess.Popen(  # noqa: S603 (ourselves)
            command, stdin=listener.fileno(), stdout=output, stderr=output, env=environment, cwd=at
        )
        try:
            _wait_for(lambda: _is_healthy(port), relay, log)
            yield Installation(port, relay.pid, cookies, names, key, log)
        finally:
            _stop(relay)


@contextmanager
def running_program(module: str, *arguments: str, ready: Path) -> Iterator[int]:
    """Run `python -m module` until it listens on the unix socket `ready`; gives its pid."""
    log = ready.with_suffix(".log")
    environment = {"PATH": environment_value("PATH") or "", "PYTHONPATH": _python_path()}
    with log.open("wb") as output:
        command = [sys.executable, "-m", module, *arguments]
        program = subprocess.Popen(  # noqa: S603 (ourselves)
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        try:
            _wait_for(lambda: _connects(ready), program, log)
            yield program.pid
        finally:
            _stop(program)


def _python_path() -> str:
    return f"{Path(__file__).parent.parent}:{_ROOT}"


def _fill_store(
    at: Path, address: Path, secret: str, key: str, accounts: int, passes: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    store = Store(f"sqlite:///{at / 'sifu.db'}")
    migrate(store)
    now = system_clock()
    names = tuple(f"lane{number}" for number in range(accounts))
    for name in names:
        user = store.write_now(users.add, name, is_admin=False, password_hash=None, now=now)
        store.write_now(
            sessions.open_session,
            session_id=f"session-{name}",
            secret_hash=secrets.token_hex(32),
            user_id=user.id,
            now=now,
            expires=now + _LIFETIME,
        )
    record = ServerRecord(SHARED, State.READY, address=str(address), identity_key=key)
    store.write_now(servers.put, record, now)
    store.close()
    return names, tuple(_passes(names, passes, secret, now))


def _passes(names: Sequence[str], number: int, secret: str, now: float) -> Iterator[str]:
    for index in range(number):
        name = names[index % len(names)]
        # A second more or less makes another pass of it.
        grant = Pass(f"session-{name}", name, SHARED, now + _LIFETIME / 2 + index)
        yield f"sifu-pass={mint_pass([secret], grant)}"


def _wait_for(is_ready: Callable[[], bool], program: "subprocess.Popen[bytes]", log: Path) -> None:
    until = monotonic() + START_SECONDS
    while not is_ready():
        if program.poll() is not None or monotonic() > until:
            text = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{program.args!r} did not start:\n{text}")
        sleep(0.02)


def _is_healthy(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as asking:
            asking.sendall(b"GET /-/healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            return asking.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex(str(path)) == 0


def _stop(program: "subprocess.Popen[bytes]") -> None:
    program.terminate()
    try:
        program.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
