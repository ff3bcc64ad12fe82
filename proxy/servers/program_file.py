"""The supervisor file of one server, as text.

Facts of supervisor's format: `%` begins an expansion and is doubled; a `;` or `#` after white
space begins a comment and cannot be escaped; the command is split like a shell would, so each
word is quoted. A value that cannot be written is refused, never bent.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from proxy.core.errors import InvalidSettings

STOP_SECONDS = 6
_STUB = Path(__file__).parent.parent / "notebook" / "stub.py"
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f]|\s[;#]")


def program_text(program: str, command: Sequence[str], log_file: Path) -> str:
    """Return the file; raises `InvalidSettings` if a path cannot stand in one.

    `env -i` because supervisord's own environment names our secrets' files.
    """
    words = ["/usr/bin/env", "-i", *command]
    line = " ".join(shlex.quote(word) for word in words)
    return "\n".join(
        [
            "; Written by Sifu at each start of this server.",
            f"[program:{program}]",
            f"command={_escape(line)}",
            "autostart=false",
            "autorestart=false",
            "startsecs=0",
            "startretries=0",
            "stopasgroup=true",
            "killasgroup=true",
            f"stopwaitsecs={STOP_SECONDS}",
            "redirect_stderr=true",
            f"stdout_logfile={_escape(str(log_file))}",
            "stdout_logfile_maxbytes=5MB",
            "stdout_logfile_backups=3",
            "",
        ]
    )


def start_command(python: str, request_file: Path, fork_socket: Path | None) -> list[str]:
    """Return what becomes the server: by the fork server that listens there, or by exec."""
    if fork_socket is None:
        return [python, "-I", "-m", "proxy.notebook.enter", str(request_file)]
    return [python, "-I", "-S", str(_STUB), str(fork_socket), str(request_file)]


def notebook_arguments(folder: Path) -> list[str]:
    """The end of a server's command line, by which it is found again."""
    return ["-m", "proxy.notebook", str(folder)]


def is_writable(value: str) -> bool:
    """Can this text stand in a supervisor file?"""
    return not _UNWRITABLE.search(value)


def _escape(value: str) -> str:
    if not is_writable(value):
        raise InvalidSettings([f"supervisord cannot be told of “{value}”: choose another path."])
    return value.replace("%", "%%")
