"""The lock of a data folder, among real processes."""

import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.cli.data_lock import locked
from proxy.core.errors import Conflict, InvalidSettings

_BECOME = """
import os, sys
from pathlib import Path
from proxy.cli.data_lock import keep_through_exec, locked
with locked(Path(sys.argv[1])) as lock:
    keep_through_exec(lock)
    os.execv("/bin/sh", ["sh", "-c", "echo ready; read line; " + sys.argv[2]])
"""


def become(data: Path, then: str = "") -> subprocess.Popen[str]:
    """Lock the folder in a process that then becomes a shell."""
    started = subprocess.Popen(
        [sys.executable, "-c", _BECOME, str(data), then],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def test_one_at_a_time_and_the_next_one_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(Conflict, match="running already"), locked(tmp_path):
            pass
        with locked(tmp_path / "another"):
            pass
    with locked(tmp_path):
        pass


def test_it_is_kept_by_what_the_process_becomes_and_dies_with_it(tmp_path: Path) -> None:
    with become(tmp_path) as shell:
        with pytest.raises(Conflict), locked(tmp_path):
            pass
        shell.kill()
        shell.wait()
        with locked(tmp_path):
            pass


def test_the_file_is_ours_alone_and_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with locked(tmp_path / "new/data"):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new/data/lock").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="lock"), locked(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_system_without_locks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(InvalidSettings, match=r"SIFU_DATA.*No locks available"), locked(tmp_path):
        pass
