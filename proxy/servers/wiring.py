"""Puts together what the manager works with: the spawner of the settings, and its surroundings."""

import asyncio
import os
import random
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from proxy.core import course_environment
from proxy.core.clock import Clock
from proxy.core.identity import SHARED, ServerName
from proxy.core.policy import Workspaces
from proxy.servers.accounts import Accounts, Isolation, isolation_of
from proxy.servers.ledger import Ledger
from proxy.servers.operations import Operations
from proxy.servers.places import Places, places_of_this_run, root_of
from proxy.servers.program_file import is_writable
from proxy.servers.progress_board import ProgressBoard
from proxy.servers.server_files import names_with_files, read_log_tail
from proxy.servers.spawner import ServerSpec
from proxy.servers.supervised import SupervisedSpawner
from proxy.servers.supervisor_rpc import SupervisorRpc
from proxy.settings import Settings, environment_value
from proxy.store.database import Store
from proxy.store.records import ServerRecord

_log = structlog.get_logger()
# All that a notebook's process gets to see of our own environment, but for what is handed on.
_CLEAN = ("HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR")


def wire_operations(settings: Settings, store: Store, clock: Clock) -> Operations:
    """Build for this run's supervisord."""
    places = places_of_this_run(settings, sys.executable)
    isolation = isolation_of(settings)
    if isolation is Isolation.NONE:
        _log.warning("servers.not_isolated", why="not started as root: all users are one account")
    spawner = SupervisedSpawner(
        places,
        SupervisorRpc(places.supervisor_socket),
        clock,
        clean_environment(places),
        accounts=Accounts(store, settings.notebooks, settings.uids)
        if isolation is Isolation.ACCOUNTS
        else None,
        forks=settings.forks,
    )
    return Operations(
        ledger=Ledger(store, clock),
        spawner=spawner,
        board=ProgressBoard(),
        clock=clock,
        random=random.random,
        start_seconds=settings.start_timeout,
        describe=partial(describe_server, settings),
        read_log=partial(read_log_tail, places),
        is_ending=places.stopping.exists,
    )


async def find_names(settings: Settings) -> list[ServerName]:
    """Return the servers of which this run has files."""
    return await asyncio.to_thread(names_with_files, places_of_this_run(settings, sys.executable))


def describe_server(settings: Settings, record: ServerRecord) -> ServerSpec:
    """Say what a server is started with."""
    name = record.name
    is_shared = settings.workspaces is Workspaces.SHARED
    return ServerSpec(
        name=name,
        root=root_of(settings, name, shared=SHARED),
        # People's own settings and packages live in their home, not in one for all.
        home=None if is_shared else settings.notebooks / name.owner / "home",
        identity_key=record.identity_key,
        gateway_url=record.gateway_url,
        course_environments=str(settings.notebooks / course_environment.INDEX),
        autosave_interval=settings.autosave_interval,
        kernel_idle_timeout=settings.kernel_idle_timeout,
        frame_origins=settings.lms_origins,
        https=settings.notebook_origin.startswith("https://"),
        process_limit=0 if is_shared else settings.process_limit,
        open_files_limit=0 if is_shared else settings.open_files_limit,
        niceness=0 if is_shared else settings.niceness,
        environment=_handed_on(settings) | {"NOTEBOOK_SCORES": scores_address(settings)},
    )


def clean_environment(places: Places) -> dict[str, str]:
    """Return the environment of notebooks, with our Python's programs first in `PATH`."""
    found = {name: environment_value(name) for name in _CLEAN}
    path = environment_value("PATH") or "/usr/local/bin:/usr/bin:/bin"
    first = str(Path(places.python).parent)
    others = [part for part in path.split(os.pathsep) if part != first]
    kept = {name: value for name, value in found.items() if value and is_writable(value)}
    return {"PATH": os.pathsep.join([first, *others]), **kept}


def scores_address(settings: Settings) -> str:
    """Return where kernels find the front, and the name that it answers to; no secret."""
    is_any = settings.bind in {"0.0.0.0", "::", ""}  # noqa: S104
    host = "127.0.0.1" if is_any else settings.bind
    return f"{host}:{settings.front_port} {urlsplit(settings.front_origin).netloc}"


def _handed_on(settings: Settings) -> dict[str, str]:
    values = {name: environment_value(name) for name in settings.notebook_environment}
    return {name: value for name, value in values.items() if value is not None}
