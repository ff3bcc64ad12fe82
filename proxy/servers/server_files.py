"""The files of one server: what it is started with, and what is left of it.

Promises: what a server is told only its own account can read, and nothing of that can be changed by
it: the folders are ours, but for those made for its work. Program files appear whole or not at all.
Every function blocks; call them in a thread. A server's log is never deleted here.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from proxy.core.identity import ServerName
from proxy.disk.private_folders import make_passable_folders, make_private_folders
from proxy.disk.removal import remove_folder
from proxy.notebook import handed_down
from proxy.notebook.confinement import Confinement
from proxy.notebook.start_request import StartRequest, as_text
from proxy.servers.account import Account
from proxy.servers.homes import prepare_home
from proxy.servers.own_packages import has_own_packages
from proxy.servers.places import Places
from proxy.servers.program_file import program_text, start_command
from proxy.servers.spawner import ServerSpec

_TAIL_BYTES = 64 * 1024
# When memory runs out the kernel is to choose a notebook, never front or relay.
_OOM_SCORE = 500


def write_files(
    places: Places,
    spec: ServerSpec,
    environment: Mapping[str, str],
    account: Account | None = None,
    *,
    forks: bool = False,
    is_alone: bool = False,
) -> None:
    """Write all that a start needs; without an `account` the server runs as ours.

    `forks`: by the fork server, if the person has no packages of their own. `is_alone`: nothing of
    the account runs, so old temporary files may go. Raises `OSError`, `ServerNotRunning` where
    somebody else's folder is in the way, `InvalidSettings` for a strange path.
    """
    name = spec.name
    temporary = _make_folders(places, spec, account, is_alone=is_alone)
    gid = None if account is None else account.gid
    handed = _hand_down(places, spec, account)
    handed_down.write(places.server_folder(name), handed, spec.identity_key, gid=gid)
    places.record_file(name).unlink(missing_ok=True)
    request = StartRequest(
        folder=str(places.server_folder(name)),
        socket=str(places.server_socket(name)),
        record=str(places.record_file(name)),
        directory=str(spec.root),
        environment=_environment(spec, environment, account),
        confinement=_confinement(places, spec, account, temporary),
    )
    _write_whole(places.request_file(name), as_text(request))
    may_fork = forks and not (spec.home and has_own_packages(spec.home))
    command = start_command(
        places.python, places.request_file(name), places.fork_socket if may_fork else None
    )
    text = program_text(name.program, command, places.log_file(name))
    _write_whole(places.program_file(name), text)


def delete_files(places: Places, name: ServerName) -> None:
    places.program_file(name).unlink(missing_ok=True)
    places.request_file(name).unlink(missing_ok=True)
    places.record_file(name).unlink(missing_ok=True)
    remove_folder(places.socket_folder(name))
    remove_folder(places.server_folder(name))


def read_identity_key(places: Places, name: ServerName) -> str:
    """Return the key that the server was started with; empty if its files are gone."""
    try:
        return handed_down.read_key(places.server_folder(name))
    except OSError:
        return ""


def read_account(places: Places, name: ServerName) -> int | None:
    """Return the account that the server was started for, whoever has it now; None if ours."""
    try:
        return places.server_folder(name).stat().st_gid or None
    except OSError:
        return None


def names_with_files(places: Places) -> list[ServerName]:
    """Return the servers that were started in this run directory and not stopped."""
    try:
        folders = sorted(entry.name for entry in places.servers.iterdir())
    except OSError:
        return []
    names = (ServerName.parse(*folder.split(".", 1)) for folder in folders if "." in folder)
    return [name for name in names if name is not None]


def read_log_tail(places: Places, name: ServerName, lines: int) -> tuple[str, ...]:
    """Return the last lines of the server's log, oldest first; empty without a log."""
    try:
        with places.log_file(name).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            text = file.read(_TAIL_BYTES).decode(errors="replace")
    except OSError:
        return ()
    return tuple(text.splitlines()[-lines:]) if lines > 0 else ()


def _make_folders(
    places: Places, spec: ServerSpec, account: Account | None, *, is_alone: bool
) -> Path | None:
    """Make what is missing; return the account's folder for temporary files."""
    for private in (places.starts, places.programs, places.server_logs):
        make_private_folders(private)
    own = places.own_folder(spec.name)
    remove_folder(own)
    if account is None:
        for folder in (places.server_folder(spec.name), own, spec.root, spec.home):
            if folder is not None:
                make_private_folders(folder)
        return None
    for shared in (places.servers, places.sockets):
        make_passable_folders(shared)
    for entered in (places.server_folder(spec.name), places.socket_folder(spec.name)):
        _make(entered, 0, account.gid, 0o710)
    _make(own, account.uid, account.gid, 0o700)
    return prepare_home(spec.root.parent.parent, spec.root.name, account, is_alone=is_alone)


def _make(folder: Path, uid: int, gid: int, mode: int) -> None:
    """Make a folder where only we can make one."""
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, uid, gid, follow_symlinks=False)
    folder.chmod(mode)


def _write_whole(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")  # supervisord reads `*.conf`
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)


def _environment(
    spec: ServerSpec, clean: Mapping[str, str], account: Account | None
) -> dict[str, str]:
    home = {} if spec.home is None else {"HOME": str(spec.home)}
    if account is None:
        return {**clean, **home}
    others = {name: value for name, value in clean.items() if name != "TMPDIR"}
    return {**others, **home, "USER": account.name, "LOGNAME": account.name}


def _confinement(
    places: Places, spec: ServerSpec, account: Account | None, temporary: Path | None
) -> Confinement:
    python = (places.python, os.path.realpath(places.python), sys.prefix, __file__)
    return Confinement(
        uid=None if account is None else account.uid,
        gid=None if account is None else account.gid,
        processes=spec.process_limit,
        open_files=spec.open_files_limit,
        niceness=spec.niceness,
        oom_score=0 if account is None else _OOM_SCORE,
        temporary="" if temporary is None else str(temporary),
        needed=(*python, str(places.reachable), str(spec.root), str(spec.home)),
    )


def _hand_down(places: Places, spec: ServerSpec, account: Account | None) -> handed_down.HandedDown:
    return handed_down.HandedDown(
        server=str(spec.name),
        base_url=spec.name.prefix,
        root=str(spec.root),
        socket=str(places.server_socket(spec.name)),
        own=str(places.own_folder(spec.name)),
        has_kernel_sockets=account is not None,
        gateway_url=spec.gateway_url,
        course_environments=spec.course_environments,
        autosave_interval=spec.autosave_interval,
        kernel_idle_timeout=spec.kernel_idle_timeout,
        frame_origins=spec.frame_origins,
        https=spec.https,
        environment=dict(spec.environment),
    )
