"""Sifu with a server for each person, as `sifu up` starts it, in a folder of its own.

As root each person has an account of their own, as in production; without, all are one account. A
hurdle that only makes installing easier is taken away: people and their tokens are written into the
store directly.
"""

import os
import secrets
import time
from collections.abc import Sequence
from functools import partial
from importlib import metadata
from itertools import count
from typing import Final

from bench.missing import Missing
from bench.servers.client import Call
from bench.servers.house import House
from bench.servers.shares import Part
from proxy.core.clock import system_clock
from proxy.core.credentials import API_TOKEN_PREFIX, SECRET_BYTES, hash_secret
from proxy.store import api_tokens, users
from proxy.store.database import Store
from tests.system.installation import Installation
from tests.system.isolated import IsolatedInstallation, why_not

_FORK_SERVER_SECONDS = 60.0
# Several stand on one machine: each needs accounts that no other gives out.
_FIRST_ACCOUNT = 20_000_000
_ACCOUNTS = 100
_NUMBERS = count()
_PARTS: Final = (
    ("proxy.notebook.fork_server", Part.FORK_SERVER),
    ("proxy/notebook/stub.py", Part.STUB),
    ("proxy.front_app", Part.HOUSE),
    ("proxy.relay_app", Part.HOUSE),
    ("proxy.servers.fatal_listener", Part.HOUSE),
)


def version() -> str:
    return f"{metadata.version('sifu-notebook')} (jupyterlab {metadata.version('jupyterlab')})"


def start(people: Sequence[str], *, forks: bool, at_once: int | None) -> House:
    """Start it; `at_once` None leaves the number of concurrent starts as it is by default."""
    settings = {"SIFU_FORK_SERVER": "on" if forks else "off"}
    if at_once is not None:
        settings["SIFU_CONCURRENT_STARTS"] = str(at_once)
    installation = _install(settings)
    try:
        installation.start()
        tokens = _enrol(installation, people)
        if forks:
            _await_fork_server(installation)
    except (AssertionError, OSError) as problem:
        _stop(installation)
        raise Missing(f"it does not start: {problem}") from problem
    assert installation.process is not None  # noqa: S101 (started just now)
    return House(
        mother=installation.process.pid,
        begin=partial(_begin, installation, tokens),
        end=partial(_end, installation, tokens),
        page=partial(_page, installation, tokens),
        part_of=part_of,
        stop=partial(_stop, installation),
    )


def part_of(command: str) -> Part:
    """Say what a process is for, whose command line this is."""
    return next((part for words, part in _PARTS if words in command), Part.SERVER)


def _install(settings: dict[str, str]) -> Installation:
    if os.geteuid() == 0:
        if missing := why_not():
            raise Missing(f"root and {missing} are needed to give each person an account")
        return IsolatedInstallation(SIFU_UID_RANGE=_own_range(), **settings)
    return Installation(SIFU_WORKSPACES="per-user", SIFU_ALLOW_UNISOLATED="1", **settings)


def _own_range() -> str:
    first = _FIRST_ACCOUNT + os.getpid() % 10_000 * 1000 + next(_NUMBERS) * _ACCOUNTS
    return f"{first}-{first + _ACCOUNTS - 1}"


def _enrol(installation: Installation, people: Sequence[str]) -> dict[str, str]:
    """Write these people into the store; return a token for each."""
    tokens = {}
    store, now = Store(f"sqlite:///{installation.root / 'data' / 'sifu.db'}"), system_clock()
    try:
        for name in people:
            secret = API_TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
            user = store.write_now(users.add, name, is_admin=False, password_hash=None, now=now)
            store.write_now(
                api_tokens.create,
                token_id=secrets.token_hex(6),
                secret_hash=hash_secret(secret),
                user_id=user.id,
                label="bench",
                now=now,
                expires=None,
            )
            tokens[name] = secret
    finally:
        store.close()
    return tokens


def _await_fork_server(installation: Installation) -> None:
    """Return when it listens: it imports JupyterLab first, while `sifu up` is done long since."""
    limit = time.monotonic() + _FORK_SERVER_SECONDS
    socket = installation.root / "data" / "run" / "fork.sock"
    while not socket.exists():
        if time.monotonic() > limit:
            raise Missing("the fork server does not start")
        time.sleep(0.05)


def _begin(installation: Installation, tokens: dict[str, str], person: str) -> Call:
    where = (installation.front_port, "/api/servers", tokens[person])
    return Call("POST", *where, done=(200, 201), body={})


def _end(installation: Installation, tokens: dict[str, str], person: str) -> Call:
    where = (installation.front_port, f"/api/servers/{person}/home", tokens[person])
    return Call("DELETE", *where, done=(200, 404))


def _page(installation: Installation, tokens: dict[str, str], person: str, path: str) -> Call:
    return Call("GET", installation.notebook_port, f"/user/{person}/home/{path}", tokens[person])


def _stop(installation: Installation) -> None:
    try:
        installation.stop()
    finally:
        installation.folder.cleanup()
