import socket
import subprocess
import sys

import pytest

from proxy.listener import listening_socket

PROGRAM = """
from proxy.listener import listening_socket
with listening_socket("127.0.0.1", 1, backlog=5) as listener:
    print(listener.getsockname()[1], listener.getblocking())
"""


def test_an_inherited_socket_is_taken_whatever_the_port():
    with socket.create_server(("127.0.0.1", 0)) as inherited:
        port = inherited.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            stdin=inherited.fileno(),
            check=True,
            capture_output=True,
            text=True,
        )
    assert done.stdout.split() == [str(port), "False"]


def test_without_an_inherited_socket_it_binds_one():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with listening_socket("127.0.0.1", port, backlog=5) as listener:
        assert listener.getsockname() == ("127.0.0.1", port)
        assert not listener.getblocking()


def test_a_taken_port_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        listening_socket("127.0.0.1", taken.getsockname()[1], backlog=5)
