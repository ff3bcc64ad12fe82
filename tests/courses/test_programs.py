"""Programs in the background: their bounds hold, and nothing of them is left."""

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from proxy.core.errors import Conflict
from proxy.courses.programs import Finished, Program, SaidLines, run_program


class Notes:
    """What was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.shown: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)

    def show(self, line: str) -> None:
        self.shown.append(line)


async def run(script: str, notes: Notes | None = None, **bounds: object) -> Finished:
    values: dict[str, object] = {"seconds": 10.0} | bounds
    program = Program(["/bin/sh", "-c", script], dict(os.environ), **values)  # type: ignore[arg-type]
    return await run_program(program, notes or Notes())


async def test_output_status_and_words() -> None:
    notes = Notes()
    done = await run("echo out; printf 'one\\ntwo 1%%\\rtwo 2%%\\rtwo\\n' >&2; exit 3", notes)
    assert done == Finished(3, b"out\n", "one\ntwo\n")
    assert (notes.lines, notes.shown) == (["one", "two"], ["two 1%", "two 2%"])


async def test_it_may_not_take_too_long_nor_may_its_children(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="sh took more than 0 seconds"):
        await run(f"sleep 60 & echo $! > {tmp_path}/child; sleep 60", seconds=0.3)
    child = int((tmp_path / "child").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


async def test_it_may_not_write_too_much() -> None:
    with pytest.raises(Conflict, match="more than can be read"):
        await run("yes", most_output=100_000)
    done = await run("yes | head -c 5000000 >&2; echo end >&2")
    assert len(done.said) <= 50 * 2001
    assert done.said.endswith("end\n")


async def test_it_may_not_make_large_files(tmp_path: Path) -> None:
    done = await run(f"sleep 0.3; head -c 200000 /dev/zero > {tmp_path}/a", most_file=100_000)
    assert done.status != 0
    assert (tmp_path / "a").stat().st_size == 100_000


async def test_it_may_not_take_too_much_memory_nor_may_its_children() -> None:
    take = f"sleep 0.3; {sys.executable} -c 'x = bytes(400_000_000)'"
    assert (await run(take)).status == 0
    assert (await run(take, most_memory=300_000_000)).said.strip().endswith("MemoryError")


async def test_it_is_asked_after_and_ended() -> None:
    with pytest.raises(Conflict, match="It is too large"):
        await run("sleep 60", problem=lambda: "It is too large.")


async def test_who_goes_away_ends_it(tmp_path: Path) -> None:
    task = asyncio.ensure_future(run(f"echo $$ > {tmp_path}/pid; sleep 60"))
    async with asyncio.timeout(10):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


async def test_a_refusal_is_no_fault_in_the_log(tmp_path: Path) -> None:
    with capture_logs() as logs:
        with pytest.raises(Conflict):
            await run("sleep 60", problem=lambda: "It is too large.")
        with pytest.raises(FileNotFoundError):
            await run_program(Program(["/none"], {}, 1.0), Notes())
        task = asyncio.ensure_future(run(f"echo > {tmp_path}/began; sleep 60"))
        async with asyncio.timeout(10):
            while not (tmp_path / "began").exists():
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)
    assert logs == []


async def test_a_program_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        await run_program(Program(["/none"], {}, 1.0), Notes())


def test_lines_whatever_their_pieces() -> None:
    notes = Notes()
    lines = SaidLines(notes)
    for piece in ("a", "b\n\n", "c\r", "d\r\n", "x" * 5000, "\nend"):
        lines.take(piece)
    assert lines.finish().endswith("end\n")
    assert notes.lines[:2] == ["ab", "d"]
    assert notes.shown == ["c"]
    assert max(map(len, notes.lines)) == 2000
