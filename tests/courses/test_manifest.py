"""What was given is kept whole, and what is damaged takes everything for the person's own."""

import json
import os
from pathlib import Path

import pytest

from proxy.core.merging import Delivered
from proxy.courses import manifest as manifests
from proxy.courses.manifest import (
    Manifest,
    Retired,
    file_stem,
    find_copies,
    manifest_file,
    read_manifest,
    remove_manifest,
    write_manifest,
)

FULL = Manifest(
    version="v1",
    files={"a.ipynb": Delivered("a" * 64, 3, ("b" * 64,)), "w/\udce9": Delivered("c" * 64, 0)},
    blocked={"w"},
    links={"data": "/notebooks/.courses/x"},
    retired=[Retired("w", ".sifu-replaced-x-a", "d" * 64, 4, 5.0)],
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = manifest_file(tmp_path / "new/folder", "stats")
    write_manifest(path, FULL)
    assert read_manifest(path) == FULL
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    remove_manifest(path)
    remove_manifest(path)
    assert read_manifest(path) == Manifest()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": 2}',
        '{"format": 1, "version": "v", "files": {"a": 1}}',
        '{"format": 1, "version": "v", "files": {"a": ["x"]}, "blocked": [], "links": {}}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_what_is_damaged_is_nothing(tmp_path: Path, text: str) -> None:
    path = manifest_file(tmp_path, "stats")
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read_manifest(path) == Manifest()


def test_what_is_too_long_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = manifest_file(tmp_path, "stats")
    write_manifest(path, FULL)
    monkeypatch.setattr(manifests, "_MOST_BYTES", 100)
    assert read_manifest(path) == Manifest()


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "_MOST_ENTRIES", 3)
    path = manifest_file(tmp_path, "stats")
    write_manifest(path, Manifest(files={str(each): Delivered("x", 1) for each in range(9)}))
    assert len(read_manifest(path).files) == 3


def test_a_full_disk_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = manifest_file(tmp_path, "stats")
    write_manifest(path, FULL)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_manifest(path, Manifest())
    assert read_manifest(path) == FULL


def test_no_two_courses_share_a_file(tmp_path: Path) -> None:
    names = ["a", "a.manifest", "a.told", "a.manifest.new", "a.lock", "ü" * 120, "ü" * 121]
    found = {manifest_file(tmp_path, name).name for name in names}
    found |= {f"{file_stem(name)}.told" for name in names}
    assert len(found) == 2 * len(names)
    assert all(len(name.encode()) <= 240 for name in found)


def test_who_has_a_copy(tmp_path: Path) -> None:
    assert find_copies(tmp_path / "none", "stats") == frozenset()
    for owner, course in (("ann", "stats"), ("bob", "maths")):
        write_manifest(manifest_file(tmp_path / owner / "home", course), Manifest())
    assert find_copies(tmp_path, "stats") == {"ann"}
    assert json.loads(manifest_file(tmp_path / "ann/home", "stats").read_text())["files"] == {}
