"""The files of one server: what it is started with, and what is left of it.

Promises: folders 0700, secrets 0600, a program file that appears whole or not at all. Every
function blocks; call them in a thread. A server's log is never deleted here.
"""

import os
import shutil
from collections.abc import Mapping

from proxy.core.identity import ServerName
from proxy.notebook import handed_down
from proxy.servers.places import Places
from proxy.servers.private_folders import make_private_folders
from proxy.servers.program_file import program_text
from proxy.servers.spawner import ServerSpec

_TAIL_BYTES = 64 * 1024


def write_files(places: Places, spec: ServerSpec, environment: Mapping[str, str]) -> None:
    """Write all that a start needs; raises `OSError`, or `InvalidSettings` for a strange path."""
    folder = places.server_folder(spec.name)
    for private in (folder, places.sockets, places.programs, places.server_logs):
        make_private_folders(private)
    for workspace in (spec.root, spec.home):
        if workspace is not None:
            make_private_folders(workspace)
    handed_down.write(folder, _hand_down(places, spec), spec.identity_key)
    home = {} if spec.home is None else {"HOME": str(spec.home)}
    text = program_text(
        spec.name.program,
        places.python,
        folder,
        places.log_file(spec.name),
        {**environment, **home},
    )
    path = places.program_file(spec.name)
    fresh = path.with_suffix(".new")  # supervisord reads `*.conf`
    fresh.write_text(text)
    fresh.replace(path)


def delete_files(places: Places, name: ServerName) -> None:
    places.program_file(name).unlink(missing_ok=True)
    places.server_socket(name).unlink(missing_ok=True)
    shutil.rmtree(places.server_folder(name), ignore_errors=True)


def read_identity_key(places: Places, name: ServerName) -> str:
    """Return the key that the server was started with; empty if its files are gone."""
    try:
        return handed_down.read_key(places.server_folder(name))
    except OSError:
        return ""


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


def _hand_down(places: Places, spec: ServerSpec) -> handed_down.HandedDown:
    return handed_down.HandedDown(
        server=str(spec.name),
        base_url=spec.name.prefix,
        root=str(spec.root),
        socket=str(places.server_socket(spec.name)),
        gateway_url=spec.gateway_url,
        autosave_interval=spec.autosave_interval,
        frame_origins=spec.frame_origins,
        https=spec.https,
        environment=dict(spec.environment),
    )
