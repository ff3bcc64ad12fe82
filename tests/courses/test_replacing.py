"""Replacing a file under the hands of somebody who saves, renames and removes it."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.fileio import atomic_writing

from proxy.courses import replacing
from proxy.courses.replacing import (
    PREFIX,
    Content,
    Outcome,
    Replacement,
    found_aside,
    give_dated_name,
    hidden_name,
    holds,
    replace,
    shown_name,
)
from proxy.disk.renaming import exchange
from tests.courses.copies import AT

NAME = "means.ipynb"


def content(text: str) -> Content:
    return Content(sha256(text.encode()).hexdigest(), len(text.encode()))


OLD, NEW = content("old"), content("new version")


class Place:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self.file = folder / NAME
        self.file.write_text("old")

    def replace(self) -> Replacement:
        (self.folder / "unfinished").write_text("new version")
        return replace(self.descriptor, "unfinished", NAME, OLD, NEW)

    def texts(self) -> list[str]:
        return sorted(each.read_text() for each in self.folder.rglob("*") if each.is_file())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    os.close(made.descriptor)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Do something before the so many-th exchange."""

    def install(number: int, act: Callable[[], object]) -> None:
        left = [number]

        def look(*arguments: Any, **named: Any) -> None:
            left[0] -= 1
            if not left[0]:
                act()
            exchange(*arguments, **named)

        monkeypatch.setattr(replacing, "exchange", look)

    return install


def test_what_nobody_changed_is_replaced_and_set_aside(place: Place) -> None:
    found = place.replace()
    assert found.outcome is Outcome.REPLACED
    ((aside, held),) = found.aside
    assert held == OLD
    assert place.file.read_text() == "new version"
    assert (place.folder / aside).read_text() == "old"
    assert found_aside(place.descriptor) == [aside]


def test_what_somebody_changed_is_where_it_was(place: Place) -> None:
    place.file.write_text("mine")
    found = place.replace()
    assert found.outcome is Outcome.CHANGED
    assert place.file.read_text() == "mine"


def test_a_save_that_is_under_way_is_waited_for(place: Place) -> None:
    file = place.file.open("w")

    def finish() -> None:
        file.write("saved")
        file.close()

    threading.Timer(0.3, finish).start()
    found = place.replace()
    assert found.outcome is Outcome.CHANGED
    assert place.file.read_text() == "saved"


def test_a_file_that_stays_open_to_write_is_left_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "PATIENCE", 0.05)
    with place.file.open("r+") as file:
        assert place.replace().outcome is Outcome.CHANGED
        file.write("OLD and more")
    assert place.file.read_text() == "OLD and more"


def test_a_save_just_before_it_is_exchanged_stays(
    place: Place, between: Callable[[int, Callable[[], object]], None]
) -> None:
    between(1, lambda: place.file.write_text("saved"))
    assert place.replace().outcome is Outcome.CHANGED
    assert place.file.read_text() == "saved"


def test_a_save_just_before_it_is_put_back_stays(
    place: Place, between: Callable[[int, Callable[[], object]], None]
) -> None:
    place.file.write_text("mine")
    between(2, lambda: place.file.write_text("saved"))
    found = place.replace()
    assert found.outcome is Outcome.CHANGED
    ((aside, held),) = found.aside
    assert held is None
    assert {"mine", "saved"} <= set(place.texts())
    assert (place.folder / aside).exists()


def put_a_folder(place: Place) -> None:
    place.file.rename(place.folder / "elsewhere")
    place.file.mkdir()
    (place.file / "inside").write_text("inside")


def put_a_draft(place: Place) -> None:
    (place.folder / "draft").write_text("draft")
    (place.folder / "draft").rename(place.file)


def take_the_hidden(place: Place) -> None:
    for each in place.folder.glob(f"{PREFIX}*"):
        each.rename(place.folder / "taken away")


