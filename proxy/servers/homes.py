"""People's folders below SIFU_NOTEBOOKS, each of an account of its own.

Promises: `SIFU_NOTEBOOKS/<owner>` is 0700 and the account's. What was root's is handed over, once,
before the account can enter it; what belongs to anybody else is refused, never given away. A link
is not followed: a person may put one anywhere in their own folder. Every function blocks.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from proxy.core.errors import ServerNotRunning
from proxy.disk.private_folders import make_passable_folders
from proxy.disk.removal import remove_folder
from proxy.servers.account import Account

# Becomes /tmp where the kernel allows; beside the home, so that it is not shown there.
TEMPORARY = ".tmp"
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def owners_of_homes(notebooks: Path) -> dict[str, int]:
    """Return whose each folder is; empty if there is none yet."""
    owners = {}
    with suppress(FileNotFoundError), os.scandir(notebooks) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # one that goes while we look hides no others
                if entry.is_dir(follow_symlinks=False):
                    owners[entry.name] = entry.stat(follow_symlinks=False).st_uid
    return owners


def prepare_home(
    notebooks: Path, workspace: str, account: Account, *, is_alone: bool = False
) -> Path:
    """Make the account's folders and return the one for temporary files.

    `is_alone`: nothing of the account runs, so those of an earlier time may go. Raises `OSError`,
    or `ServerNotRunning` where somebody else's folder is in the way.
    """
    owner, uid = account.name, account.uid
    make_passable_folders(notebooks)
    above = os.open(notebooks, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(FileExistsError):
            os.mkdir(owner, 0o700, dir_fd=above)
        top = _open_own(above, owner, uid)
    finally:
        os.close(above)
    try:
        os.fchmod(top, 0o700)
        if os.fstat(top).st_uid == 0:
            _hand_over(top, uid)
        if is_alone:
            remove_folder(TEMPORARY, above=top)
        for name in ("home", workspace, TEMPORARY):
            _make(top, name, uid)
        os.fchown(top, uid, uid)
    finally:
        os.close(top)
    return notebooks / owner / TEMPORARY


def _make(top: int, name: str, uid: int) -> None:
    """Make a folder inside, unless something of that name is there: then it is theirs to mend."""
    try:
        os.mkdir(name, 0o700, dir_fd=top)
    except FileExistsError:
        return
    made = _open_own(top, name, uid)
    try:
        os.fchown(made, uid, uid)
    finally:
        os.close(made)


def _open_own(above: int, name: str, uid: int) -> int:
    """Open a folder that is root's or the account's; anything else is refused."""
    try:
        found = os.open(name, _OPEN_FOLDER, dir_fd=above)
    except OSError as problem:
        raise _refusal(name) from problem
    if os.fstat(found).st_uid not in {0, uid}:
        os.close(found)
        raise _refusal(name)
    return found


def _refusal(name: str) -> ServerNotRunning:
    return ServerNotRunning(
        f"The folder “{name}” in which your notebooks should be is not yours. "
        "The operator must give it to your account, or move it away.",
        detail=f"{name}: not a folder of root's or of the user's account",
    )


def _hand_over(top: int, uid: int) -> None:
    """Give what root owns below it to the account, deepest first; the folder itself comes last."""
    for _, folders, files, here in os.fwalk(".", dir_fd=top, topdown=False, follow_symlinks=False):
        for name in (*folders, *files):
            found = os.stat(name, dir_fd=here, follow_symlinks=False)
            # A second name of the file may stand where it is somebody else's.
            is_only = stat.S_ISDIR(found.st_mode) or found.st_nlink == 1
            if found.st_uid == 0 and is_only:
                os.chown(name, uid, uid, dir_fd=here, follow_symlinks=False)
