"""Which account everything in the container runs as, and becoming it.

A container starts as root so that it can use a folder of whomever it was given. Promises: whoever
owns the notebooks' folder is the account, so that `-v "$PWD:/notebooks"` leaves files that are the
person's own; a folder of root's, or a new volume, is given to it, itself alone and nothing in it;
after `become` there is no way back: no group, no capability, no set-user-id program. Started as
another account than root, nothing is changed. Must not: walk through folders or follow links.
"""

import ctypes
import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sifu_image.refusal import Refusal

ROOT = 0
_PR_SET_NO_NEW_PRIVS = 38  # prctl(2)


@dataclass(frozen=True, slots=True)
class Account:
    """Numbers only: the owner of a mounted folder has no name in here."""

    uid: int
    gid: int


SIFU = Account(1000, 1000)


def owner_of(folder: Path) -> Account | None:
    """Return who owns the folder, or None if that is root, or if there is none."""
    try:
        found = folder.lstat()
    except OSError:
        return None
    if found.st_uid == ROOT:
        return None
    return Account(found.st_uid, found.st_gid or found.st_uid)


def give(folder: Path, account: Account, mode: int) -> None:
    """Make the folder, or give it to the account if it is free to be given. For root only.

    What cannot be changed stays as it is: on some network file systems root may not give.
    `check_writable` has the last word.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode)
    if not folder.is_symlink() and _is_free(folder):
        with suppress(OSError):
            os.chown(folder, account.uid, account.gid)


def _is_free(folder: Path) -> bool:
    """Root's, or empty and the image's own: a new volume looks as the folder does in the image.

    One that is in use is closed to others, also to a root without its capabilities.
    """
    owner = owner_of(folder)
    return owner is None or (owner == SIFU and is_empty(folder))


def is_empty(folder: Path) -> bool:
    """Say whether nothing is in the folder; no, if this process may not look."""
    try:
        return not any(folder.iterdir())
    except OSError:
        return False


def become(account: Account) -> None:
    """Leave root for good, this process and all it starts; raises `Refusal`.

    Standard output and error are handed over first: supervisord opens them anew by their names.
    """
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            os.fchown(descriptor, account.uid, account.gid)
    try:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    except PermissionError:
        raise Refusal(
            "This container starts as root and may not become another account. Give it the "
            "capabilities SETUID, SETGID and CHOWN (docker run --cap-add …), or start it as that "
            f"account: --user {account.uid}:{account.gid}"
        ) from None
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def check_writable(folders: Iterable[tuple[str, Path]]) -> None:
    """Raise `Refusal` if this process may not write into one of the (setting, folder) pairs."""
    for setting, folder in folders:
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise Refusal(_not_writable(setting, folder))


def _not_writable(setting: str, folder: Path) -> str:
    uid, gid = os.getuid(), os.getgid()
    try:
        found = folder.stat()
    except OSError as problem:
        return f"{setting}: {folder} cannot be used ({os.strerror(problem.errno or errno.EIO)})."
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return f"{setting}: {folder} is read-only. Mount a volume or a folder there."
    return (
        f"{setting}: {folder} belongs to account {found.st_uid}:{found.st_gid}, and Sifu runs as "
        f"{uid}:{gid}, which may not write there. Give it the folder and what is in it (chown -R "
        f"{uid}:{gid} on the mounted folder), or start the container with "
        f"--user {found.st_uid}:{found.st_gid}."
    )
