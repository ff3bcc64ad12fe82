"""`sifu up`: prepares a run and becomes supervisord.

Promises: one run per data folder; whatever stands in the way is told before anything starts, with
the setting that mends it; what a killed supervisord left behind is ended, but for notebook servers,
which front finds again. The secrets reach the programs as 0600 files, never as environment.
"""

import os
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import NoReturn

from proxy.auth.outward import open_client
from proxy.auth.providers import open_providers
from proxy.cli.account_lock import reserved
from proxy.cli.announcement import Announcement, announce_beside
from proxy.cli.data_lock import RUNNING_ALREADY, keep_through_exec, locked
from proxy.cli.first_account import way_in
from proxy.cli.isolation import check_accounts, check_isolation
from proxy.cli.run_directory import (
    choose_passage_folder,
    keep_secrets,
    places_of,
    prepare,
    send_logs_to_stdout,
)
from proxy.core.clock import system_clock
from proxy.core.errors import Conflict, InvalidSettings
from proxy.limits import count_cores
from proxy.servers import processes
from proxy.servers.accounts import Isolation, isolation_of
from proxy.servers.places import Places
from proxy.settings import PREFIX, Secret, Settings, as_environment
from proxy.store.database import Store, migrate

_PROGRAMS = frozenset({"proxy.front_app", "proxy.relay_app", "proxy.servers.fatal_listener"})
_PATIENCE_SECONDS = 5.0


def run_up(settings: Settings) -> NoReturn:
    """Start everything and stay in the foreground; raises `SifuError` if that cannot be."""
    places = places_of(settings)
    command = [sys.executable, "-m", "proxy.servers.supervised_run"]
    command += ["-n", "-c", str(find_configuration())]
    with locked(settings.data) as lock, accounts_lock(settings) as more:
        link = make_ready(settings, places)
        environment = environment_of(settings, places, inherited=dict(os.environ))  # noqa: TID251
        send_logs_to_stdout(places, settings)
        announce_beside(Announcement.of(settings, places, link), lock, *more)
        keep_through_exec(lock, *more)
        os.execve(sys.executable, command, environment)  # noqa: S606 (becoming it is the point)


@contextmanager
def accounts_lock(settings: Settings) -> Iterator[list[int]]:
    """Hold the lock on the accounts that are given to people, if any are."""
    if isolation_of(settings) is not Isolation.ACCOUNTS:
        yield []
        return
    with reserved(settings.accounts, choose_passage_folder()) as lock:
        yield [lock]


def make_ready(settings: Settings, places: Places) -> str:
    """See that nothing stands in the way, and return the link that leads in."""
    refuse_second_run(places)
    open_providers(settings, system_clock, open_client)  # or say now what front would say later
    check_isolation(settings, places)
    prepare(places)
    end_orphans(places)
    for port, name in ((settings.front_port, "FRONT"), (settings.notebook_port, "NOTEBOOK")):
        check_port(settings.bind, port, f"SIFU_{name}_PORT")
    store = Store(settings.store_url)
    try:
        migrate(store)
        check_accounts(settings, store)
        return way_in(store, settings, now=system_clock(), random_text=secrets.token_urlsafe)
    finally:
        store.close()


def find_configuration() -> Path:
    """Return supervisord.conf: inside the package of a wheel, beside it in a checkout."""
    package = Path(__file__).parent.parent
    for folder in (package, package.parent):
        if (path := folder / "supervisord.conf").is_file():
            return path
    raise InvalidSettings(["supervisord.conf is missing from this installation; reinstall Sifu."])


def refuse_second_run(places: Places) -> None:
    """Raise `Conflict` if a supervisord answers in this run directory."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_PATIENCE_SECONDS)
        try:
            asking.connect(str(places.supervisor_socket))
        except OSError:
            return
    raise Conflict(RUNNING_ALREADY)


def end_orphans(places: Places) -> None:
    """End front and relay of a supervisord that was killed: they still hold the ports.

    Told by their environment, or for the fork server, which has none, by its socket; only we can
    have written either. Nobody answers for them any more, or this would be a second run.
    """
    run = str(places.run)
    orphans = [
        process
        for process in processes.find_modules(_PROGRAMS)
        if processes.environment_value(process, "SIFU_RUN") == run
    ]
    orphans += processes.find_fork_servers(places.fork_socket)
    places.stopping.touch(mode=0o600)  # no need for a relay to drain for half a minute
    for process in orphans:
        processes.terminate(process)
    processes.wait_until_gone(orphans, _PATIENCE_SECONDS)
    processes.kill(orphans)
    places.stopping.unlink(missing_ok=True)


def check_port(address: str, port: int, setting: str) -> None:
    """Raise `InvalidSettings` if nobody could listen there now."""
    if ":" in address:
        raise InvalidSettings(["SIFU_BIND: supervisord listens on IPv4 addresses only."])
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
            trial.listen(1)
        except OSError as problem:
            sentence = (
                f"Port {port} on {address or 'every address'} cannot be used "
                f"({problem.strerror}). Stop the program that uses it, or choose another "
                f"with {setting} (the address is SIFU_BIND)."
            )
            raise InvalidSettings([sentence]) from problem


def environment_of(
    settings: Settings, places: Places, *, inherited: dict[str, str]
) -> dict[str, str]:
    """Return what supervisord and its programs get: our settings, and not a secret among them."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(PREFIX)}
    secret = {PREFIX + spec.name.upper() for spec in fields(Settings) if spec.type is Secret}
    ours = as_environment(settings) | {
        "SIFU_RUN": str(places.run),
        "SIFU_PYTHON": places.python,
        "SIFU_LOG_FOLDER": str(places.logs),
        "PROMETHEUS_MULTIPROC_DIR": str(places.run / "metrics"),
    }
    # What the settings leave open, and supervisord's own file must be told.
    named = {
        "SIFU_BIND": settings.bind or "0.0.0.0",  # noqa: S104 (said by the operator)
        "SIFU_RELAY_WORKERS": str(settings.relay_workers or count_cores()),
        "SIFU_FORK_SERVER": "on" if settings.forks else "off",
        "SIFU_PASSAGE": str(places.passage or ""),
    }
    return kept | keep_secrets(places, ours, secret) | named
