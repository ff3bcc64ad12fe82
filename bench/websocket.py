"""Calls the websocket generators and the slow readers, and follows what they say.

Promises: CPU is counted from the moment that all connections are open; a generator never outlives
the call, or the `with`, that started it.
"""

import json
import secrets
import select
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bench.load import BROWSER
from bench.missing import Failed
from bench.processes import environment, pinned
from bench.site import PREFIX, Site

_READY_SECONDS = 45.0
_PATIENCE_SECONDS = 20.0


class Generator:
    """One of the two C programs, while it runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        self._process = process
        self._seconds = seconds

    def wait_until_ready(self) -> None:
        """Return when all connections are open; raises `Failed`."""
        if self._line(_READY_SECONDS) != "ready":
            raise Failed(self._complaint())

    def result(self) -> dict[str, float]:
        """What it counted; raises `Failed` if a connection was refused or broke."""
        line = self._line(self._seconds + _PATIENCE_SECONDS)
        if not line.startswith("{"):
            raise Failed(self._complaint())
        said: dict[str, float] = json.loads(line)
        if said.get("errors"):
            raise Failed(f"{said['errors']:.0f} connections were refused or broke")
        return said

    def _line(self, patience: float) -> str:
        output = _pipe(self._process.stdout)
        if not select.select([output], [], [], patience)[0]:
            raise Failed("the load generator did not come to an end")
        return output.readline().decode().strip()

    def _complaint(self) -> str:
        self._process.kill()
        lines = _pipe(self._process.stderr).read().decode().strip().splitlines()
        return lines[-1] if lines else "the load generator ended without a word"


@contextmanager
def generator(
    program: str, kind: str, head: Path, port: int, site: Site, *, numbers: Sequence[float]
) -> Iterator[Generator]:
    """Start `websocket_load` or `slow_readers`; `numbers` are connections, seconds and more."""
    arguments = [kind, str(port), str(head), *(f"{number:.12g}" for number in numbers)]
    with pinned(site.machine.load):
        process = subprocess.Popen(  # noqa: S603 (our own commands)
            [str(site.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment(),
            start_new_session=True,
        )
    try:
        yield Generator(process, numbers[1])
    finally:
        process.kill()
        process.wait()
        _pipe(process.stdout).close()
        _pipe(process.stderr).close()


def websocket_head(port: int, site: Site, *, deflate: bool = False, visit: int = 0) -> Path:
    """Write a browser's handshake; it holds the pass, so it is a file that only we can read."""
    lines = [
        f"GET {PREFIX}ws HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *BROWSER,
    ]
    if deflate:
        lines.append("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
    return _write_head(lines, site, visit)


def download_head(port: int, site: Site) -> Path:
    """Write a browser's request for 10 MB."""
    lines = [f"GET {PREFIX}10m HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: */*", *BROWSER]
    return _write_head(lines, site)


def _write_head(lines: list[str], site: Site, visit: int = 0) -> Path:
    path = site.folder / f"head-{secrets.token_hex(4)}"
    path.touch(mode=0o600)
    cookie = site.cookie_file(visit).read_text().strip()
    path.write_bytes("\r\n".join([*lines, f"Cookie: {cookie}", "", ""]).encode())
    return path


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 (both were asked for)
    return stream
