"""The stub by itself; with a fork server it is tried in test_fork_server."""

import subprocess
import sys
from pathlib import Path

import pytest

from proxy.notebook import stub


def test_without_a_fork_server_there_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "request").touch()
    assert stub.ask(str(tmp_path / "none.sock"), str(tmp_path / "request")) is None


@pytest.mark.parametrize("status", [0, 1, 70, -15, -9])
def test_it_ends_like_its_server(status: int) -> None:
    code = f"from proxy.notebook import stub; stub.end_like({status})"
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == status
