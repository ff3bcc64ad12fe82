"""Opening what a course holds: plain files, through plain folders."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.disk.plain_files import (
    has_folder,
    open_file,
    open_named_file,
    opened_folder,
)


@pytest.fixture
def course(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "secret.ipynb").write_text("secret")
    (tmp_path / "course/week 1").mkdir(parents=True)
    (tmp_path / "course/week 1/a.ipynb").write_text("a")
    (tmp_path / "course/up").symlink_to("..")
    with opened_folder(tmp_path / "course") as found:
        assert found is not None
        yield found


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_notebook_is_found_through_folders(course: int) -> None:
    found = open_named_file(course, "week 1/a.ipynb")
    assert found is not None
    with found:
        assert found.read() == b"a"


@pytest.mark.parametrize(
    "path",
    [
        "up/secret.ipynb",
        "../secret.ipynb",
        "week 1/../../secret.ipynb",
        "/etc/passwd",
        "",
        ".",
        "week 1",
        "week 1/a.ipynb/b",
        "none/a.ipynb",
        "a" * 256,
        "a\0b",
    ],
)
def test_nothing_else_is_opened_and_nothing_stays_open(course: int, path: str) -> None:
    before = open_descriptors()
    assert open_named_file(course, path) is None
    assert open_descriptors() == before


def test_a_pipe_keeps_nobody_waiting(course: int, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "course/pipe")
    assert open_file(course, "pipe") is None


def test_a_course_is_a_folder_itself(course: int, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("course")
    assert has_folder(tmp_path / "course")
    for name in ("link", "none", "secret.ipynb", "😀" * 100):
        assert not has_folder(tmp_path / name)


@pytest.mark.parametrize("name", ["link", "none", "a" * 256])
def test_a_folder_that_is_none_opens_as_none(course: int, tmp_path: Path, name: str) -> None:
    (tmp_path / "course/link").symlink_to("week 1")
    with opened_folder(name, course) as found:
        assert found is None
