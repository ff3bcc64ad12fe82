"""Elastic Beanstalk's source bundle: assembled from a checkout, checked, written.

Promises: the same checkout and choices give the same bytes; a bundle with problems is not written;
the target appears whole or not at all. Must not: decide (`bundle_layout`, `bundle_check`), or
touch files itself (`bundle_files`).
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proxy.deploy.bundle.archive import pack
from proxy.deploy.bundle.check import MOST_BYTES, check_entries
from proxy.deploy.bundle.entries import make_entries
from proxy.deploy.bundle.files import Listing, list_checkout, read_files, write_whole
from proxy.deploy.bundle.layout import (
    BundleChoices,
    Entry,
    LoadBalancer,
    find_missing,
    find_places,
    list_files,
    list_folders,
)
from proxy.deploy.bundle.secrets import is_secret_name
from proxy.deploy.configs.problem import InvalidBundle, Problem

__all__ = [
    "Assembly",
    "Bundle",
    "BundleChoices",
    "InvalidBundle",
    "LoadBalancer",
    "assemble",
    "write_assembly",
    "write_bundle",
]

DEFAULT = BundleChoices()


@dataclass(frozen=True, slots=True)
class Assembly:
    """A bundle in memory: its files, what is wrong with it, and what was left out of it."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle on the disk; `label` names its application version and follows from its contents."""

    path: Path
    size: int
    sha256: str
    files: int
    label: str


def assemble(
    source: Path,
    choices: BundleChoices = DEFAULT,
    *,
    settings: Collection[str] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Assembly:
    """Read the checkout at `source` and judge what its bundle would hold; write nothing.

    `settings`: the names that `SIFU_*` properties may have; None: any. `report` is called with a
    sentence now and then if it takes long. Raises `InvalidBundle` where `source` is no checkout
    or far too large, `OSError` where a file cannot be read.
    """
    listing = list_checkout(source, list_folders(), list_files())
    missing = find_missing(listing.files, choices)
    if missing:
        raise InvalidBundle([_not_a_checkout(source, missing)])
    places = {path: find_places(path, choices) for path in listing.files}
    secret = {path for path in listing.files if is_secret_name(path)}
    wanted = [path for path, names in places.items() if names and path not in secret]
    contents = read_files(source, wanted, report, most=MOST_BYTES)
    if len(contents) < len(wanted):
        raise InvalidBundle([_too_large(contents)])
    entries = make_entries(contents, choices)
    problems = [*_refused(listing), *check_entries(entries, settings)]
    return Assembly(
        tuple(entries),
        tuple(sorted(problems)),
        tuple(sorted(secret | _unknown(places))),
        _version(contents["pyproject.toml"]),
    )


def write_bundle(
    source: Path,
    target: Path | None = None,
    choices: BundleChoices = DEFAULT,
    *,
    settings: Collection[str] | None = None,
    moment: int | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Bundle:
    """Assemble, check and write the bundle of the checkout at `source`; return what was written.

    `target` None: `build/<label>.zip` below `source`. `moment`: SOURCE_DATE_EPOCH, seconds. For
    `settings` and `report` see `assemble`. Raises `InvalidBundle` with every problem found, or
    where `source` is no checkout; `OSError` where a file cannot be read or written.
    """
    assembly = assemble(source, choices, settings=settings, report=report)
    if assembly.problems:
        raise InvalidBundle([str(problem) for problem in assembly.problems])
    return write_assembly(assembly, source, target, moment=moment)


def write_assembly(
    assembly: Assembly, source: Path, target: Path | None = None, *, moment: int | None = None
) -> Bundle:
    """Write an assembly without problems; see `write_bundle`."""
    data = pack(assembly.entries, moment)
    digest = hashlib.sha256(data).hexdigest()
    label = f"sifu-{assembly.version}-{digest[:12]}"
    path = target or source / "build" / f"{label}.zip"
    write_whole(path, data)
    return Bundle(path, len(data), digest, len(assembly.entries), label)


def _not_a_checkout(source: Path, missing: Sequence[str]) -> str:
    return (
        f"{source} is not a complete checkout of Sifu: {', '.join(missing)} is missing. Run this "
        "in the folder that the Dockerfile is in, or name that folder."
    )


def _too_large(contents: Mapping[str, bytes]) -> str:
    largest = max(contents, key=lambda path: len(contents[path]))
    limit = MOST_BYTES // 1_000_000
    return (
        f"The bundle would have more than {limit} MB, Beanstalk's limit. Look at {largest} first."
    )


def _refused(listing: Listing) -> list[Problem]:
    sentence = "is a link or no ordinary file; a bundle can hold none. Put a copy in its place."
    return [Problem(path, 0, sentence) for path in listing.irregular]


def _unknown(places: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the files that have no place and are not merely options that were not chosen."""
    unplaced = {path for path, names in places.items() if not names}
    return {path for path in unplaced if not path.startswith("ebextensions/optional/")}


def _version(pyproject: bytes) -> str:
    try:
        version = str(tomllib.loads(pyproject.decode())["project"]["version"])
    except (ValueError, KeyError, TypeError) as fault:
        sentence = f"pyproject.toml: holds no version of the project ({fault})."
        raise InvalidBundle([sentence]) from fault
    return re.sub(r"[^A-Za-z0-9.+-]", "-", version)[:40]
