"""`python -I -S stub.py SOCKET REQUEST` stands in supervisord's list for a forked server.

supervisord owns this program; the server is a child of the fork server that listens on SOCKET, and
holds on to this one by a pipe, its leash. Promises: the server has this program's standard streams;
signals go on to it; this ends when it ends, with its status, whatever became of the fork server
meanwhile; and it ends when this does. Where the fork server does not start one, this becomes the
server by exec (`enter`). Must not: import anything: there is one of these for each server, and
every module costs memory. Hence the modules with an underscore, and no `os`.
"""

import _signal  # type: ignore[import-not-found]
import _socket
import posix
import select
import sys

ANSWER_SECONDS = 5.0
GREETING = b"sifu 1"
# The status where the fork server was gone before it could tell the server's.
UNKNOWN_STATUS = 70
_STATUS_MILLISECONDS = 1000
_INT_BYTES = 4


def main(socket_path: str, request_file: str) -> None:
    started = ask(socket_path, request_file)
    if started is None:
        words = [sys.executable, "-I", "-m", "proxy.notebook.enter", request_file]
        posix.execv(sys.executable, words)
    connection, process, _leash = started
    for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP):
        _signal.signal(number, lambda number, _: send(process, number))
    end_like(await_status(connection, process))


def ask(socket_path: str, request_file: str) -> "tuple[_socket.socket, int, int] | None":
    """Have a server forked; return the connection, its pidfd and the leash, or None."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    try:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(socket_path)
        request = posix.open(request_file, posix.O_RDONLY | posix.O_CLOEXEC)
        held, leash = posix.pipe2(posix.O_CLOEXEC)
        _send(connection, [0, 1, 2, held, request])
        posix.close(held)
        posix.close(request)
        process = _receive(connection)
    except OSError:
        process = leash = None
    if process is None or leash is None:
        connection.close()  # a late fork server sees it, and a late server its cut leash
        return None
    return connection, process, leash


def await_status(connection: _socket.socket, process: int) -> int:
    """Wait for its end; return its exit status, negative for a signal, as the fork server tells."""
    waiting = select.poll()
    waiting.register(process, select.POLLIN)
    waiting.poll()
    telling = select.poll()
    telling.register(connection, select.POLLIN)
    try:
        if telling.poll(_STATUS_MILLISECONDS):
            return int(connection.recv(64))
    except (OSError, ValueError):
        pass
    return UNKNOWN_STATUS


def send(process: int, number: int) -> None:
    try:
        _signal.pidfd_send_signal(process, number)
    except OSError:
        return  # it is gone: we shall know in a moment


def end_like(status: int) -> None:
    """End with this status; one that is negative as a signal's number by that signal."""
    if status < 0:
        if -status != _signal.SIGKILL:
            _signal.signal(-status, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -status)
    posix._exit(status & 0xFF)  # noqa: SLF001 (nothing is to be flushed)


def _send(connection: _socket.socket, descriptors: list[int]) -> None:
    packed = b"".join(each.to_bytes(_INT_BYTES, sys.byteorder) for each in descriptors)
    connection.sendmsg([GREETING], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, packed)])


def _receive(connection: _socket.socket) -> int | None:
    """Return the descriptor that came with a greeting of our version."""
    text, more, _, _ = connection.recvmsg(
        64, _socket.CMSG_SPACE(_INT_BYTES), _socket.MSG_CMSG_CLOEXEC
    )
    if text != GREETING or not more:
        return None
    return int.from_bytes(more[0][2][:_INT_BYTES], sys.byteorder)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
