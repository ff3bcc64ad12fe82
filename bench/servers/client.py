"""The light client of this bench: one connection and one answer at a time, nothing else.

Promises: an answer's status, or `Failed`; waiting costs no processor time, so that the measured
installation has the machine to itself.
"""

import http.client
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bench.missing import Failed

_SECONDS = 300.0
_PAUSE = 0.02
# The rest of a path that a person's server answers as soon as it is ready.
STATUS_PATH = "api/status"
# What a browser asks for when it opens JupyterLab, as far as it changes nothing. The setting is one
# of JupyterLab's own; the directory and `all` are each a form of their own.
WALK = (
    "lab",
    STATUS_PATH,
    "api/me",
    "lab/api/settings",
    "lab/api/settings/@jupyterlab/apputils-extension:themes",
    "lab/api/translations",
    "lab/api/workspaces/default",
    "api/contents?content=1",
    "api/kernelspecs",
    "api/kernels",
    "api/sessions",
    "api/terminals",
    "lsp/status",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and the statuses that mean that it was done."""

    method: str
    port: int
    path: str
    token: str
    done: Collection[int] = (200,)
    body: Any = None


def ask(call: Call) -> int:
    """Return the status when the whole answer has come; raises `Failed` where none comes."""
    status, _ = _exchange(call)
    return status


def do(call: Call) -> None:
    """Raise `Failed` with what was said unless it was done."""
    status, text = _exchange(call)
    if status not in call.done:
        said = text[:200].decode(errors="replace")
        raise Failed(f"{call.method} {call.path.partition('?')[0]}: {status} {said}")


def do_until_done(call: Call, seconds: float = 60.0) -> None:
    """Ask again and again, with short pauses; raises `Failed` after so many seconds."""
    limit = time.monotonic() + seconds
    while (status := ask(call)) not in call.done:
        if time.monotonic() > limit:
            raise Failed(f"{call.method} {call.path.partition('?')[0]}: {status} for too long")
        time.sleep(_PAUSE)


def _exchange(call: Call) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", call.port, timeout=_SECONDS)
    body = None if call.body is None else json.dumps(call.body)
    headers = {"Authorization": f"token {call.token}", "Accept": "*/*"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(call.method, call.path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as problem:
        raise Failed(f"a {call.method} got no answer ({problem!r})") from problem
    finally:
        connection.close()
