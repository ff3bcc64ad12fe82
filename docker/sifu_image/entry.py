"""The image's entry point: `python -m sifu_image.entry sifu up`, as process 1.

Chooses the account and becomes it, sees that both folders can be written, lays out the courses, and
then *becomes* the command, so that supervisord is process 1 in the end. Promises: a problem is one
sentence and exit status 1. Must not: stay root, or read a secret.
"""

import os
import sys
import time
from typing import NoReturn

from sifu_image.account import ROOT, SIFU, Account, become, check_writable, give, is_empty, owner_of
from sifu_image.laying_out import COURSES, lay_out
from sifu_image.refusal import Refusal
from sifu_image.surroundings import Folders, needs_root, with_home


def main(command: list[str]) -> NoReturn:
    environment = dict(os.environ)  # noqa: TID251 (handed on as it is)
    folders = Folders.of(environment)
    try:
        prepare(folders, is_root_kept=needs_root(environment))
    except (Refusal, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(1)
    if not needs_root(environment):  # there the folder holds people's folders
        for line in lay_out(COURSES, folders.notebooks, now=time.time()):  # noqa: TID251
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    try:
        os.execvpe(command[0], command, with_home(environment, folders))  # noqa: S606
    except OSError as problem:
        sys.stderr.write(f"{command[0]}: {problem.strerror}. Try: sifu up\n")
        sys.exit(127)


def prepare(folders: Folders, *, is_root_kept: bool) -> None:
    """Become the right account, with folders that it can use; raises `Refusal` or `OSError`."""
    if os.geteuid() == ROOT:
        account = Account(ROOT, ROOT) if is_root_kept else owner_of(folders.notebooks) or SIFU
        give(folders.data, account, 0o700)
        give(folders.notebooks, account, 0o755)
        if not is_root_kept:
            become(account)
    check_writable(folders.named)
    if is_empty(folders.data):  # from now on it holds secrets
        folders.data.chmod(0o700)
    folders.home.mkdir(mode=0o700, exist_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
