"""A real supervisord of our own, in a folder that is short enough for sockets."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from proxy.servers.places import Places

_CONFIGURATION = """
[supervisord]
nodaemon=true
silent=true
logfile={run}/supervisord.log
pidfile={run}/supervisord.pid
childlogdir={run}

[unix_http_server]
file={run}/supervisor.sock
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

{more}

[include]
files={run}/programs/*.conf
"""


class Supervision:
    """Starts, kills and starts again; ends everything that it led to."""

    def __init__(self, run: Path, more: str = "") -> None:
        self.places = Places(run=run, logs=run / "logs", python=sys.executable)
        for folder in (self.places.programs, self.places.server_logs):
            folder.mkdir(parents=True)
        self._configuration = run / "supervisord.conf"
        self._configuration.write_text(_CONFIGURATION.format(run=run, more=more))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, module: str = "supervisor.supervisord", output: Path | None = None) -> None:
        """Return once it has written its pid file; `output` gets what a terminal would."""
        command = [sys.executable, "-m", module, "-n"]
        with (output or Path("/dev/null")).open("wb") as file:
            self.process = subprocess.Popen(
                [*command, "-c", str(self._configuration)],
                stdout=file,
                stderr=subprocess.STDOUT,
                env={"PATH": "/usr/bin:/bin", "SIFU_RUN": str(self.places.run), "SIFU_LEAK": "x"},
            )
        pid_file = self.places.run / "supervisord.pid"
        deadline = time.monotonic() + 20
        while not pid_file.exists() or pid_file.read_text().strip() != str(self.process.pid):
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            below = psutil.Process(self.process.pid).children(recursive=True)
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            _kill(below)
        run = str(self.places.run)
        _kill([found for found in psutil.process_iter() if run in " ".join(_arguments(found))])


@contextmanager
def supervision(more: str = "") -> Iterator[Supervision]:
    run = Path(tempfile.mkdtemp(prefix="sifu-", dir="/tmp"))
    made = Supervision(run, more)
    try:
        yield made
    finally:
        made.end()
        shutil.rmtree(run, ignore_errors=True)


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(processes, timeout=5)
