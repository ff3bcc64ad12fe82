"""What is in a commit, read from git's own store."""

import io
import time
from pathlib import Path

import pytest

from proxy.core.errors import Conflict
from proxy.courses import commit_files
from proxy.courses.commit_files import DamagedCopy, has_commit, list_files, opened_contents
from tests.courses.upstream import Upstream


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream.make(tmp_path / "stats")


def test_commits_lists_and_contents(upstream: Upstream) -> None:
    commit = upstream.commit({"a/b.txt": "hello\n", "large": b"x" * 3_000_000, "empty": ""})
    place = upstream.folder / ".git"
    assert has_commit(place, commit)
    assert not has_commit(place, "0" * 40)
    assert not has_commit(place / "none", commit)
    entries = list_files(place, commit, "")
    assert [(entry.path, entry.size) for entry in entries] == [
        (b"a/b.txt", 6),
        (b"empty", 0),
        (b"large", 3_000_000),
    ]
    assert [entry.path for entry in list_files(place, commit, "a")] == [b"b.txt"]
    with opened_contents(place) as contents:
        for entry in entries:
            target = io.BytesIO()
            begin = contents.copy(entry.key, entry.size or 0, target)
            assert len(target.getvalue()) == entry.size
            assert target.getvalue().startswith(begin)


def test_what_is_not_there_is_damage(upstream: Upstream) -> None:
    commit = upstream.commit({"a": "1"})
    place = upstream.folder / ".git"
    (entry,) = list_files(place, commit, "")
    for key, size in (("0" * 40, 1), (entry.key, 2), (commit, 1), ("x", 1)):
        with opened_contents(place) as contents, pytest.raises(DamagedCopy):
            contents.copy(key, size, io.BytesIO())
    with pytest.raises(DamagedCopy):
        list_files(place, "0" * 40, "")
    with pytest.raises(DamagedCopy):
        list_files(place, "0" * 40, "a")
    with pytest.raises(Conflict, match="There is no folder"):
        list_files(place, commit, "none")


def test_git_is_ended_after_its_time(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_files, "READ_SECONDS", 0.05)
    commit = upstream.commit({"a": "1"})
    (entry,) = list_files(upstream.folder / ".git", commit, "")
    with opened_contents(upstream.folder / ".git") as contents:
        time.sleep(0.3)
        with pytest.raises(DamagedCopy):
            contents.copy(entry.key, 1, io.BytesIO())
