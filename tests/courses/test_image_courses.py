"""Courses of the image: its list, or none."""

import json
from pathlib import Path

import pytest

from proxy.courses.image_courses import list_image_courses


def test_each_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "courses.json").write_text(
        json.dumps({"a": ".", "b": "x/y", "c": "../..", "": "."})
    )
    assert list_image_courses(tmp_path) == {"a": tmp_path / "a", "b": tmp_path / "b/x/y"}


@pytest.mark.parametrize("text", ["", "[]", "x", '{"a": 1}'])
def test_no_list_no_courses(tmp_path: Path, text: str) -> None:
    assert list_image_courses(tmp_path) == {}
    (tmp_path / "courses.json").write_text(text)
    assert list_image_courses(tmp_path) == {}
