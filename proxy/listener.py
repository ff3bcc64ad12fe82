"""The listening socket of a program: supervisord's, or one of its own."""

import os
import socket
import stat


def listening_socket(address: str, port: int, *, backlog: int) -> socket.socket:
    """Take the socket that supervisord hands down as descriptor 0, else bind one.

    Not blocking, and listening with `backlog`; raises `OSError` if the port cannot be bound.
    """
    if stat.S_ISSOCK(os.fstat(0).st_mode):
        listener = socket.socket(fileno=0)
    else:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.create_server((address, port), family=family, backlog=backlog)
    listener.setblocking(False)
    return listener
