"""Real processes, watched and ended."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.memory_watch import MemoryWatch
from proxy.servers.process_table import read_row
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB

MIB = 1024 * 1024
# A server with a child that holds 60 MiB, and a grandchild in a session of its own.
FAMILY = """
import os, sys, time
if os.fork() == 0:
    held = bytearray(os.urandom(1024) * int(sys.argv[1]) * 1024)
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
    print(1, flush=True)
time.sleep(60)
"""
# Starts children faster than one can look.
BREEDING = """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print(1, flush=True)
end = time.time() + 20
while time.time() < end:
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
    time.sleep(0.002)
"""


# Puts 60 MiB where no process has mapped them, and shares them with a child.
FILE_IN_MEMORY = """
import os, time
file = os.memfd_create("data")
for _ in range(60):
    os.write(file, bytes(1024 * 1024))
os.fork()
print(1, flush=True)
time.sleep(60)
"""
# The same, mapped: what PSS counts is not counted again.
MAPPED = """
import mmap, os, time
file = os.memfd_create("data")
os.ftruncate(file, 60 << 20)
held = mmap.mmap(file, 60 << 20)
held.write(bytes(60 << 20))
print(1, flush=True)
time.sleep(60)
"""


@contextmanager
def program(code: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
async def family() -> AsyncIterator[ServerRecord]:
    with program(FAMILY, "60") as process:
        yield record_of(ADA, process.pid)


def record_of(name: ServerName, pid: int | None) -> ServerRecord:
    return ServerRecord(name, State.READY, pid=pid)


async def settled(watch: MemoryWatch, *records: ServerRecord) -> None:
    """Look until every process was measured: a round asks for so many only."""
    for _ in range(5):
        await watch.look(records)


async def test_the_whole_family_counts(family: ServerRecord, clock: FakeClock) -> None:
    watch = MemoryWatch(clock, limit=0)
    await settled(watch, family)
    usage = watch.usage(ADA)
    assert usage is not None
    assert usage.processes == 3
    assert 60 * MIB < usage.pss_bytes < 120 * MIB
    assert usage.cpu_seconds > 0
    assert usage.at == clock.now
    assert watch.usage(BOB) is None


async def test_who_is_over_the_limit_twice_in_a_row_is_reported_and_nobody_else(
    family: ServerRecord, clock: FakeClock
) -> None:
    with program("print(1, flush=True); import time; time.sleep(60)") as small:
        other = record_of(BOB, small.pid)
        watch = MemoryWatch(clock, limit=50)
        first = await watch.look([family, other])
        assert (set(first.over), first.again) == ({ADA}, frozenset())
        second = await watch.look([family, other])
        assert second.again == {ADA}
        assert second.over[ADA] > 60 * MIB
        watch.limit = 500
        assert (await watch.look([family, other])).again == frozenset()
        watch.limit = 50
        assert (await watch.look([family, other])).again == frozenset()


@pytest.mark.parametrize("code", [FILE_IN_MEMORY, MAPPED], ids=["out-of-sight", "mapped"])
async def test_a_file_in_memory_counts_once(code: str, clock: FakeClock) -> None:
    with program(code) as process:
        watch = MemoryWatch(clock, limit=0)
        await settled(watch, record_of(ADA, process.pid))
        usage = watch.usage(ADA)
        await watch.end_processes(record_of(ADA, process.pid), [])
    assert usage is not None
    assert 60 * MIB < usage.pss_bytes < 90 * MIB


async def test_the_end_of_one_leaves_the_other_alone(
    family: ServerRecord, clock: FakeClock
) -> None:
    with program(FAMILY, "1") as other:
        watch = MemoryWatch(clock, limit=50)
        await settled(watch, family, record_of(BOB, other.pid))
        async with asyncio.timeout(5):
            await watch.end_processes(family, [record_of(BOB, other.pid)])
        await watch.look([family, record_of(BOB, other.pid)])
        assert watch.usage(ADA) is None
        usage = watch.usage(BOB)
    assert usage is not None
    assert usage.processes == 3


async def test_who_breeds_while_it_is_ended_is_ended_all_the_same(clock: FakeClock) -> None:
    with program(BREEDING) as process:
        await asyncio.sleep(0.3)
        watch = MemoryWatch(clock, limit=1)
        async with asyncio.timeout(10):
            await watch.end_processes(record_of(ADA, process.pid), [])
        await watch.look([record_of(ADA, process.pid)])
        left = subprocess.run(
            ["ps", "--ppid", str(process.pid), "-o", "pid="], capture_output=True, check=False
        )
    assert watch.usage(ADA) is None
    assert left.stdout.strip() == b""


async def test_the_living_are_those_that_were_seen_and_are_still_the_same(
    family: ServerRecord, clock: FakeClock
) -> None:
    watch = MemoryWatch(clock, limit=0)
    assert await watch.living([family]) == set()  # not seen yet
    await watch.look([family])
    assert await watch.living([family, record_of(BOB, None)]) == {ADA}
    assert await watch.living([record_of(ADA, os.getpid())]) == set()
    await watch.end_processes(family, [])
    assert await watch.living([family]) == set()


async def test_a_number_that_came_to_another_process_is_not_believed(clock: FakeClock) -> None:
    with program("print(1, flush=True); import time; time.sleep(60)") as process:
        record = record_of(ADA, process.pid)
        watch = MemoryWatch(clock, limit=0)
        row = await asyncio.to_thread(read_row, process.pid)
        assert row is not None
        watch._births[ADA] = (process.pid, row.born - 1)
        await watch.look([record])
        assert watch.usage(ADA) is None


async def test_a_round_over_hundreds_of_processes_is_short(clock: FakeClock) -> None:
    code = "import os, time\nfor _ in range(29):\n  if os.fork() == 0: time.sleep(60)\n"
    code += "print(1, flush=True)\ntime.sleep(60)"
    with many_programs(code, 10) as records:
        watch = MemoryWatch(clock, limit=0)
        await watch.look(records)
        used = []
        for _ in range(10):
            began = time.process_time()
            await watch.look(records)
            used.append(time.process_time() - began)
        counted = sum(usage.processes for each in records if (usage := watch.usage(each.name)))
        for record in records:
            await watch.end_processes(record, [])
    assert counted == 300
    assert min(used) < 0.05, used


@contextmanager
def many_programs(code: str, number: int) -> Iterator[list[ServerRecord]]:
    started = [
        subprocess.Popen([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE)
        for _ in range(number)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    try:
        yield [
            record_of(ServerName(f"p{index}", "home"), process.pid)
            for index, process in enumerate(started)
        ]
    finally:
        for process in started:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
