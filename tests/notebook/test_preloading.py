"""What is imported before the fork."""

import subprocess
import sys

import pytest

CODE = """
import os, sys
from proxy.notebook.preloading import _MODULES, preload
preload()
print(len(os.listdir("/proc/self/task")), [each for each in _MODULES if each not in sys.modules])
print("notebook.app" in sys.modules, "jupytext" in sys.modules)
"""


@pytest.mark.system
def test_every_name_is_known_and_no_thread_is_started() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", CODE], capture_output=True, text=True, check=True
    )
    # Of what the installation switched on, that which no server uses is not loaded either.
    assert done.stdout.splitlines() == ["1 []", "True False"]
