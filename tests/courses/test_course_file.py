"""`courses.toml`: what it says, every problem at once, and the image's file beside it."""

from pathlib import Path

import pytest
from sifu_image.course_list import read_courses

from proxy.core.course import Enrolment
from proxy.core.errors import InvalidSettings
from proxy.courses.changes import Wish
from proxy.courses.course_file import DeclaredCourse, parse_courses, read_course_file

OF_IMAGE = """
[[course]]
name = "statistics-1"
url = "https://git.example.org/maths/statistics-1.git"

[[course]]
name = "programming"
url = "https://git.example.org/informatics/lectures.git"
branch = "autumn-2026"
directory = "notebooks"
"""


def test_one_file_serves_the_image_and_us() -> None:
    ours = [(each.name, each.wish.url, each.wish.branch) for each in parse_courses(OF_IMAGE)]
    theirs = [(each.name, each.address.url, each.branch) for each in read_courses(OF_IMAGE)]
    assert ours == theirs
    assert [each.wish.directory for each in parse_courses(OF_IMAGE)] == ["", "notebooks"]
    dot = OF_IMAGE.replace('"notebooks"', '"."')
    assert parse_courses(dot)[1].wish.directory == ""


def test_everything_that_it_may_say() -> None:
    text = (
        '[[course]]\nname = "a"\nurl = "git@git.example.org:a.git"\ntitle = "A"\nopen = true\n'
        'update_every = 600\ntoken_file = "/t"\ndeploy_key = "/k"\n'
    )
    wish = Wish("git@git.example.org:a.git", "A", "", "", Enrolment.OPEN, 600)
    assert parse_courses(text) == (DeclaredCourse("a", wish, "/t", "/k"),)


def test_every_problem_at_once() -> None:
    text = (
        '[[course]]\nname = "a"\nurl = "file:///x"\n[[course]]\nname = "a"\nbranch = "-x"\n'
        'url = "https://git.example.org/a"\n'
    )
    with pytest.raises(InvalidSettings) as raised:
        parse_courses(text)
    first, second, third = raised.value.problems
    assert first.startswith("courses.toml, course 1: “file:///x” is no address")
    assert second == "courses.toml, course 2: there is another one called “a”."
    assert third == "courses.toml, course 2: That is not the name of a branch or tag."


@pytest.mark.parametrize(
    "text",
    [
        "[[course",
        "course = 1",
        "[course]",
        "more = 1",
        "[[course]]",
        '[[course]]\nname = "a"\nurl = 1',
        '[[course]]\nname = "a"\nurl = "https://git.example.org/a"\nmore = 1',
        '[[course]]\nname = "a"\nurl = "https://git.example.org/a"\nopen = "yes"',
        '[[course]]\nname = "a"\nurl = "https://git.example.org/a"\nupdate_every = true',
    ],
)
def test_files_that_are_refused(text: str) -> None:
    with pytest.raises(InvalidSettings) as raised:
        parse_courses(text)
    assert all(problem.startswith("courses.toml") for problem in raised.value.problems)


def test_no_file_no_courses(tmp_path: Path) -> None:
    assert read_course_file(tmp_path / "courses.toml") == ()
    (tmp_path / "courses.toml").write_bytes(b"\xff")
    with pytest.raises(InvalidSettings):
        read_course_file(tmp_path / "courses.toml")
