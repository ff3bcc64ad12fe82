"""The run directory: everything that dies with a run of Sifu, prepared by `sifu up`.

Promises: 0700 and ours before anything secret is put into it; secrets as 0600 files, so that no
environment holds them; what an earlier run left is cleared away, but for the files of notebook
servers, which may still live. A folder whose path is too long for a unix socket, or holds blanks,
is replaced by a short one with a name that is the same at every start.
"""

import os
import re
import shutil
import stat
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from proxy.core.errors import InvalidSettings
from proxy.disk.private_folders import make_private_folders
from proxy.servers.accounts import Isolation, isolation_of
from proxy.servers.places import Places
from proxy.settings import Settings

# A unix socket's path may have 107 bytes (and supervisord adds its process number to its own).
LONGEST = 107
_PLAIN = re.compile(r"[A-Za-z0-9._/+,@=-]+")
_LONGEST_BELOW = len("/sockets/0123456789abcdef/sock")
# Where accounts of their own find what is theirs; not /tmp if it can be, which may be private.
_PASSAGES = (Path("/run"), Path(tempfile.gettempdir()))
# The programs never need it: the account is made before they start.
_NOT_HANDED_DOWN = frozenset({"SIFU_ADMIN_PASSWORD"})


def places_of(settings: Settings) -> Places:
    """Return where a run of these settings has its files."""
    has_accounts = isolation_of(settings) is Isolation.ACCOUNTS
    return Places(
        run=choose_run_directory(settings.data),
        logs=settings.data / "logs",
        python=sys.executable,
        passage=choose_passage(settings.data) if has_accounts else None,
    )


def choose_passage(data: Path) -> Path:
    """Return a folder for what accounts must reach; SIFU_DATA is closed to them."""
    digest = sha256(os.fsencode(data)).hexdigest()[:12]
    return choose_passage_folder() / f"sifu-{digest}"


def choose_passage_folder() -> Path:
    """Return the machine's folder, or the container's, for what is gone after a restart of it."""
    usable = [each for each in _PASSAGES if each.is_dir() and os.access(each, os.W_OK)]
    return (usable or _PASSAGES)[0]


def choose_run_directory(data: Path) -> Path:
    """Return `data/run`, or another folder for the same data where that path is of no use.

    A socket would not fit into it, or supervisord's `[include]` would take it apart at its blanks
    or read it as a pattern.
    """
    usual = data / "run"
    fits = len(os.fsencode(usual)) + _LONGEST_BELOW <= LONGEST
    if fits and _PLAIN.fullmatch(str(usual)):
        return usual
    digest = sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"sifu-{os.getuid()}-{digest}"


def prepare(places: Places) -> None:
    """Make the folders; raises `InvalidSettings` if one belongs to somebody else."""
    mode = 0o700 if places.passage is None else 0o711
    for folder in (places.run, places.programs, places.starts):
        make_private(folder)
    for folder in (*filter(None, [places.passage]), places.servers, places.sockets):
        make_private(folder, mode)
    for folder in (places.logs, places.server_logs):
        make_private_folders(folder)
    for folder in (places.run / "metrics", places.run / "secrets"):
        shutil.rmtree(folder, ignore_errors=True)
        make_private(folder)
    for stale in (
        places.stopping,
        places.failed,
        places.supervisor_socket,
        places.fork_socket,
        *places.programs.glob("*.conf"),
    ):
        stale.unlink(missing_ok=True)


def make_private(folder: Path, mode: int = 0o700) -> None:
    """Make it ours, with this mode, or see that it is a folder of ours and make it so."""
    make_private_folders(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise InvalidSettings(
            [f"{folder} belongs to somebody else. Remove it, or choose another SIFU_DATA."]
        )
    folder.chmod(mode)


def keep_secrets(places: Places, environment: dict[str, str], names: set[str]) -> dict[str, str]:
    """Move the variables in `names` into files; return the environment that names the files."""
    kept = {}
    for name, value in environment.items():
        if name in _NOT_HANDED_DOWN:
            continue
        if name not in names:
            kept[name] = value
            continue
        path = places.run / "secrets" / name.lower()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(value)
        kept[f"{name}_FILE"] = str(path)
    return kept


def send_logs_to_stdout(places: Places, settings: Settings) -> None:
    """Write the supervisor file that sends the programs' logs to standard output.

    supervisord reads it after its own file, and of a section read twice the later lines count.
    """
    if settings.logs != "stdout":
        return
    programs = ("fcgi-program:front", "fcgi-program:relay", "program:fork-server")
    lines = [
        f"[{name}]\nstdout_logfile=/dev/fd/1\nstdout_logfile_maxbytes=0\n" for name in programs
    ]
    text = "\n".join(["[supervisord]\nsilent=false\n", *lines])
    (places.programs / "logs.conf").write_text(text)
