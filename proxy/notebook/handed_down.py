"""What front hands down to a Jupyter server: a file in the server's folder, read once at start.

Promises: the file and the key beside it are private from birth: ours alone, or readable by the
server's own account besides; nothing of them stands on a command line or in an environment.
Must not: import Jupyter (front imports this module).
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

SETTINGS_FILE = "settings.json"
KEY_FILE = "identity.key"


@dataclass(frozen=True, slots=True)
class HandedDown:
    """`server` is `owner/workspace`; `frame_origins` may put the pages into a frame.

    `own` is a folder in which the server may write: for the files that are gone with it. Its path
    is short enough for the kernels' sockets if `has_kernel_sockets`; else they use loopback ports.
    `course_environments` is a file that names the Python of each course's kernels, or empty.
    """

    server: str
    base_url: str
    root: str
    socket: str
    own: str
    has_kernel_sockets: bool = False
    gateway_url: str = ""
    course_environments: str = ""
    autosave_interval: int = 30
    kernel_idle_timeout: int = 0
    frame_origins: tuple[str, ...] = ()
    https: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def write(folder: Path, handed: HandedDown, identity_key: str, *, gid: int | None = None) -> None:
    """Write both files, replacing those of an earlier start; members of `gid` may read them."""
    _write_private(folder / KEY_FILE, identity_key, gid)
    _write_private(folder / SETTINGS_FILE, json.dumps(asdict(handed), indent=2), gid)


def read(folder: Path) -> HandedDown:
    """Raises `OSError` or `ValueError` if the file is not one of ours."""
    values = json.loads((folder / SETTINGS_FILE).read_text())
    try:
        return HandedDown(**(values | {"frame_origins": tuple(values["frame_origins"])}))
    except (KeyError, TypeError) as problem:
        raise ValueError(f"{SETTINGS_FILE} was not written by this version of Sifu") from problem


def read_key(folder: Path) -> str:
    return (folder / KEY_FILE).read_text()


def _write_private(path: Path, text: str, gid: int | None) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        if gid is not None:
            os.fchown(descriptor, -1, gid)
            os.fchmod(descriptor, 0o640)
        file.write(text)
    fresh.replace(path)
