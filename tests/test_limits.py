"""Limits are raised as far as they may be, and never in a way that stops a start."""

import resource
import subprocess
import sys

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
