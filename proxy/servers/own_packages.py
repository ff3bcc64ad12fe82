"""Has a person installed packages that their Jupyter would import (`pip install --user`)?

Then their server is started by exec, which finds those: a fork has imported everybody's already.
"""

import os
import sys
import sysconfig
from pathlib import Path


def has_own_packages(home: Path) -> bool:
    """Only looks; whatever is there is the person's own affair."""
    if not _counts_user_packages():
        return False
    folder = sysconfig.get_path("purelib", "posix_user", {"userbase": str(home / ".local")})
    try:
        with os.scandir(folder) as entries:  # not `iterdir`, which reads them all: how many?
            return next(entries, None) is not None
    except OSError:
        return False


def _counts_user_packages() -> bool:
    """A virtual environment knows them only together with the system's packages (PEP 405)."""
    if sys.prefix == sys.base_prefix:
        return True
    try:
        lines = (Path(sys.prefix) / "pyvenv.cfg").read_text().lower().splitlines()
    except OSError:
        return False
    words = [line.partition("=") for line in lines]
    return any(
        name.strip() == "include-system-site-packages" and value.strip() == "true"
        for name, _, value in words
    )
