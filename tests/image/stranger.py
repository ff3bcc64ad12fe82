"""Runs a function as an account that nobody has, in a process of its own."""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

UID, GID = 4321, 4322


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the process ended, and what it wrote."""

    status: int
    out: str
    err: str


def as_stranger(function: Callable[[], object]) -> Outcome:
    """Fork, leave root if that is who we are, and call; errors are told on standard error."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        if (child := os.fork()) == 0:
            status = 70
            try:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
                if os.geteuid() == 0:
                    os.setgroups([])
                    os.setgid(GID)
                    os.setuid(UID)
                function()
                status = 0
            except SystemExit as ended:
                status = int(ended.code or 0)
            except Exception as problem:  # told, whatever it is
                os.write(2, str(problem).encode())
            finally:
                os._exit(status)
        _, waited = os.waitpid(child, 0)
        for file in (out, err):
            file.seek(0)
        return Outcome(os.waitstatus_to_exitcode(waited), out.read(), err.read())


def open_to_strangers(folder: Path) -> None:
    """Let everybody reach a folder of pytest's, and own it as the stranger where that can be."""
    if os.geteuid() == 0:
        os.chown(folder, UID, GID)
        for level in folder.parents:
            if level == Path(tempfile.gettempdir()):
                break
            level.chmod(0o755)
