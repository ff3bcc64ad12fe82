"""Tells whether the installation is still the one that a process has imported.

Installing, upgrading or removing a package changes the folder that holds packages; our own modules
are looked at one by one, because a checkout is changed in place. A change that is seen where there
is none costs a restart of the fork server, no more.
"""

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def fingerprint() -> str:
    """Return a digest of what would be imported now. Takes well under a millisecond."""
    digest = sha256(sys.version.encode())
    for path in _looked_at():
        digest.update(f"{path} {_changed(path)}\n".encode())
    return digest.hexdigest()


def _looked_at() -> Iterator[str]:
    yield from sys.path
    yield os.path.join(sys.prefix, "pyvenv.cfg")  # noqa: PTH118 (asked at each start)
    for folder in ("notebook", "core"):
        with os.scandir(_PACKAGE / folder) as entries:
            yield from sorted(entry.path for entry in entries if entry.name.endswith(".py"))


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0
