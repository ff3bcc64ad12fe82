"""Tells the person at the terminal when Sifu is there, and how to get in.

A small process beside supervisord: `sifu up` forks it off just before it becomes supervisord.
Promises: the way in is the last line, and comes only once both ports answer; when they do not,
the last lines of the logs come instead, and what to do. It ends by itself within `PATIENCE`.
"""

import http.client
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from proxy.servers.places import Places
from proxy.settings import Settings

PATIENCE_SECONDS = 40.0
_PAUSE = 0.2
_LOG_LINES = 15


@dataclass(frozen=True, slots=True)
class Announcement:
    """`checks` are host, port and path of what must answer before `link` is shown."""

    link: str
    logs: Path
    checks: tuple[tuple[str, int, str], ...]

    @classmethod
    def of(cls, settings: Settings, places: Places, link: str) -> "Announcement":
        everywhere = settings.bind in {"0.0.0.0", ""}  # noqa: S104 (to connect, not to listen)
        host = "127.0.0.1" if everywhere else settings.bind
        checks = (
            (host, settings.front_port, "/healthz"),
            (host, settings.notebook_port, "/-/healthz"),
        )
        return cls(link, places.logs, checks)


def announce_beside(announcement: Announcement, *locks: int) -> None:
    """Fork off the announcer and return at once; `locks` are descriptors that it must not hold."""
    sys.stdout.flush()
    supervisord = os.getpid()
    if os.fork():
        return
    try:
        for lock in locks:
            os.close(lock)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word
        announce(announcement, supervisord=supervisord, seconds=PATIENCE_SECONDS)
    finally:
        os._exit(0)


def announce(announcement: Announcement, *, supervisord: int, seconds: float) -> None:
    """Wait until everything answers, then print the way in; else print what went wrong."""
    print("Starting Sifu …", flush=True)
    if not _everything_answers(announcement, supervisord, seconds):
        print(failure(announcement.logs), flush=True)
        return
    print(f"Logs are in {announcement.logs}. Ctrl-C stops everything; your files stay.")
    once = " (it works once, for an hour)" if "?code=" in announcement.link else ""
    print(f"Open this address to sign in{once}:")
    print(announcement.link, flush=True)


def failure(logs: Path) -> str:
    """Return the last lines of the logs and what to do."""
    parts = ["Sifu does not answer. The last lines of its logs:"]
    for log in sorted(logs.glob("*.log")):
        try:
            lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        except OSError:
            continue
        parts += [f"--- {log}", *lines] if lines else []
    parts.append("`sifu doctor` looks for the reason. Ctrl-C stops what was started.")
    return "\n".join(parts)


def _everything_answers(announcement: Announcement, supervisord: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not all(_answers(*check) for check in announcement.checks):
        if time.monotonic() > deadline or os.getppid() != supervisord:
            return False
        time.sleep(_PAUSE)
    return True


def _answers(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
