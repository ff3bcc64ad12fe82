"""What an account holds in the kernel without a process."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from proxy.core.lifecycle import State
from proxy.servers import processes
from proxy.servers.account_end import held_memory, holders
from proxy.servers.memory_watch import MemoryWatch
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA

MIB = 1024 * 1024
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to act as somebody else")

HOLDING = """
import ctypes, time
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
libc.shmdt.argtypes = [ctypes.c_void_p]
number = libc.shmget(0, 50 << 20, 0o1600)
address = libc.shmat(number, None, 0)
ctypes.memset(address, 1, 50 << 20)
libc.shmdt(address)
libc.semget(0, 1, 0o1600)
libc.msgget(0, 0o1600)
print(flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder() -> Iterator[tuple[int, int]]:
    """An account, and a process of it that has put memory aside."""
    uid = 5_400_000 + os.getpid() % 100_000
    command = ["/usr/bin/env", "-i", "python3", "-c", HOLDING]
    with subprocess.Popen(
        command, user=uid, group=uid, extra_groups=(), cwd="/", stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield uid, process.pid
        finally:
            process.kill()
            process.wait()
            processes.end_accounts([uid])


def test_it_goes_with_the_account_though_nothing_of_that_runs_any_more(
    holder: tuple[int, int],
) -> None:
    uid, pid = holder
    assert held_memory()[uid] == 50 * MIB
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert uid in holders()
    processes.end_accounts([uid])
    assert uid not in holders()
    assert uid not in held_memory()


async def test_memory_that_no_process_has_mapped_counts_for_its_owner(
    holder: tuple[int, int], clock: FakeClock
) -> None:
    watch = MemoryWatch(clock, limit=40)
    looked = await watch.look([ServerRecord(ADA, State.READY, pid=holder[1])])
    assert looked.over[ADA] > 50 * MIB
