"""Copies: whole, the account's, and never the original itself."""

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from proxy.disk import file_copies
from proxy.disk.file_copies import copy_to_new, hash_of, remove_own


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_a_copy_is_another_file_with_the_same_in_it(folder: int, tmp_path: Path, size: int) -> None:
    text = os.urandom(size)
    (tmp_path / "a").write_bytes(text)
    with (tmp_path / "a").open("rb") as file:
        file.read(1)
        made = copy_to_new(file, folder, "b", None)
    assert (tmp_path / "b").read_bytes() == text
    assert (made.hash, made.size) == (sha256(text).hexdigest(), size)
    assert made.key[1] == (tmp_path / "b").stat().st_ino != (tmp_path / "a").stat().st_ino
    assert (tmp_path / "b").stat().st_nlink == 1


@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0o644), (0o755, 0o755), (0o4777, 0o755)])
def test_what_can_be_run_stays_so_and_nothing_else_of_the_mode_does(
    folder: int, tmp_path: Path, mode: int, expected: int
) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "a").chmod(mode)
    before = os.umask(0o077)
    try:
        with (tmp_path / "a").open("rb") as file:
            copy_to_new(file, folder, "b", None)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
def test_it_is_the_accounts(folder: int, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with (tmp_path / "a").open("rb") as file:
        copy_to_new(file, folder, "b", 123_456)
    assert (tmp_path / "b").stat().st_uid == 123_456


@pytest.mark.parametrize("way", ["full", "quota in the clone"])
def test_a_copy_that_fails_leaves_nothing(
    folder: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC if way == "full" else errno.EDQUOT, "no room")

    monkeypatch.setattr(*((shutil, "copyfileobj") if way == "full" else (fcntl, "ioctl")), fails)
    (tmp_path / "a").write_text("x")
    with (tmp_path / "a").open("rb") as file, pytest.raises(OSError, match="no room"):
        copy_to_new(file, folder, "b", None)
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_has_the_name_is_not_written_to(folder: int, tmp_path: Path, kind: str) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "other").write_text("mine")
    if kind == "file":
        (tmp_path / "b").write_text("mine")
    else:
        (tmp_path / "b").symlink_to("other")
    with (tmp_path / "a").open("rb") as file, pytest.raises(FileExistsError):
        copy_to_new(file, folder, "b", None)
    assert (tmp_path / "b").read_text() == "mine"


def test_only_ones_own_is_removed(folder: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with (tmp_path / "a").open("rb") as file:
        made = copy_to_new(file, folder, "b", None)
    (tmp_path / "b").rename(tmp_path / "c")
    (tmp_path / "b").write_text("mine")
    remove_own(folder, "b", made.key)
    assert (tmp_path / "b").read_text() == "mine"
    remove_own(folder, "c", made.key)
    remove_own(folder, "nothing", made.key)
    assert not (tmp_path / "c").exists()


def test_the_hash_of_a_file_that_grew_or_shrank_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("abc")
    descriptor = os.open(tmp_path / "a", os.O_RDONLY)
    assert hash_of(descriptor, 3) == sha256(b"abc").hexdigest()
    assert not hash_of(descriptor, 2)
    assert not hash_of(descriptor, 4)
    os.close(descriptor)


def test_an_unknown_error_of_a_clone_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert errno.ENOSPC not in file_copies._NO_CLONE
    assert errno.EXDEV in file_copies._NO_CLONE
