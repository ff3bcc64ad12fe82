"""What is to be told stays until it was read, and does not grow without end."""

from pathlib import Path

import pytest

from proxy.courses.told import MOST, Told, ToldFiles


def test_it_is_told_until_it_was_read(tmp_path: Path) -> None:
    told = ToldFiles()
    told.add(tmp_path, "stats", ["one"], 1.0)
    told.add(tmp_path, "stats", ["two"], 2.0)
    told.add(tmp_path, "maths", [], 3.0)
    assert ToldFiles().read(tmp_path, "stats") == [Told(1.0, "one"), Told(2.0, "two")]
    assert told.read(tmp_path, "maths") == []
    told.forget(tmp_path, "stats")
    told.forget(tmp_path, "stats")
    assert told.read(tmp_path, "stats") == []


def test_the_same_is_told_once_and_the_newest_stay(tmp_path: Path) -> None:
    told = ToldFiles()
    for number in range(3 * MOST):
        told.add(tmp_path, "stats", ["again", str(number)], float(number))
    found = told.read(tmp_path, "stats")
    assert len(found) == MOST
    assert found[-1].sentence == str(3 * MOST - 1)
    assert [each.sentence for each in found].count("again") == 1


@pytest.mark.parametrize("text", ["", "{", "[1]", '[["x", 1]]', "null", '[["1"]]'])
def test_what_is_damaged_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "stats.told").write_text(text)
    assert ToldFiles().read(tmp_path, "stats") == []