@pytest.mark.parametrize(
    ("number", "act", "kept"),
    [
        (1, lambda place: place.file.unlink(), set()),
        (2, lambda place: place.file.unlink(), {"mine"}),
        (1, lambda place: place.file.rename(place.folder / "elsewhere"), {"mine"}),
        (2, lambda place: place.file.rename(place.folder / "elsewhere"), {"mine"}),
        (1, put_a_folder, {"mine", "inside"}),
        (2, put_a_folder, {"mine", "inside"}),
        (1, put_a_draft, {"draft"}),
        (2, put_a_draft, {"mine", "draft"}),
        (2, take_the_hidden, {"mine"}),
    ],
)
def test_whatever_is_done_between_loses_nothing(
    place: Place,
    between: Callable[[int, Callable[[], object]], None],
    number: int,
    act: Callable[[Place], object],
    kept: set[str],
) -> None:
    place.file.write_text("mine")
    between(number, lambda: act(place))
    assert place.replace().outcome is not Outcome.REPLACED
    assert kept <= set(place.texts())


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_file_goes_back(place: Place, kind: str) -> None:
    place.file.unlink()
    if kind == "link":
        place.file.symlink_to("/etc/passwd")
    elif kind == "pipe":
        os.mkfifo(place.file)
    else:
        place.file.mkdir()
    before = place.file.lstat().st_mode
    assert place.replace().outcome is Outcome.CHANGED
    assert place.file.lstat().st_mode == before


def test_what_is_gone_stays_gone(place: Place) -> None:
    place.file.unlink()
    found = place.replace()
    assert found.outcome is Outcome.GONE
    assert not place.file.exists()
    assert [held for _, held in found.aside] == [NEW]


def test_jupyters_own_saves_lose_nothing_against_many_replacements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same way to write as JupyterLab's, again and again, in another thread."""
    monkeypatch.setattr(replacing, "PATIENCE", 0.5)
    file = tmp_path / NAME
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    stopping = threading.Event()
    last = ""

    def save() -> None:
        nonlocal last
        for number in range(100_000):
            if stopping.is_set():
                return
            text = f"student {number} " * random.Random(number).randint(1, 2000)  # noqa: S311
            with atomic_writing(str(file)) as target:
                target.write(text)
            last = text
            time.sleep(random.Random(number).random() / 500)  # noqa: S311

    file.write_text("course 0")
    thread = threading.Thread(target=save)
    thread.start()
    try:
        for number in range(1, 150):
            (tmp_path / "unfinished").write_text(f"course {number}")
            old, new = content(f"course {number - 1}"), content(f"course {number}")
            found = replace(descriptor, "unfinished", NAME, old, new)
            for hidden, held in found.aside:
                if held is None or not holds(descriptor, hidden, held):
                    give_dated_name(descriptor, hidden, NAME, "my copy", AT)
    finally:
        stopping.set()
        thread.join()
        os.close(descriptor)
    found_texts = {
        each.read_text() for each in tmp_path.iterdir() if not each.name.startswith(".~")
    }
    assert last in found_texts


def test_a_program_that_had_it_open_is_seen_later(place: Place) -> None:
    """It opened the file to read, and opens what it has once more to write."""
    reading = place.file.open()
    found = place.replace()
    assert found.outcome is Outcome.REPLACED
    ((aside, held),) = found.aside
    assert held is not None
    with open(f"/proc/self/fd/{reading.fileno()}", "w") as late:  # noqa: PTH123
        late.write("late")
    reading.close()
    assert not holds(place.descriptor, aside, held)
    assert (place.folder / aside).read_text() == "late"


@pytest.mark.parametrize("name", [NAME, "a", "ü" * 127, "x" * 249 + ".ipynb"])
def test_hidden_names_tell_what_they_hide(name: str) -> None:
    hidden = hidden_name(name)
    assert len(hidden.encode("utf-8", "surrogateescape")) <= 255
    shown = shown_name(hidden)
    assert name.encode().endswith(shown.encode("utf-8", "surrogateescape"))
    assert hidden != hidden_name(name)


def test_dated_names_take_nothing_away(place: Place) -> None:
    names = []
    for number in range(3):
        (place.folder / "draft").write_text(str(number))
        names.append(give_dated_name(place.descriptor, "draft", NAME, "my copy", AT))
    assert names == [
        "means (my copy 2026-11-28).ipynb",
        "means (my copy 2026-11-28 2).ipynb",
        "means (my copy 2026-11-28 3).ipynb",
    ]
    assert [(place.folder / name).read_text() for name in names] == ["0", "1", "2"]
