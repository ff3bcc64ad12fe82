"""Facts about database, Jupyter and running programs for `sifu doctor`.

Must not: judge (that is `core.service_diagnosis`), create a database, migrate one, or end a
program.
"""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from proxy.core.errors import SifuError
from proxy.core.lifecycle import RUNNING
from proxy.core.service_diagnosis import Answer, Database, Jupyter, Kernel, Program
from proxy.servers import processes
from proxy.servers.places import Places
from proxy.settings import Settings
from proxy.store import condition, servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord

_PATIENCE = 3.0
_IMPORT_PATIENCE = 60.0
_MODULES = {
    "proxy.front_app": "front",
    "proxy.relay_app": "relay",
    "proxy.servers.fatal_listener": "listener",
}
_SUPERVISORD = ["-m", "proxy.servers.supervised_run"]
_PROBE = """
import json, pathlib, shutil
import jupyterlab.labapp
from jupyter_client.kernelspec import KernelSpecManager
manager = KernelSpecManager()
programs = {name: manager.get_kernel_spec(name).argv[0] for name in manager.find_kernel_specs()}
print(json.dumps([[name, program, shutil.which(program) is not None]
                  for name, program in programs.items()]))
"""


def has_database(settings: Settings) -> bool:
    """Is there a database to be opened? (Opening SQLite would make one.)"""
    try:
        url = make_url(settings.store_url)
    except ArgumentError:  # opening it will say what is wrong
        return True
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def find_database(settings: Settings, store: Store | None) -> Database:
    """Look at the database without changing it; `store` is None where there is none."""
    shown = make_url(settings.store_url).render_as_string(hide_password=True)
    if store is None:
        return Database(shown, exists=False)
    try:
        return Database(
            shown,
            exists=True,
            damage=store.read_now(condition.find_damage),
            revision=store.read_now(condition.schema_revision),
            known=condition.known_revisions(),
        )
    except SifuError as error:
        return Database(shown, exists=True, failure=(error.detail or error.public).splitlines()[0])


def newest_row_time(store: Store | None) -> float | None:
    """Return the newest time in the database, None if it has none or cannot say."""
    try:
        return None if store is None else store.read_now(condition.newest_time)
    except SifuError:
        return None


def find_jupyter(settings: Settings) -> Jupyter:
    """Load JupyterLab as a server would, in a process of its own."""
    has_gateway = bool(settings.gateway_url)
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and a constant)
            [sys.executable, "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=_IMPORT_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Jupyter(f"it took longer than {_IMPORT_PATIENCE:.0f} seconds", (), has_gateway)
    if done.returncode:
        complaint = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return Jupyter(complaint, (), has_gateway)
    found = json.loads(done.stdout.splitlines()[-1])
    kernels = tuple(Kernel(name, program, is_found) for name, program, is_found in found)
    return Jupyter("", kernels, has_gateway)


def find_programs(places: Places) -> list[Program]:
    """Return the running programs of this installation: those that share its run directory."""
    supervisors = {process.pid for process in _supervisors() if _shares(process, places)}
    found = [Program(pid, "supervisord", is_orphan=False) for pid in supervisors]
    for module, name in _MODULES.items():
        found += [
            Program(process.pid, name, is_orphan=not _is_below(process, supervisors))
            for process in processes.find_modules({module})
            if _shares(process, places)
        ]
    found += [  # it has no environment, so it is known by its socket
        Program(process.pid, "fork server", is_orphan=not _is_below(process, supervisors))
        for process in processes.find_fork_servers(places.fork_socket)
    ]
    # A notebook server that outlived its supervisord is adopted: then it is nobody's orphan.
    found += [
        Program(process.pid, "notebook server", is_orphan=not supervisors)
        for process in processes.find_notebooks(places.servers)
    ]
    return found


def find_servers(store: Store | None) -> list[ServerRecord]:
    """Return the servers that the store calls running."""
    try:
        known = [] if store is None else store.read_now(servers.list_all)
    except SifuError:
        return []
    return [record for record in known if record.state in RUNNING and record.pid is not None]


def ask_health(name: str, host: str, port: int, path: str) -> Answer:
    """Ask a program for its health over its own port."""
    failure = ""
    connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
        failure = "" if status == http.client.OK else f"it says {status}"
    except TimeoutError:
        failure = f"no answer within {_PATIENCE:.0f} seconds"
    except (OSError, http.client.HTTPException) as problem:
        failure = str(problem) or type(problem).__name__
    finally:
        connection.close()
    return Answer(name, f"http://{host}:{port}{path}", failure)


def _supervisors() -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.cmdline()[1:3] == _SUPERVISORD:
                yield process
        except psutil.Error:  # gone meanwhile, or not ours to see
            continue


def _shares(process: psutil.Process, places: Places) -> bool:
    return processes.environment_value(process, "SIFU_RUN") == str(places.run)


def _is_below(process: psutil.Process, ancestors: set[int]) -> bool:
    try:
        return any(parent.pid in ancestors for parent in process.parents())
    except psutil.Error:
        return True  # gone meanwhile: nothing that could be an orphan
