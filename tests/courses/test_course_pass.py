"""A launch after the other: what comes, what stays, and what a death in the midst leaves."""

import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.courses import course_pass
from proxy.courses.course_pass import CopyIsBusy, CoursePass, lock_copy
from proxy.courses.manifest import manifest_file, read_manifest
from proxy.courses.source import Source
from tests.courses.copies import Desk

NEW = "a (new version 2026-11-28).ipynb"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, version="v1")
    made.put("a.ipynb", "one")
    made.put("w/b.ipynb", "one")
    return made


def update(desk: Desk, path: str, text: str) -> None:
    desk.put(path, text)
    desk.version += "+"


def test_new_files_come_and_untouched_ones_follow(desk: Desk) -> None:
    assert desk.launch().added == 2
    desk.put("w/c.csv", "new")
    update(desk, "a.ipynb", "two")
    delivery = desk.launch()
    assert (delivery.added, delivery.updated, delivery.is_whole) == (1, 1, True)
    assert desk.visible() == {
        "stats/a.ipynb": "two",
        "stats/w/b.ipynb": "one",
        "stats/w/c.csv": "new",
    }
    assert desk.told() == []


def test_where_both_changed_the_new_one_is_laid_beside_once_and_told(desk: Desk) -> None:
    desk.launch()
    desk.write("a.ipynb", "mine")
    update(desk, "a.ipynb", "two")
    delivery = desk.launch()
    assert [(each.path, each.name) for each in delivery.beside] == [("a.ipynb", NEW)]
    for _ in range(2):
        desk.version += "+"
        assert desk.launch().beside == ()
    assert desk.files() == {
        "stats/a.ipynb": "mine",
        f"stats/{NEW}": "two",
        "stats/w/b.ipynb": "one",
    }
    (told,) = desk.told()
    assert NEW in told.sentence
    update(desk, "a.ipynb", "three")
    assert [each.name for each in desk.launch().beside] == [NEW.replace(")", " 2)")]
    update(desk, "a.ipynb", "two")
    assert desk.launch().beside == (), "that one is there already"


def test_what_was_deleted_stays_so_until_it_is_launched_into(desk: Desk) -> None:
    desk.launch()
    (desk.mine / "a.ipynb").unlink()
    for text in ("one", "two"):
        update(desk, "a.ipynb", text)
        desk.launch("w/b")
        assert not (desk.mine / "a.ipynb").exists()
    desk.launch("a")
    assert desk.read("a.ipynb") == "two"


def test_what_the_course_removed_stays(desk: Desk) -> None:
    desk.launch()
    (desk.source / "a.ipynb").unlink()
    desk.version = "v2"
    desk.launch()
    assert desk.read("a.ipynb") == "one"
    update(desk, "a.ipynb", "again")
    desk.launch()
    assert desk.read("a.ipynb") == "again"


def test_a_course_whose_folder_is_gone_comes_anew(desk: Desk) -> None:
    desk.launch()
    desk.mine.rename(desk.home / "elsewhere")
    assert desk.launch().added == 2


@pytest.mark.parametrize("kind", ["file", "link", "pipe"])
def test_something_in_the_way_of_a_folder_is_told_once_and_mended_later(
    desk: Desk, kind: str
) -> None:
    desk.mine.mkdir()
    place = desk.mine / "w"
    if kind == "file":
        place.write_text("mine")
    elif kind == "link":
        place.symlink_to("/etc")
    else:
        os.mkfifo(place)
    assert desk.launch().blocked == ("stats/w",)
    assert desk.launch().blocked == ()
    assert desk.read("a.ipynb") == "one"
    place.rename(desk.mine / "other")
    assert desk.launch().added == 1
    assert desk.read("w/b.ipynb") == "one"


def test_a_file_that_became_a_folder_and_back(desk: Desk) -> None:
    desk.launch()
    (desk.source / "a.ipynb").unlink()
    update(desk, "a.ipynb/inside.csv", "deep")
    assert desk.launch().blocked == ("stats/a.ipynb",)
    assert desk.read("a.ipynb") == "one"
    (desk.mine / "a.ipynb").unlink()
    desk.launch()
    assert desk.read("a.ipynb/inside.csv") == "deep"
    (desk.source / "a.ipynb/inside.csv").unlink()
    (desk.source / "a.ipynb").rmdir()
    update(desk, "a.ipynb", "two")
    assert [each.name for each in desk.launch().beside] == [NEW]
    assert desk.read("a.ipynb/inside.csv") == "deep"


@pytest.mark.parametrize("damage", ["gone", "corrupt"])
def test_without_a_manifest_all_that_is_there_is_the_persons(desk: Desk, damage: str) -> None:
    desk.launch()
    desk.write("a.ipynb", "mine")
    file = manifest_file(desk.manifests, "stats")
    file.unlink() if damage == "gone" else file.write_text("{")
    assert [each.name for each in desk.launch().beside] == [NEW]
    assert desk.read("a.ipynb") == "mine"
    assert desk.launch().beside == ()


