"""Limits are raised as far as they may be, and never in a way that stops a start."""

import platform
import resource
import subprocess
import sys

import pytest

PROGRAM = """
import resource
from proxy.limits import raise_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}))
print(raise_open_files(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def run(hard: int) -> list[int]:
    code = PROGRAM.format(hard=hard)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return [int(part) for part in done.stdout.split()]


def test_the_soft_limit_becomes_the_hard_one():
    assert run(256) == [256, 256, 256]


def test_no_limit_is_a_large_number():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        assert run(resource.RLIM_INFINITY)[0] == sys.maxsize
    else:
        assert run(hard)[0] == hard


FAULTS = """
import resource
from proxy.limits import keep_freed_memory
{call}
for _ in range(50):  # the allocator's own thresholds have settled after this
    data = bytes(262_144)
    del data
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(2000):
    several = [bytes(262_144) for _ in range(3)]
    del several
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(call: str) -> int:
    code = FAULTS.format(call=call)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that is told")
def test_long_bodies_do_not_make_the_heap_shrink_and_grow():
    assert faults("keep_freed_memory()") < faults("") / 4


def test_cores_are_those_that_may_be_used():
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    code += "from proxy.limits import count_cores; print(count_cores())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "1\n"
