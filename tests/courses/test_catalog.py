"""What a teacher may choose from: bounded, hidden things and links passed over."""

from dataclasses import replace
from pathlib import Path

import pytest

from proxy.core.course import Course
from proxy.courses import catalog as course_catalog
from proxy.courses.catalog import Catalog, ListedCourse, Placed, list_courses, list_placed
from proxy.courses.places import CoursePlaces


def put(data: Path, *paths: str) -> None:
    for path in paths:
        file = data / "courses" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def places(data: Path) -> CoursePlaces:
    return CoursePlaces(data, data / "notebooks", data / "image")


def test_without_courses_there_is_nothing(tmp_path: Path) -> None:
    assert list_courses(places(tmp_path)) == Catalog((), is_whole=True)


def test_notebooks_are_listed_by_course_and_name(tmp_path: Path) -> None:
    put(tmp_path, "b/z.ipynb", "b/week 1/a.ipynb", "a/é.ipynb", "a/data.csv", "a/x.IPYNB")
    (tmp_path / "courses/empty").mkdir()
    assert list_courses(places(tmp_path)) == Catalog(
        (
            ListedCourse("a", ("é.ipynb",)),
            ListedCourse("b", ("week 1/a.ipynb", "z.ipynb")),
            ListedCourse("empty", ()),
        ),
        is_whole=True,
    )
    assert list_courses(places(tmp_path)).courses[1].paths == ["b/week 1/a.ipynb", "b/z.ipynb"]


def test_hidden_things_are_passed_over(tmp_path: Path) -> None:
    put(
        tmp_path,
        ".hidden/a.ipynb",
        "a/.git/a.ipynb",
        "a/.b.ipynb",
        "a/w/.ipynb_checkpoints/a.ipynb",
    )
    put(tmp_path, "file.ipynb")
    assert list_courses(places(tmp_path)) == Catalog((ListedCourse("a", ()),), is_whole=True)


def test_no_link_is_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/x.ipynb")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.ipynb").touch()
    (tmp_path / "courses/linked").symlink_to(outside)
    (tmp_path / "courses/a/folder").symlink_to(outside)
    (tmp_path / "courses/a/file.ipynb").symlink_to(outside / "secret.ipynb")
    (tmp_path / "courses/a/round").symlink_to(tmp_path / "courses")
    assert list_courses(places(tmp_path)).courses == (ListedCourse("a", ("x.ipynb",)),)


def test_names_that_no_link_can_hold_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "a/back\\slash.ipynb", "a/line\nbreak.ipynb", "a/ok.ipynb", "a\\b/x.ipynb")
    assert list_courses(places(tmp_path)).courses == (ListedCourse("a", ("ok.ipynb",)),)


@pytest.mark.parametrize(
    ("name", "number"),
    [("MOST_NOTEBOOKS", 3), ("MOST_ENTRIES", 5), ("MOST_DEPTH", 1), ("MOST_COURSES", 1)],
)
def test_it_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    put(tmp_path, *(f"a/{each}.ipynb" for each in range(9)), "b/1/2/3/4/5/x.ipynb")
    assert list_courses(places(tmp_path)).is_whole
    monkeypatch.setattr(course_catalog, name, number)
    found = list_courses(places(tmp_path))
    assert not found.is_whole
    assert sum(len(course.notebooks) for course in found.courses) <= 9


def test_a_folder_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    put(tmp_path, "a/x.ipynb", "b/y.ipynb")
    (tmp_path / "courses/a/deep").write_text("")
    names = [course.name for course in list_courses(places(tmp_path)).courses]
    assert names == ["a", "b"]


def test_a_course_with_a_repository_shows_what_is_served(tmp_path: Path) -> None:
    put(tmp_path, "stats/old.ipynb", "away/kept.ipynb", "hand/x.ipynb")
    here = places(tmp_path)
    for name, version, notebook in (("stats", "v2", "new.ipynb"), ("away", "v1", "y.ipynb")):
        here.version(name, version).mkdir(parents=True)
        (here.version(name, version) / notebook).touch()
    stats = Course("stats", "https://git.example.org/a", 1.0, version="v2")
    listed = [stats, replace(stats, name="away", version="v1", archived=2.0)]
    listed.append(replace(stats, name="coming", version=""))
    assert list_courses(here, listed).courses == (
        ListedCourse("hand", ("x.ipynb",)),
        ListedCourse("stats", ("new.ipynb",)),
    )


def test_a_folder_is_told_from_what_came_with_the_image(tmp_path: Path) -> None:
    here = places(tmp_path)
    here.image.mkdir()
    (here.image / "courses.json").write_text('{"came": ".", "both": "notebooks"}')
    put(tmp_path, "both/a.ipynb", "mine/a.ipynb", ".hidden/a.ipynb")
    assert list_placed(here) == {
        "came": Placed(here.image / "came", is_of_image=True),
        "both": Placed(tmp_path / "courses/both", is_of_image=False),
        "mine": Placed(tmp_path / "courses/mine", is_of_image=False),
    }
