"""The listening socket of a server, made before the server may make anything there.

Its folder belongs to whoever starts servers, so a person's code cannot put a link or a socket of
its own in its place and have front and relay, who may open every path, talk to something else. It
listens at once: whoever connects early waits for Jupyter instead of being refused.
"""

import os
import socket
from contextlib import suppress

# Where the server finds it; the first after the standard streams.
LISTENER = 3
_BACKLOG = 128


def open_listener(path: str, gid: int | None) -> socket.socket:
    """Listen on `path`, for our own account and, if given, members of `gid`; raises `OSError`."""
    with suppress(FileNotFoundError):  # of an earlier start
        os.unlink(path)  # noqa: PTH108 (few imports: it runs before exec)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(before)
    if gid is not None:
        os.chown(path, -1, gid)
        os.chmod(path, 0o660)  # noqa: PTH101
    listener.listen(_BACKLOG)
    return listener


def take_number(listener: socket.socket) -> None:
    """Make it file descriptor `LISTENER`, kept through exec."""
    if listener.fileno() != LISTENER:
        os.dup2(listener.fileno(), LISTENER, inheritable=True)
        listener.close()
    else:
        os.set_inheritable(LISTENER, True)
        listener.detach()


def inherited_listener() -> socket.socket:
    """Return it inside the server; programs that the server starts do not get it."""
    os.set_inheritable(LISTENER, False)
    listener = socket.socket(fileno=LISTENER)
    listener.setblocking(False)
    return listener