def test_the_same_version_is_not_looked_at_again(desk: Desk) -> None:
    desk.launch()
    desk.put("a.ipynb", "changed without a version")
    assert desk.launch() == desk.launch("w/b")
    assert desk.read("a.ipynb") == "one"
    desk.version = ""  # by hand: each launch looks
    assert desk.launch().updated == 1


def test_an_old_version_goes_after_a_while_unless_somebody_wrote_into_it(desk: Desk) -> None:
    desk.launch()
    update(desk, "a.ipynb", "two")
    update(desk, "w/b.ipynb", "two")
    desk.launch()
    hidden = {each.name[-7:]: each for each in desk.home.rglob(".sifu-*")}
    hidden["b.ipynb"].write_text("late")
    desk.launch()
    assert hidden["a.ipynb"].exists()
    desk.clock.advance(course_pass.SWEEP_AFTER)
    delivery = desk.launch()
    assert not list(desk.home.rglob(".sifu-*"))
    assert desk.files()["stats/w/b (my copy 2026-11-28).ipynb"] == "late"
    assert [each.path for each in delivery.copies] == ["w/b.ipynb"]
    assert desk.told()


def test_what_one_waits_for_comes_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_pass, "SMALL_FILE", 10)
    desk.put("w/large.csv", "x" * 100)
    desk.put("w/small.csv", "x")
    found = CoursePass(desk.copy, Source(desk.source, "v1"), desk.means)
    found.open()
    found.want("w/b")
    for _ in range(3):  # the notebook, and what is small beside it: itself is one of those
        found.go_on(0)
    assert desk.visible() == {"stats/w/b.ipynb": "one", "stats/w/small.csv": "x"}
    assert not found.delivery().is_whole
    while not found.is_done:
        found.go_on(1.0)
    assert found.delivery().is_whole
    found.close()
    assert read_manifest(manifest_file(desk.manifests, "stats")).version == "v1"


def test_a_pass_that_was_left_is_gone_on_with(desk: Desk) -> None:
    found = CoursePass(desk.copy, Source(desk.source, "v1"), desk.means)
    found.open()
    found.go_on(1e-9)
    found.close()
    assert len(desk.files()) <= 1
    assert read_manifest(manifest_file(desk.manifests, "stats")).version == ""
    desk.launch()
    assert len(desk.files()) == 2


def test_a_copy_is_one_processs_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_pass, "_LOCK_SECONDS", 0.1)
    desk.manifests.mkdir(parents=True)
    held = lock_copy(desk.copy)
    with pytest.raises(CopyIsBusy):
        desk.launch()
    fcntl.flock(held, fcntl.LOCK_UN)
    os.close(held)
    assert desk.launch().added == 2


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Desk]:
    """Somebody whose workspace is a disk of a quarter of a megabyte."""
    made = Desk(tmp_path, version="v1")
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "none", str(made.home)]
    subprocess.run(mount, check=True)
    try:
        yield made
    finally:
        subprocess.run(["umount", str(made.home)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk: needs root")
def test_a_full_disk_stops_it_between_files_and_room_lets_it_go_on(small: Desk) -> None:
    for number in range(9):
        small.put(f"{number}.bin", str(number) * 60_000)
    with pytest.raises(OSError, match="No space left"):
        small.launch()
    found = small.files()
    assert 0 < len(found) < 9
    assert all(len(text) == 60_000 for text in found.values())
    small.write("0.bin", "mine")
    with pytest.raises(OSError, match="No space left"):
        small.launch()
    assert small.read("0.bin") == "mine"
    for number in range(3, 9):
        (small.source / f"{number}.bin").unlink()
    small.version = "v2"
    assert small.launch().is_whole
    assert small.read("0.bin") == "mine"
    assert not list(small.home.rglob(".sifu-*"))


PROGRAM = """
import sys
from pathlib import Path
from tests.courses.copies import Desk
desk = Desk(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(1000):
    for name in "abcdef":
        desk.put(f"w/{name}.ipynb", f"course {number}")
    desk.version = f"v{sys.argv[2]}-{number}"
    desk.launch("w/a")
    desk.reset("w/b.ipynb")
    if number % 5 == 4:
        desk.clear()
"""


def test_killed_again_and_again_no_file_is_half_and_none_of_a_student_is_lost(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    kept: set[str] = set()
    chance = random.Random(7)  # noqa: S311
    for round_ in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), str(round_)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.random() / 4)
            process.send_signal(signal.SIGKILL)
        found = [
            text for path, text in desk.files().items() if "/.sifu-unfinished" not in f"/{path}"
        ]
        assert all(text.startswith(("course ", "mine ")) and text[-1].isdigit() for text in found)
        assert kept <= set(found)
        for name in "abf":
            path = desk.mine / f"w/{name}.ipynb"
            if path.exists() and not path.read_text().startswith("mine"):
                desk.write(f"w/{name}.ipynb", f"mine {name} {round_}")
                kept.add(f"mine {name} {round_}")
    desk.version = "last"
    for _ in range(2):
        desk.clock.advance(1000)
        desk.launch()
    assert kept <= set(desk.visible().values())
