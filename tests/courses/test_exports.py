"""A course in one file: whole, readable by git, and without a secret."""

import asyncio
import json
import tarfile
from pathlib import Path

import pytest

from proxy.core.course_job import JobState
from proxy.courses import exports
from proxy.courses.changes import Wish
from proxy.courses.exports import export_course
from tests.courses.updated import Updated
from tests.courses.upstream import Upstream, git


async def test_everything_is_in_it_but_secrets(
    updated: Updated, upstream: Upstream, tmp_path: Path
) -> None:
    await updated.changes.change("stats", Wish(token="a-token-of-ours"))
    secret = await updated.changes.new_webhook_secret("stats")
    await updated.update()
    job = await updated.jobs.wait(await updated.changes.begin_export("stats", "ada"))
    assert job.state is JobState.DONE
    (path,) = updated.places.exports("stats").iterdir()
    assert str(path) in job.summary
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path / "out", filter="data")
    about = json.loads((tmp_path / "out/course.json").read_text())
    assert (about["name"], about["enrolment"]) == ("stats", "members")
    assert about["jobs"][-1]["kind"] == "update"
    version = tmp_path / "out/versions" / about["version"]
    assert (version / "week1/means.ipynb").read_text() == "{}\n"
    commit = git(tmp_path / "out/repository", "rev-parse", "refs/sifu/newest")
    assert about["version"].startswith(commit)
    for file in (tmp_path / "out").rglob("*"):
        if file.is_file():
            assert b"a-token-of-ours" not in file.read_bytes()
            assert secret.encode() not in file.read_bytes()


async def test_half_a_file_has_no_name(updated: Updated, monkeypatch: pytest.MonkeyPatch) -> None:
    course = await updated.course()
    folder = updated.places.exports("stats")
    folder.mkdir(parents=True)
    (folder / ".sifu-unfinished-left").touch()

    def fail(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "_describe", fail)
    with pytest.raises(OSError, match="No space"):
        await asyncio.to_thread(export_course, updated.places, course, [], 1.0)
    assert list(folder.iterdir()) == []
    job = await updated.jobs.wait(await updated.changes.begin_export("stats", ""))
    assert "The export could not be written: the disk is full" in job.summary
