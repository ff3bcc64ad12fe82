"""The lock on accounts, between open files and through `exec`."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.cli.account_lock import reserved
from proxy.core.errors import InvalidSettings

ACCOUNTS = range(5000, 6000)
_BECOME = """
import os, sys
from pathlib import Path
from proxy.cli.account_lock import reserved
from proxy.cli.data_lock import keep_through_exec, locked
folder = Path(sys.argv[1])
with locked(folder / "data") as lock, reserved(range(5000, 6000), folder) as accounts:
    keep_through_exec(lock, accounts)
    os.execv("/bin/sh", ["sh", "-c", "echo ready; read line"])
"""


@pytest.mark.parametrize("other", [(5000, 6000), (5999, 7000), (5100, 5101), (1000, 9000)])
def test_ranges_that_overlap_are_refused(tmp_path: Path, other: tuple[int, int]) -> None:
    with (
        reserved(range(5000, 6000), tmp_path),
        pytest.raises(InvalidSettings, match=r"SIFU_UID_RANGE: another Sifu"),
        reserved(range(*other), tmp_path),
    ):
        pass


def test_neighbours_and_the_next_run_are_let_in(tmp_path: Path) -> None:
    with (
        reserved(range(5000, 6000), tmp_path),
        reserved(range(6000, 7000), tmp_path),
        reserved(range(4000, 5000), tmp_path),
    ):
        pass
    with reserved(range(4000, 7000), tmp_path):
        pass


def test_it_lives_and_dies_with_what_the_process_becomes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _BECOME, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        assert shell.stdout.readline() == b"ready\n"
        held = {each.name for each in Path(f"/proc/{shell.pid}/fd").iterdir()}
        assert {"3", "4"} <= held
        with pytest.raises(InvalidSettings), reserved(range(5500, 5501), tmp_path):
            pass
        shell.kill()
        shell.wait()
        with reserved(range(5000, 6000), tmp_path):
            pass


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "sifu-accounts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidSettings, match="sifu-accounts"), reserved(ACCOUNTS, tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("mode", [0o600, 0o666])
@pytest.mark.parametrize("is_sticky", [False, True])
@pytest.mark.skipif(os.geteuid() != 0, reason="makes a file of another account, so needs root")
def test_a_file_of_somebody_else_is_named_and_never_locked(
    tmp_path: Path, mode: int, *, is_sticky: bool
) -> None:
    tmp_path.chmod(0o1777 if is_sticky else 0o755)
    planted = tmp_path / "sifu-accounts"
    planted.touch()
    planted.chmod(mode)
    os.chown(planted, 64321, 64321)
    with (
        pytest.raises(InvalidSettings, match=r"sifu-accounts.*Remove it"),
        reserved(ACCOUNTS, tmp_path),
    ):
        pass


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_named(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "sifu-accounts")
    with (
        pytest.raises(InvalidSettings, match=r"sifu-accounts.*Remove it"),
        reserved(ACCOUNTS, tmp_path),
    ):
        pass
