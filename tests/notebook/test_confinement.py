"""What a process gives up, in a child that is thrown away."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.system.isolated import why_not

ROOT = Path(__file__).parents[2]


def confined(arguments: str, code: str) -> str:
    """Run code after `confine`; return what it printed."""
    program = f"""
    import os, resource, sys
    sys.path.insert(0, {str(ROOT)!r})
    from proxy.notebook.confinement import Confinement, confine
    confine(Confinement({arguments}))
    {code}
    """
    done = subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_without_an_account_limits_hold_all_the_same() -> None:
    code = "print(resource.getrlimit(resource.RLIMIT_NOFILE), os.nice(0) - before)"
    arguments = "open_files=300, niceness=(before := os.nice(0)) * 0 + 3, processes=1"
    assert confined(arguments, code) == "(300, 300) 3"


def test_nothing_is_dumped_and_files_are_private() -> None:
    code = "print(resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))"
    assert confined("", code) == "(0, 0) 0o77"


@pytest.mark.skipif(bool(why_not()), reason=f"needs {why_not()}")
def test_there_is_no_way_back() -> None:
    code = "print(os.getresuid(), os.getresgid(), os.getgroups())"
    ids = (100123,) * 3
    assert confined("uid=100123, gid=100123", code) == f"{ids} {ids} []"
