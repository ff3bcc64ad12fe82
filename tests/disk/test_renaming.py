"""Renames that take nothing away, also where the kernel or the file system has none."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.disk import renaming
from proxy.disk.renaming import exchange, give_free_name


@pytest.fixture(params=["renameat2", "without"])
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[int]:
    if request.param == "without":

        def unknown(*_: object) -> None:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

        monkeypatch.setattr(renaming, "_rename", unknown)
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def found(folder: Path) -> dict[str, str]:
    return {each.name: each.read_text() for each in folder.iterdir() if each.is_file()}


def test_two_files_change_names(folder: int, tmp_path: Path) -> None:
    put(tmp_path, a="1", b="2")
    exchange(folder, "a", "b", between="c")
    assert found(tmp_path) == {"a": "2", "b": "1"}


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_nothing_is_exchanged_with_nobody(folder: int, tmp_path: Path, names: str) -> None:
    put(tmp_path, a="1")
    with pytest.raises(FileNotFoundError):
        exchange(folder, *names, between="c")
    assert list(found(tmp_path).values()) == ["1"]


def test_a_file_and_a_folder_change_names(folder: int, tmp_path: Path) -> None:
    put(tmp_path, a="1")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/inside").write_text("2")
    exchange(folder, "a", "b", between="c")
    assert (tmp_path / "a/inside").read_text() == "2"
    assert (tmp_path / "b").read_text() == "1"


def test_a_link_is_exchanged_and_not_followed(folder: int, tmp_path: Path) -> None:
    put(tmp_path, a="1")
    (tmp_path / "b").symlink_to("/etc/passwd")
    exchange(folder, "a", "b", between="c")
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "b").read_text() == "1"


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_a_name_that_is_taken_is_not_given(folder: int, tmp_path: Path, kind: str) -> None:
    put(tmp_path, a="1")
    if kind == "file":
        put(tmp_path, b="2")
    elif kind == "link":
        (tmp_path / "b").symlink_to("/nowhere")
    else:
        (tmp_path / "b").mkdir()
    with pytest.raises(FileExistsError):
        give_free_name(folder, "a", "b")
    assert (tmp_path / "a").read_text() == "1"
    give_free_name(folder, "a", "c")
    assert (tmp_path / "c").read_text() == "1"
    assert not (tmp_path / "a").exists()


def test_a_folder_does_not_take_the_place_of_a_full_one(folder: int, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "inside").write_text(name)
    with pytest.raises(OSError, match=r"exists|not empty"):
        give_free_name(folder, "a", "b")
    assert (tmp_path / "b/inside").read_text() == "b"


def test_what_is_made_anew_between_the_steps_is_taken_for_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(renaming, "_rename", unknown)
    give, left = renaming.give_free_name, [2]

    def look(folder: int, old: str, new: str, **_: object) -> None:
        left[0] -= 1
        if not left[0]:
            put(tmp_path, b="made anew")
        give(folder, old, new)

    monkeypatch.setattr(renaming, "give_free_name", look)
    put(tmp_path, a="ours", b="theirs")
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    exchange(descriptor, "a", "b", between="c")
    os.close(descriptor)
    assert found(tmp_path)["b"] == "ours"
    assert sorted(found(tmp_path).values()) == ["made anew", "ours", "theirs"]
