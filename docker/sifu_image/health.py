"""Docker's question whether the container is well: exit status 0 if front and relay both answer.

Asked every few seconds for ever, so it loads next to nothing and is run as a file, without `site`.
Promises: at most three seconds for each; one line that says who does not answer.
"""

import os
import socket
import sys
from collections.abc import Mapping

_SECONDS = 2.0
_EVERYWHERE = frozenset({"", "0.0.0.0"})  # noqa: S104 (to ask there, not to listen)


def main(environment: Mapping[str, str]) -> int:
    host = environment.get("SIFU_BIND", "")
    host = "127.0.0.1" if host in _EVERYWHERE else host
    front = int(environment.get("SIFU_FRONT_PORT") or 3334)
    relay = int(environment.get("SIFU_NOTEBOOK_PORT") or 3335)
    wrong = [
        f"{name} on port {port}: {problem}"
        for name, port, path in (("front", front, "/healthz"), ("relay", relay, "/-/healthz"))
        if (problem := ask(host, port, path))
    ]
    sys.stdout.write("; ".join(wrong) or "front and relay answer")
    return 1 if wrong else 0


def ask(host: str, port: int, path: str) -> str:
    """Return what is wrong, or nothing if the answer is 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((host, port), _SECONDS) as connection:
            connection.sendall(request.encode())
            status = connection.recv(64).split(b" ")[1:2]
    except OSError as problem:
        return str(problem) or "no answer"
    return "" if status == [b"200"] else f"answers {b''.join(status).decode() or 'nothing'}"


if __name__ == "__main__":
    sys.exit(main(os.environ))  # noqa: TID251 (no part of Sifu's package)
