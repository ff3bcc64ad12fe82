"""What others see of a process; the whole of it is tried in test_fork_server."""

import subprocess
import sys

from proxy.notebook.process_title import ProcessTitle

CODE = """
from proxy.notebook.process_title import find_title
find_title().show(["a", "b c"], {"NAME": "value"})
print(open("/proc/self/cmdline").read().rstrip(chr(0)).split(chr(0)))
print(open("/proc/self/environ").read().rstrip(chr(0)).split(chr(0)))
find_title().show(["x" * 9000], {"Y": "y" * 9000})
print(len(open("/proc/self/cmdline").read()) < 9000)
"""


def test_both_are_written_over_and_cut() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, "-" * 100], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["['a', 'b c']", "['NAME=value']", "True"]


def test_without_proc_nothing_is_written() -> None:
    ProcessTitle((0, 0), (0, 0)).show(["a"], {"b": "c"})
