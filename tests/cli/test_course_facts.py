"""What this machine has for fetching courses, as it is looked up."""

from pathlib import Path

import pytest

from proxy.cli.course_facts import find_course_tools
from proxy.core.course import Course
from proxy.store import courses
from proxy.store.database import Store


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH."""
    made = tmp_path / "programs"
    made.mkdir()
    monkeypatch.setenv("PATH", str(made))
    return made


def put_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_courses_that_are_put_away_need_nothing(store: Store) -> None:
    assert find_course_tools(None).courses == 0
    for number, (url, archived) in enumerate(
        [
            ("https://git.example.org/a", None),
            ("git@git.example.org:b", None),
            ("ssh://git@git.example.org/c", 2.0),
        ]
    ):
        store.write_now(courses.add, Course(f"c{number}", url, 1.0, archived=archived))
    found = find_course_tools(store)
    assert (found.courses, found.by_ssh) == (2, 1)


def test_programs_are_looked_for_where_sifu_would_find_them(programs: Path) -> None:
    found = find_course_tools(None)
    assert (found.git, found.has_ssh) == ("", False)
    put_program(programs, "git", 'echo "git version 2.20.1"; echo more >&2')
    put_program(programs, "ssh", "exit 1")
    found = find_course_tools(None)
    assert (found.git, found.has_ssh) == ("git version 2.20.1", True)


def test_a_git_that_cannot_be_started_is_none(programs: Path) -> None:
    (programs / "git").write_bytes(b"\x7fELF not really")
    (programs / "git").chmod(0o755)
    assert find_course_tools(None).git == ""


def test_a_database_that_cannot_be_read_is_told_elsewhere(tmp_path: Path) -> None:
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    try:
        assert find_course_tools(empty).courses == 0
    finally:
        empty.close()
