"""`python -I -m proxy.notebook.fork_server SOCKET`: starts servers faster, by not starting.

It has imported JupyterLab once and forks for each server, so that those share that memory and are
ready in a tenth of a second. Promises: it holds no secret (a request is read by the child alone,
its environment is empty) and listens on a socket that only its own account reaches; it may be
killed at any time, servers go on; it ends by itself, to be started anew, when the installation has
changed; who cannot be served, for want of descriptors or processes, is sent away at once and starts
without it. Must not: have a second thread, read anything that a server's account could write, or
wait for anything that a server could hold up.
"""

import errno
import gc
import os
import resource
import select
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from proxy.notebook.fingerprint import fingerprint
from proxy.notebook.forked import Gift, become_server
from proxy.notebook.preloading import preload
from proxy.notebook.process_title import ROOM, ProcessTitle, find_title

GREETING: Final = b"sifu 1"
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ")
_LOOK_MILLISECONDS = 10_000
_BACKLOG = 256
_GIFTS = 5
_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid


class ForkServer:
    """One thread, one loop; `path` is the listening socket's, `open_files` the servers' limit."""

    def __init__(self, path: Path, imported: str, title: ProcessTitle, open_files: int) -> None:
        self._path = path
        self._imported = imported
        self._title = title
        self._open_files = open_files
        self._listener = _listen(path)
        self._spare = os.dup(self._listener.fileno())  # to be given up for who is sent away
        self._mark = path.stat().st_ino
        self._poll = select.poll()
        self._poll.register(self._listener, select.POLLIN)
        self._stubs: dict[int, socket.socket] = {}  # by the stub's descriptor
        self._pids: dict[int, int] = {}  # the stub's descriptor → its server
        self._ends: dict[int, tuple[int, int]] = {}  # pidfd → server, the stub's descriptor
        self._unreaped: dict[int, int] = {}  # server that has ended → the stub's descriptor

    def serve(self) -> None:
        """Return when the installation or the socket's file is not what it was."""
        while self._is_current():
            for descriptor, _ in self._poll.poll(_LOOK_MILLISECONDS):
                if descriptor == self._listener.fileno():
                    self._accept()
                elif descriptor in self._ends:
                    self._note_end(descriptor)
                elif descriptor in self._pids:
                    self._lose(descriptor)
                elif descriptor in self._stubs and not self._start(descriptor):
                    return
            self._reap()

    def _is_current(self) -> bool:
        try:
            is_ours = self._path.stat().st_ino == self._mark
            return is_ours and fingerprint() == self._imported
        except OSError as problem:
            return problem.errno in _SHORTAGES  # nobody can tell now

    def _accept(self) -> None:
        try:
            stub, _ = self._listener.accept()
        except OSError as problem:
            if problem.errno in _SHORTAGES:
                self._turn_away()
            return
        stub.setblocking(False)
        self._stubs[stub.fileno()] = stub
        self._poll.register(stub, select.POLLIN)

    def _turn_away(self) -> None:
        """Let in with the spare descriptor, and out: whoever is left waiting waits for seconds."""
        os.close(self._spare)
        with suppress(OSError):
            self._listener.accept()[0].close()
        self._spare = os.dup(self._listener.fileno())

    def _start(self, descriptor: int) -> bool:
        """Fork for this stub; False if the installation has changed (the stub does it itself)."""
        stub = self._stubs[descriptor]
        try:
            gift = _take(stub)
        except BlockingIOError:  # the number was somebody else's a moment ago
            return True
        if gift is None:
            self._forget(descriptor)
            return True
        try:
            # A stub that waited too long has gone its own way.
            if _has_hung_up(stub):
                self._forget(descriptor)
                return True
            if fingerprint() != self._imported:
                return False
            self._fork(stub, gift)
        except OSError as problem:
            print(f"no server could be forked: {problem}", file=sys.stderr)  # noqa: T201 (its log)
            self._forget(descriptor)
        finally:
            for given in (*gift.streams, gift.leash, gift.request):
                os.close(given)
        return True

    def _fork(self, stub: socket.socket, gift: Gift) -> None:
        pid = os.fork()
        if pid == 0:
            become_server(gift, self._title, self._open_files)
        try:
            process = os.pidfd_open(pid)
        except OSError:  # nobody would hear of its end
            os.kill(pid, signal.SIGKILL)
            self._unreaped[pid] = stub.fileno()
            raise
        self._ends[process] = (pid, stub.fileno())
        self._pids[stub.fileno()] = pid
        self._poll.register(process, select.POLLIN)
        try:
            socket.send_fds(stub, [GREETING], [process])
        except OSError:  # its stub starts one itself, or is gone
            os.kill(pid, signal.SIGKILL)
            raise

    def _note_end(self, process: int) -> None:
        self._poll.unregister(process)
        os.close(process)
        pid, descriptor = self._ends.pop(process)
        self._unreaped[pid] = descriptor

    def _reap(self) -> None:
        """Tell the stubs how their servers ended.

        Whoever traces a server (ptrace(2)) is told first, and may keep it as long as they like.
        """
        for pid, descriptor in list(self._unreaped.items()):
            reaped, status = os.waitpid(pid, os.WNOHANG)
            if not reaped:
                continue
            del self._unreaped[pid]
            if self._pids.get(descriptor) == pid:
                with suppress(OSError):
                    told = str(os.waitstatus_to_exitcode(status))
                    self._stubs[descriptor].send(told.encode())
                self._forget(descriptor)

    def _lose(self, descriptor: int) -> None:
        """The stub is gone: its server goes too, though it may have cut its leash."""
        for kill in (os.kill, os.killpg):  # it leads a group only once it is confined
            with suppress(OSError):
                kill(self._pids[descriptor], signal.SIGKILL)
        self._forget(descriptor)

    def _forget(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        self._stubs.pop(descriptor).close()
        self._pids.pop(descriptor, None)


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    before = os.umask(0o177)
    listener.bind(str(path))
    os.umask(before)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def _take(stub: socket.socket) -> Gift | None:
    """Return what a stub of our version and our account has sent."""
    try:
        text, given, _, _ = socket.recv_fds(stub, 64, _GIFTS)
        who = stub.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    except BlockingIOError:
        raise
    except OSError:
        return None
    if text != GREETING or len(given) != _GIFTS or _CREDENTIALS.unpack(who)[1] != os.getuid():
        for each in given:
            os.close(each)
        return None
    return Gift((given[0], given[1], given[2]), given[3], given[4])


def _has_hung_up(stub: socket.socket) -> bool:
    asking = select.poll()
    asking.register(stub, 0)
    return bool(asking.poll(0))


def raise_open_files() -> int:
    """Raise our soft limit to the hard one, for each server takes two; return what it was."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return soft


def main(path: Path) -> None:
    """Import, freeze what was imported, and serve."""
    before = fingerprint()
    title = find_title()
    title.show([sys.executable, "-I", "-m", "proxy.notebook.fork_server", str(path)], {})
    preload()
    if threads := len(list(Path("/proc/self/task").iterdir())) - 1:
        sys.exit(f"{threads} threads were started by an import; a fork would lose them.")
    gc.collect()
    gc.disable()
    gc.freeze()
    ForkServer(path, before, title, raise_open_files()).serve()


def restart_with_room(path: str) -> None:
    """Become this program again, with space for a name and an empty environment."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}  # noqa: TID251
    words = [sys.executable, "-I", "-m", "proxy.notebook.fork_server", path, ROOM]
    os.execve(sys.executable, words, {**kept, "ROOM": ROOM})  # noqa: S606 (becoming it is the point)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        restart_with_room(sys.argv[1])
    main(Path(sys.argv[1]))
