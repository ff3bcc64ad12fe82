"""A step of a build, as the program that it becomes."""

import json
import os
import subprocess
import sys
from pathlib import Path

from proxy.courses.build_step import BuildStep, from_text
from proxy.notebook.confinement import Confinement

SHOW = "import json, os, resource, sys; print(json.dumps([dict(os.environ), os.getcwd(), "
SHOW += "resource.getrlimit(resource.RLIMIT_AS)[0], sys.stdin.read(), "
SHOW += "resource.getrlimit(resource.RLIMIT_FSIZE)[0]]))"


def step(folder: Path, parent: int) -> BuildStep:
    words = (sys.executable, "-I", "-c", SHOW)
    limits = Confinement(temporary=str(folder), needed=("/a", "/b"))
    return BuildStep(words, str(folder), {"PIP_INDEX_URL": "secret"}, limits, parent)


def run(wish: BuildStep) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", "-m", "proxy.courses.build_step"]
    return subprocess.run(
        words, input=wish.as_text(), capture_output=True, text=True, env={}, check=False
    )


def test_it_is_told_on_standard_input_and_has_that_environment_alone(tmp_path: Path) -> None:
    done = run(step(tmp_path, os.getpid()))
    environment, folder, memory, read, size = json.loads(done.stdout)
    environment.pop("LC_CTYPE", None)  # Python's own
    assert environment == {"PIP_INDEX_URL": "secret", "TMPDIR": str(tmp_path)}
    assert (folder, read) == (str(tmp_path), "")
    assert memory == 16 * 2**30
    assert size == 8 * 2**30


def test_whoever_lost_their_parent_does_not_begin(tmp_path: Path) -> None:
    done = run(step(tmp_path, 1))
    assert done.returncode
    assert done.stdout == ""


def test_what_is_written_is_read_and_shows_no_secret(tmp_path: Path) -> None:
    wish = step(tmp_path, 7)
    assert from_text(wish.as_text()) == wish
    assert "secret" not in repr(wish)
