"""What a course has: listed within bounds, links passed over, hashed once."""

import os
import socket
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from proxy.core.course import Course, Outline
from proxy.courses import source as sources
from proxy.courses.places import CoursePlaces
from proxy.courses.shelf import CourseShelf
from proxy.courses.source import (
    Hashes,
    Source,
    SourceFile,
    Sources,
    is_course_here,
    list_files,
)
from proxy.disk.file_copies import hash_of
from proxy.disk.plain_files import open_file_below
from proxy.store import courses
from proxy.store.database import Store


@pytest.fixture
def course(tmp_path: Path) -> Iterator[int]:
    for path in ("b.ipynb", "a/b/c.csv", ".git/config", "a/.git/x", "data/big.csv", ".hidden"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def test_all_files_but_what_git_keeps_and_what_is_shared(course: int) -> None:
    assert list_files(course).files == (
        SourceFile(".hidden", 7),
        SourceFile("a/b/c.csv", 9),
        SourceFile("b.ipynb", 7),
        SourceFile("data/big.csv", 12),
    )
    found = list_files(course, ("data", "a/b"))
    assert [each.path for each in found.files] == [".hidden", "b.ipynb"]
    assert found.is_whole


def test_links_pipes_and_sockets_are_passed_over(course: int, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "sock"))
        assert len(list_files(course).files) == 4
    for path in ("link", "folder/passwd", "pipe", "sock", "nothing", "b.ipynb/x", "a"):
        assert open_file_below(course, path) is None


@pytest.mark.parametrize(("name", "number"), [("MOST_FILES", 2), ("MOST_DEPTH", 1)])
def test_a_listing_is_bounded(
    course: int, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    monkeypatch.setattr(sources, name, number)
    found = list_files(course)
    assert not found.is_whole
    assert len(found.files) < 4


def test_a_file_is_hashed_once_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes, asked = Hashes(), []

    def look(file: int, size: int) -> str:
        asked.append(file)
        return hash_of(file, size)

    monkeypatch.setattr(sources, "hash_of", look)
    path = tmp_path / "a"
    for text in ("one", "one", "other"):
        path.write_text(text)
        for _ in range(2):
            with path.open("rb") as file:
                assert hashes.of(file) == sha256(text.encode()).hexdigest()
    assert len(asked) == 3


def test_a_course_is_here_if_its_folder_is(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").touch()
    assert is_course_here(Source(tmp_path))
    assert not is_course_here(None)
    for name in ("link", "file", "none", "😀" * 100):
        assert not is_course_here(Source(tmp_path / name))


async def test_the_served_version_comes_with_what_it_shares(store: Store, tmp_path: Path) -> None:
    found = Sources(CourseShelf(CoursePlaces(tmp_path, tmp_path / "notebooks"), store))
    assert await found.find("stats") is None
    (tmp_path / "courses/stats").mkdir(parents=True)
    assert await found.find("stats") == Source(tmp_path / "courses/stats")
    outline = Outline(static=("data",))
    await store.write(courses.add, Course("stats", "", 0.0, version="v1", outline=outline))
    served = tmp_path / "course-versions/stats/v1"
    assert await found.find("stats") == Source(served, "v1", ("data",))
