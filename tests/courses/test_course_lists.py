"""The list of a version, whatever the repository put in its place."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.core.course import Course, Outline
from proxy.courses import course_lists
from proxy.courses.build_failure import BuildFailed
from proxy.courses.course_lists import lay_out, read_list

COURSE = Course("stats", "https://git.example.org/x", 1.0)
OTHER = replace(COURSE, outline=Outline(requirements="setup/needs.txt"))


def test_none_or_an_empty_one_asks_for_nothing(tmp_path: Path) -> None:
    assert read_list(COURSE, tmp_path) is None
    (tmp_path / "requirements.txt").write_text("# later\n")
    assert read_list(COURSE, tmp_path) is None
    assert read_list(COURSE, tmp_path / "gone") is None


def test_one_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="no such file"):
        read_list(OTHER, tmp_path)


def test_no_link_and_no_pipe_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("numpy\n")
    version = tmp_path / "version"
    version.mkdir()
    (version / "requirements.txt").symlink_to(secret)
    assert read_list(COURSE, version) is None
    (version / "requirements.txt").unlink()
    os.mkfifo(version / "requirements.txt")
    assert read_list(COURSE, version) is None
    (version / "setup").symlink_to(tmp_path)
    with pytest.raises(BuildFailed):
        read_list(OTHER, version)


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"x" * 300_000, "longer"), (b"\xff\xfe", "UTF-8"), (b"-e .\n", "editable")],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, raw: bytes, told: str) -> None:
    (tmp_path / "requirements.txt").write_bytes(raw)
    with pytest.raises(BuildFailed, match=told):
        read_list(COURSE, tmp_path)


def test_files_are_copied_only_where_the_list_may_lead_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = tmp_path / "version"
    (version / "setup").mkdir(parents=True)
    (version / "link").symlink_to("/etc/passwd")
    (version / "setup/needs.txt").write_text("numpy\n")
    found = read_list(OTHER, version)
    assert found is not None
    there = lay_out(found, tmp_path / "one")
    assert there == tmp_path / "one/setup/needs.txt"
    assert sorted(path.name for path in (tmp_path / "one").rglob("*")) == ["needs.txt", "setup"]
    (version / "setup/needs.txt").write_text("./x.whl\n")
    found = read_list(OTHER, version)
    assert found is not None
    lay_out(found, tmp_path / "two")
    assert (tmp_path / "two/link").is_symlink()
    monkeypatch.setattr(course_lists, "MOST_COPIED", 3)
    with pytest.raises(BuildFailed, match="more of them"):
        lay_out(found, tmp_path / "three")
