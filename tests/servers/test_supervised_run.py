"""What a platform learns from the end of a real supervisord."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers.supervision import Supervision, supervision

_SECTIONS = """
[eventlistener:watch]
command={python} -m proxy.servers.fatal_listener
events=PROCESS_STATE_FATAL,SUPERVISOR_STATE_CHANGE_STOPPING
stderr_logfile={log}

[program:{name}]
command={command}
startretries=1
"""


def wait_for_line(supervised: Supervision, pattern: str) -> None:
    deadline = time.monotonic() + 20
    while not re.search(pattern, (supervised.places.run / "supervisord.log").read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.system
@pytest.mark.parametrize(
    ("name", "command", "status"),
    [("relay", "/bin/false", 1), ("front", "/bin/sleep 60", 0), ("ada.home", "/bin/false", 0)],
)
def test_only_a_run_that_could_not_go_on_ends_with_an_error(
    tmp_path: Path, name: str, command: str, status: int
) -> None:
    log = tmp_path / "watch.log"
    more = _SECTIONS.format(python=sys.executable, name=name, command=command, log=log)
    with supervision(more) as supervised:
        supervised.start(module="proxy.servers.supervised_run")
        assert supervised.process is not None
        if status == 0:
            # A signal that comes while a program is being started is lost.
            wait_for_line(supervised, rf"{name} entered (RUNNING|FATAL)")
            wait_for_line(supervised, "watch entered RUNNING")
            supervised.process.send_signal(signal.SIGTERM)
        assert supervised.process.wait(20) == status
        assert supervised.places.failed.exists() == bool(status)


@pytest.mark.system
def test_what_supervisord_refuses_is_its_own_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "proxy.servers.supervised_run", "-n", "-c", "/nowhere.conf"]
    done = subprocess.run(
        command, env={"SIFU_RUN": str(tmp_path)}, capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 2
