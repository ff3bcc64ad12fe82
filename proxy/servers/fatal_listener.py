"""supervisord's event listener: ends everything when it must end, and ends it together.

Two events. A program of ours that is FATAL (front or relay; a notebook server may fail as it
likes) makes supervisord stop, so that the container ends and the platform notices. supervisord
STOPPING writes the file `stopping` (relays then drain for a moment only) and asks all notebook
servers to end at once, because supervisord itself stops one program after the other. Protocol:
http://supervisord.org/events.html. Must not: import more than it needs; it lives as long as we do.
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from proxy.servers import processes
from proxy.settings import environment_value

WATCHED = frozenset({"front", "relay"})
# supervisord's own SIGKILL for a server comes one second later, but one server at a time.
_PATIENCE_SECONDS = 5.0


def main() -> None:
    run = Path(environment_value("SIFU_RUN") or ".")
    servers = Path(environment_value("SIFU_PASSAGE") or run) / "servers"
    listen(sys.stdin, sys.stdout, run=run, servers=servers, supervisord=os.getppid())


def listen(
    events: TextIO, answers: TextIO, *, run: Path, supervisord: int, servers: Path | None = None
) -> None:
    """Read events and answer them until supervisord stops, or closes the pipe."""
    while True:
        answers.write("READY\n")
        answers.flush()
        if not (line := events.readline()):
            return
        header = parse(line)
        payload = parse(events.read(int(header["len"])))
        if header["eventname"] == "SUPERVISOR_STATE_CHANGE_STOPPING":
            # supervisord stops us as soon as the servers are gone; what they had started is then
            # still to be ended. We end by ourselves, after the work.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            (run / "stopping").touch(mode=0o600)
            end_notebooks(run / "servers" if servers is None else servers)
            return
        if payload.get("groupname") in WATCHED:
            print(f"{payload['groupname']} cannot run: stopping everything.", file=sys.stderr)  # noqa: T201 (its log)
            (run / "failed").touch(mode=0o600)  # told by the exit status, see `supervised_run`
            os.kill(supervisord, signal.SIGTERM)
        answers.write("RESULT 2\nOK")
        answers.flush()


def parse(line: str) -> Mapping[str, str]:
    """Read `key:value` pairs that are separated by blanks."""
    return dict(pair.split(":", 1) for pair in line.split() if ":" in pair)


def end_notebooks(servers: Path) -> None:
    """Ask every server of this run to end, adopted ones too; kill what is left after a while."""
    found = processes.find_notebooks(servers)
    started = [each for server in found for each in processes.family(server)]
    for server in found:
        processes.terminate(server)
    processes.wait_until_gone(found, _PATIENCE_SECONDS)
    processes.kill([*found, *started])
    # A server may hide its command line, and what it started may have left it.
    processes.end_accounts(accounts_of(servers))


def accounts_of(servers: Path) -> list[int]:
    """Return the accounts for which there are servers: each one's folder is of the group."""
    try:
        return sorted({folder.stat().st_gid for folder in servers.iterdir()} - {0})
    except OSError:
        return []


if __name__ == "__main__":
    main()
