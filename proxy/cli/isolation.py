"""What `sifu up` sees to before notebooks run as accounts of their own.

Promises: with `per-user` either every user is kept apart by the operating system or it says that
nobody is, and starts only where that was asked for. What would make each notebook fail, or open a
door between them, is told before anything starts, with the folder or the setting to mend.
"""

import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from proxy.core.errors import InvalidSettings
from proxy.disk.private_folders import make_passable_folders
from proxy.servers.accounts import Isolation, isolation_of
from proxy.servers.places import Places
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.store.uids import outside

_STATUS = Path("/proc/self/status")
# capabilities(7): to make people's folders theirs, to become them, and to end what they run.
_CAPABILITIES = {
    "CHOWN": 0,
    "DAC_OVERRIDE": 1,
    "FOWNER": 3,
    "KILL": 5,
    "SETGID": 6,
    "SETUID": 7,
}
_NEED_CAPABILITIES = (
    "SIFU_WORKSPACES=per-user needs a root that may give people accounts of their own; this one "
    "lacks {lacking}. In a container, allow each of these (docker run --cap-add=…)."
)
_UID_MAP = Path("/proc/self/uid_map")
_PROBE = "import importlib.util as u; raise SystemExit(u.find_spec('jupyterlab') is None)"
_PROBE_SECONDS = 20.0
_NOBODY = 65534
_NEED_NOT_HOLD = (
    "SIFU_WORKSPACES=per-user keeps users apart by giving each an account of the operating system, "
    "and only root can do that. Start Sifu as root; or set SIFU_ALLOW_UNISOLATED=1 if all users "
    "may read and change each other's files and run programs as each other."
)


def check_isolation(settings: Settings, places: Places) -> None:
    """Raise `InvalidSettings` if users would not be kept apart, or could not start anything."""
    isolation = isolation_of(settings)
    if isolation is Isolation.NONE and not settings.allow_unisolated:
        raise InvalidSettings([_NEED_NOT_HOLD])
    if isolation is Isolation.ACCOUNTS:
        if lacking := lacking_capabilities(_STATUS.read_text() if _STATUS.exists() else ""):
            raise InvalidSettings([_NEED_CAPABILITIES.format(lacking=" ".join(lacking))])
        make_passable_folders(settings.notebooks)
        close_data(settings)
        hide_names(settings)
        problems = [*_missing_accounts(settings.accounts), *_open_doors(settings)]
        problems += problems or _closed_doors(settings, places)
        if problems:
            raise InvalidSettings(problems)


def check_accounts(settings: Settings, store: Store) -> None:
    """Raise `InvalidSettings` if people have accounts outside the range: they keep them for good.

    Nobody reserves those (`account_lock`), and what is closed to the range would be open to them.
    """
    if isolation_of(settings) is not Isolation.ACCOUNTS:
        return
    uids = settings.uids
    strangers = store.read_now(outside, uids)
    if not strangers:
        return
    (name, uid), (_, highest) = strangers[0], strangers[-1]
    sentence = (
        f"SIFU_UID_RANGE: {_number_of_people(len(strangers))} outside {uids.start}-{uids[-1]}, "
        f"which is for people (for example {name}, {uid}); accounts go with their files. Set the "
        "range to the one that they came from"
    )
    # One more than people have: the last is nobody's.
    wider = range(min(uids.start, uid), max(uids.stop, highest + 1) + 1)
    if _NOBODY not in wider:
        sentence += f", or to one that holds all: {wider.start}-{wider[-1]}"
    raise InvalidSettings([f"{sentence}."])


def lacking_capabilities(status: str) -> list[str]:
    """Return what this root may not do although it must, by proc_pid_status(5)."""
    _, is_told, rest = status.partition("CapEff:")
    held = int(rest.split()[0], 16) if is_told else -1
    return [name for name, number in _CAPABILITIES.items() if not held >> number & 1]


def close_data(settings: Settings) -> None:
    """Let nobody but us into SIFU_DATA, which an earlier version may have left open."""
    found = settings.data.stat()
    if found.st_uid in settings.accounts:
        raise InvalidSettings([f"SIFU_DATA: {settings.data} belongs to a user's account."])
    if stat.S_IMODE(found.st_mode) & 0o077:
        settings.data.chmod(0o700)


def hide_names(settings: Settings) -> None:
    """Let nobody see who else has a folder; one that is not ours stays as its owner has it."""
    found = settings.notebooks.stat()
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid == os.geteuid() and mode & 0o044:
        settings.notebooks.chmod(mode & ~0o044)


def closed_folder(paths: Iterable[Path]) -> Path | None:
    """Return the first folder on the way to these that not everybody may pass, if there is one."""
    for path in paths:
        for level in [*reversed(path.parents), path]:
            if level.is_dir() and not level.stat().st_mode & stat.S_IXOTH:
                return level
    return None


def _number_of_people(number: int) -> str:
    return "1 person has an account" if number == 1 else f"{number} people have accounts"


def _missing_accounts(uids: range) -> Iterator[str]:
    """Inside some containers only some numbers exist (user_namespaces(7))."""
    try:
        lines = [line.split() for line in _UID_MAP.read_text().splitlines()]
    except OSError:
        return
    spans = [range(int(first), int(first) + int(count)) for first, _, count in lines]
    if not any(uids.start in span and uids[-1] in span for span in spans):
        yield (
            f"SIFU_UID_RANGE: this container has no accounts {uids.start} to {uids[-1]}. Choose "
            f"some below {max(span.stop for span in spans)}."
        )


def _open_doors(settings: Settings) -> Iterator[str]:
    found = settings.notebooks.stat()
    if found.st_uid in settings.accounts or found.st_mode & (stat.S_IWOTH | stat.S_IWGRP):
        yield (
            f"SIFU_NOTEBOOKS: others could exchange people's folders in {settings.notebooks}. It "
            f"should be root's, and writable for its owner only: chmod go-w {settings.notebooks}"
        )


def _closed_doors(settings: Settings, places: Places) -> Iterator[str]:
    python = Path(places.python)
    needed = [python.parent, python.resolve().parent, Path(sys.prefix), Path(__file__).parent]
    needed += [settings.notebooks.resolve(), places.reachable.parent]
    if (closed := closed_folder(needed)) is not None:
        yield (
            f"Notebooks run as accounts of their own, and those may not pass through {closed}, "
            "where Python, Sifu or the notebooks are. Open it (chmod o+x), or install them "
            "somewhere else."
        )
        return
    uid = settings.uids.start
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and a constant)
            [places.python, "-I", "-c", _PROBE],
            user=uid,
            group=uid,
            extra_groups=(),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as problem:
        yield f"Notebooks run as accounts of their own, and those cannot run Python: {problem}"
        return
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["jupyterlab is not found"])[-1]
        yield f"Notebooks run as accounts of their own, and those cannot use Jupyter: {said}"
