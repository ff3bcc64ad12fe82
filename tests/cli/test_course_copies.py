"""People's copies from the command line: a zip is whole or not there, and takes nobody's place."""

from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import CliRunner

from proxy.cli import SentenceGroup, course_copies
from proxy.core.errors import ServerNotRunning
from tests.cli.asked_front import AskedFront

HERE = "/api/courses/stats"
ADA = {"user": "Ada L.", "slug": "ada-l", "role": "student"}


class Front(AskedFront):
    """Answers with bytes as well, and may break off."""

    breaks = False

    def save(self, path: str, target: IO[bytes]) -> int:
        self.asked.append(("GET", path, None))
        size = target.write(b"zip")
        if self.breaks:
            raise ServerNotRunning("The answer broke off.")
        return size


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Front:
    answers: dict[tuple[str, str], Any] = {
        ("GET", f"{HERE}/people"): [ADA],
        ("POST", f"{HERE}/people/ada-l/clear"): {"message": "It is called so now."},
    }
    asked = Front(answers)
    asked.stand_in(monkeypatch, course_copies)
    monkeypatch.chdir(tmp_path)
    return asked


def run(*words: str, stdin: str = "") -> tuple[int, str]:
    group = SentenceGroup(commands=list(course_copies.COMMANDS))
    done = CliRunner().invoke(group, words, input=stdin)
    return done.exit_code, done.stderr


def test_everybodys_copies_or_one_persons_are_saved(front: Front, tmp_path: Path) -> None:
    assert run("collect", "stats") == (0, "stats.zip: 3 bytes.\n")
    assert run("collect", "stats", "Ada L.")[0] == 0
    assert run("collect", "stats", "Ada L.", "--to", "mine.zip")[0] == 0
    found = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert found == {"stats.zip": b"zip", "stats-ada-l.zip": b"zip", "mine.zip": b"zip"}
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in tmp_path.iterdir())
    assert [path for _, path, _ in front.asked if path.endswith(".zip")] == [
        f"{HERE}/files.zip", *[f"{HERE}/people/ada-l/files.zip"] * 2,
    ]  # fmt: skip


def test_a_file_that_is_there_stays(front: Front, tmp_path: Path) -> None:
    (tmp_path / "stats.zip").write_text("mine")
    status, said = run("collect", "stats")
    assert (status, "--to" in said) == (1, True)
    (tmp_path / "a.zip.part").write_text("theirs")
    assert run("collect", "stats", "--to", "a.zip")[0] == 1
    assert (tmp_path / "stats.zip").read_text() == "mine"
    assert (tmp_path / "a.zip.part").read_text() == "theirs"


def test_half_a_zip_is_none(front: Front, tmp_path: Path) -> None:
    front.breaks = True
    assert run("collect", "stats") == (1, "The answer broke off.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_cleared_by_who_is_sure(front: Front) -> None:
    assert run("clear", "stats", "Ada L.", stdin="n\n")[0] == 1
    assert front.asked == []
    assert run("clear", "stats", "Ada L.", "--yes") == (0, "It is called so now.\n")
    status, said = run("clear", "stats", "ada-l", "--yes")
    assert status == 1
    assert "is nobody of the course" in said
