import json
import os
from pathlib import Path

import pytest
from sifu_image.laying_out import clear_unfinished, lay_out

NOW = 1_800_000_000.0


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def courses(tmp_path):
    folder = tmp_path / "courses"
    (folder / "one" / "week 1").mkdir(parents=True)
    (folder / "one" / "week 1" / "a.md").write_text("from the course")
    (folder / "one" / "link").symlink_to("week 1")
    (folder / "courses.json").write_text(json.dumps({"one": "."}))
    return folder


@pytest.fixture
def notebooks(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    return folder


def test_a_course_is_laid_out_once(courses, notebooks):
    (line,) = lay_out(courses, notebooks, now=NOW)
    assert line == f"The course one is now in {notebooks}/one."
    assert (notebooks / "one" / "link" / "a.md").read_text() == "from the course"
    assert (notebooks / "one" / "link").is_symlink()
    (notebooks / "one" / "week 1" / "a.md").write_text("mine")
    assert list(lay_out(courses, notebooks, now=NOW)) == []
    assert (notebooks / "one" / "week 1" / "a.md").read_text() == "mine"
    assert names_in(notebooks) == ["one"]


def test_only_the_chosen_folder_is_laid_out(courses, notebooks):
    (courses / "courses.json").write_text(json.dumps({"one": "week 1"}))
    assert len(list(lay_out(courses, notebooks, now=NOW))) == 1
    assert names_in(notebooks / "one") == ["a.md"]


@pytest.mark.parametrize("kind", ["file", "empty folder", "dangling link"])
def test_whatever_has_the_name_stays(courses, notebooks, kind):
    mine = notebooks / "one"
    if kind == "file":
        mine.write_text("mine")
    elif kind == "empty folder":
        mine.mkdir()
    else:
        mine.symlink_to("nowhere")
    before = mine.lstat()
    assert list(lay_out(courses, notebooks, now=NOW)) == []
    assert mine.lstat() == before


def test_a_course_that_fails_is_told_and_leaves_nothing(courses, notebooks):
    (courses / "courses.json").write_text(json.dumps({"gone": ".", "one": "."}))
    failed, done = lay_out(courses, notebooks, now=NOW)
    assert "could not be laid" in failed
    assert "now in" in done
    assert names_in(notebooks) == ["one"]


def test_an_image_without_courses_lays_nothing_out(tmp_path, notebooks):
    assert list(lay_out(tmp_path / "nowhere", notebooks, now=NOW)) == []


def test_only_old_unfinished_copies_of_ours_are_cleared(notebooks):
    old, young, named = (
        notebooks / name for name in (".sifu-unfinished-a", ".sifu-unfinished-b", "other")
    )
    for folder in (old, young, named):
        folder.mkdir()
        (folder / "x").write_text("x")
    os.utime(old, (NOW - 90_000, NOW - 90_000))
    os.utime(named, (NOW - 90_000, NOW - 90_000))
    os.utime(young, (NOW, NOW))
    clear_unfinished(notebooks, before=NOW - 86_400)
    assert names_in(notebooks) == [".sifu-unfinished-b", "other"]
