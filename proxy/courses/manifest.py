"""What somebody was given of a course: a hash for each path, kept where they cannot reach it.

Promises: written whole or not at all; what is missing, damaged or too long is an empty manifest,
which takes everything in the workspace for the person's own; never an error when it is read. Must
not: hold what the workspace holds. Blocks.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from proxy.core.identity import HOME_WORKSPACE
from proxy.core.merging import Delivered
from proxy.disk.private_folders import make_private_folders
from proxy.disk.whole_files import write_whole

_FORMAT: Final = 1
_MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_NAME: Final = 200  # bytes; a suffix is put behind it
_MOST_ENTRIES: Final = 40_000


@dataclass(frozen=True, slots=True)
class Retired:
    """An old version that was replaced: `name` in the folder at `path`, kept until it is old.

    Somebody may have had it open to write into it.
    """

    path: str
    name: str
    content: str
    size: int
    at: float


@dataclass(slots=True)
class Manifest:
    """Of one course in one workspace.

    `version` is what all of it was brought to, empty while that is under way. `blocked` are paths
    where something is in the way of a folder, and `links` what our links to shared folders pointed
    to; who was told of either is not told again.
    """

    version: str = ""
    files: dict[str, Delivered] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    retired: list[Retired] = field(default_factory=list)


def manifest_file(folder: Path, course: str) -> Path:
    """Return where it is; `folder` as in `CoursePlaces.manifests`."""
    return folder / f"{file_stem(course)}.manifest"


def file_stem(course: str) -> str:
    """Return what a file of ours for the course is called, whatever the course is called."""
    name = os.fsencode(course)
    return course if len(name) <= _MOST_NAME else sha256(name).hexdigest()


def find_copies(manifests: Path, course: str) -> frozenset[str]:
    """Return the owners who have a copy in their home; `manifests` holds all of them."""
    with suppress(FileNotFoundError), os.scandir(manifests) as owners:
        return frozenset(
            each.name
            for each in owners
            if manifest_file(manifests / each.name / HOME_WORKSPACE, course).exists()
        )
    return frozenset()


def read_manifest(path: Path) -> Manifest:
    """Return what is known, an empty manifest if nothing is."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) <= _MOST_BYTES:
            return _from_json(json.loads(text))
    return Manifest()


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write it so that a killed process leaves the old one or the new one; raises `OSError`."""
    text = json.dumps(_to_json(manifest), separators=(",", ":"))
    make_private_folders(path.parent)
    write_whole(path, text.encode())


def remove_manifest(path: Path) -> None:
    """Forget what was given; raises `OSError`."""
    path.unlink(missing_ok=True)


def _to_json(manifest: Manifest) -> dict[str, object]:
    kept = list(manifest.files.items())[-_MOST_ENTRIES:]
    return {
        "format": _FORMAT,
        "version": manifest.version,
        "files": {path: [each.content, each.size, *each.laid] for path, each in kept},
        "blocked": sorted(manifest.blocked),
        "links": manifest.links,
        "retired": [
            [each.path, each.name, each.content, each.size, each.at] for each in manifest.retired
        ],
    }


def _from_json(found: dict[str, Any]) -> Manifest:
    if found["format"] != _FORMAT:
        return Manifest()
    return Manifest(
        version=str(found["version"]),
        files={
            path: Delivered(str(content), int(size), tuple(map(str, laid)))
            for path, (content, size, *laid) in found["files"].items()
        },
        blocked=set(map(str, found["blocked"])),
        links={str(path): str(target) for path, target in found["links"].items()},
        retired=[
            Retired(str(path), str(name), str(content), int(size), float(at))
            for path, name, content, size, at in found["retired"]
        ],
    )
