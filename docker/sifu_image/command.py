"""`sifu …` inside the container, as `docker exec CONTAINER sifu user add ann` calls it.

`docker exec` runs as root unless told otherwise. Promises: the command runs as the account that
owns the data, so that no file of the database becomes root's; as that account already, or where
Sifu itself runs as root, it just is `sifu`.
"""

import os
import sys

from sifu_image.account import ROOT, SIFU, become, owner_of
from sifu_image.refusal import Refusal
from sifu_image.surroundings import Folders, needs_root, with_home


def main() -> None:
    environment = dict(os.environ)  # noqa: TID251 (handed on as it is)
    folders = Folders.of(environment)
    if os.geteuid() == ROOT:
        if not needs_root(environment):
            try:
                become(owner_of(folders.data) or owner_of(folders.notebooks) or SIFU)
            except Refusal as refusal:
                sys.exit(str(refusal))
        environment = with_home(environment, folders)
    command = [sys.executable, "-m", "proxy", *sys.argv[1:]]
    os.execve(sys.executable, command, environment)  # noqa: S606 (becoming it is the point)
