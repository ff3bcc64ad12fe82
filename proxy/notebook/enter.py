"""`python -I -m proxy.notebook.enter REQUEST` becomes a server by exec: the way that always works.

Promises: the process that supervisord started is the server's, confined before anything of the
server's account is read, with the request's environment and nothing else.
"""

import os
import sys
from pathlib import Path

from proxy.notebook.settling import settle
from proxy.notebook.start_request import StartRequest, from_text


def command(request: StartRequest) -> list[str]:
    """Return the server's command line; `-P`: a person's file may be named like a module."""
    return [sys.executable, "-P", "-m", "proxy.notebook", request.folder]


def main(request_file: Path) -> None:
    request = from_text(request_file.read_text())
    variables = settle(request)
    os.execve(sys.executable, command(request), variables)  # noqa: S606 (becoming it is the point)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
