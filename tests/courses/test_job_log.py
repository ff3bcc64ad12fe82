"""What a job writes: soon, whole lines, bounded, and nothing that steers a terminal."""

import asyncio
from pathlib import Path

import pytest

from proxy.courses import job_log
from proxy.courses.job_log import JobLog, LogPart, read_log, read_log_end


async def test_lines_come_while_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_log, "_PAUSE", 0.01)
    log = JobLog(tmp_path / "a/1.log")
    log.open()
    log.write("one\ntwo\x1b[31m")
    log.show("10%\x07")
    assert log.progress == "10%·"
    async with asyncio.timeout(10):
        found = LogPart((), 0)
        while not found.lines:
            await asyncio.sleep(0.01)
            found = await asyncio.to_thread(read_log, tmp_path / "a/1.log", 0)
    assert found.lines == ("one", "two·[31m")
    log.write("three")
    assert log.progress == ""
    await log.close()
    rest = await asyncio.to_thread(read_log, tmp_path / "a/1.log", found.next)
    assert rest.lines == ("three",)
    assert (tmp_path / "a/1.log").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


async def test_a_flood_is_cut(tmp_path: Path) -> None:
    log = JobLog(tmp_path / "1.log", most=1000)
    for number in range(10_000):
        log.write(f"line {number}")
    await log.close()
    lines = (await asyncio.to_thread(read_log, tmp_path / "1.log", 0)).lines
    assert lines[-1] == "… more was written than is kept."
    assert (tmp_path / "1.log").stat().st_size < 1100


async def test_a_disk_that_cannot_be_written_costs_lines_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log = JobLog(tmp_path / "file/1.log")
    log.open()
    log.write("lost")
    await log.close()


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    assert read_log(tmp_path / "none", 5) == LogPart((), 5)
    (tmp_path / "1.log").write_text("one\ntw")
    assert read_log(tmp_path / "1.log", 0) == LogPart(("one",), 4)
    assert read_log(tmp_path / "1.log", 4) == LogPart((), 4)
    assert read_log(tmp_path / "1.log", 10**6) == LogPart((), 10**6)


def test_the_end_of_a_log_is_bounded_whatever_is_there(tmp_path: Path) -> None:
    assert read_log_end(tmp_path / "none", 3) == []
    assert read_log_end(tmp_path, 3) == []
    (tmp_path / "1.log").write_text("".join(f"line {number}\n" for number in range(50_000)))
    assert read_log_end(tmp_path / "1.log", 2) == ["line 49998", "line 49999"]
    assert len(read_log_end(tmp_path / "1.log", 10**6)) < 10_000
