"""The fork server with real stubs and servers; whatever is killed, the others know what to do."""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from proxy.notebook import fork_server, process_record
from proxy.notebook.forked import Gift
from proxy.notebook.process_title import ProcessTitle
from proxy.notebook.stub import ANSWER_SECONDS, GREETING, UNKNOWN_STATUS
from tests.notebook.forking import ForkServerProcess, Place, forking, is_gone, wait_for

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sifu-", dir="/tmp") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def forks(folder: Path) -> Iterator[ForkServerProcess]:
    with forking(folder) as made:
        yield made


@pytest.fixture
def place(folder: Path) -> Iterator[Place]:
    made = Place(Path(tempfile.mkdtemp(dir=folder)))
    yield made
    made.end()


def is_stub(place: Place, pid: int) -> bool:
    """Has the stub become the server?"""
    return place.stub is not None and place.stub.pid == pid


def status_of(place: Place) -> int:
    assert place.stub is not None
    return place.stub.wait(60)


def test_a_server_is_forked_and_looks_like_one_that_was_started(
    forks: ForkServerProcess, place: Place
) -> None:
    pid = place.start(forks.path)
    assert place.stub is not None
    server = psutil.Process(pid)
    assert (server.ppid(), pid != place.stub.pid) == (forks.process.pid, True)
    assert place.ask() == 200
    words = [word for word in server.cmdline() if word]
    assert words[-3:] == ["-m", "proxy.notebook", str(place.folder)]
    environment = server.environ()
    assert environment["HOME"] == str(place.home)
    assert not [name for name in environment if name.startswith("SIFU_")]
    assert server.cwd() == str(place.home)
    assert "Jupyter Server" in (place.folder / "log").read_text()
    assert place.ask("lab") == 200
    # What depends on HOME is under this one, and nothing is where the fork server's would be.
    assert place.ask("lab/api/workspaces/default") == 200
    assert place.ask("api/shutdown", "POST") == 200
    assert status_of(place) == 0


def test_it_holds_nothing_and_has_one_thread(forks: ForkServerProcess, place: Place) -> None:
    place.start(forks.path)
    place.ask()
    found = psutil.Process(forks.process.pid)
    assert found.num_threads() == 1
    assert not [word for word in found.cmdline() if "ROOM" in word or "----" in word]
    assert not [name for name in found.environ() if name.startswith("SIFU_")]
    assert forks.path.stat().st_mode & 0o777 == 0o600
    inside = Path(f"/proc/{found.pid}/fd")
    assert len(list(inside.iterdir())) < 12


def test_a_request_to_end_goes_on_to_the_server(forks: ForkServerProcess, place: Place) -> None:
    place.start(forks.path)
    place.ask()
    assert place.stub is not None
    place.stub.terminate()
    assert status_of(place) == 0


def test_a_killed_server_ends_its_stub_alike(forks: ForkServerProcess, place: Place) -> None:
    pid = place.start(forks.path)
    place.ask()
    os.kill(pid, signal.SIGKILL)
    assert status_of(place) == -signal.SIGKILL


def test_a_killed_stub_takes_its_server_along(forks: ForkServerProcess, place: Place) -> None:
    pid = place.start(forks.path)
    place.ask()
    assert place.stub is not None
    place.stub.kill()
    wait_for(lambda: is_gone(pid), seconds=10)


def test_even_where_the_fork_server_hears_nothing(forks: ForkServerProcess, place: Place) -> None:
    pid = place.start(forks.path)
    place.ask()
    assert place.stub is not None
    os.kill(forks.process.pid, signal.SIGSTOP)
    try:
        place.stub.kill()
        wait_for(lambda: is_gone(pid), seconds=10)
    finally:
        os.kill(forks.process.pid, signal.SIGCONT)


def test_a_killed_fork_server_costs_no_server(folder: Path, place: Place) -> None:
    own = folder / "killed"
    own.mkdir()
    with forking(own) as forks:
        pid = place.start(forks.path)
        assert place.ask() == 200
        forks.end()
        assert place.ask() == 200
        # Until there is a new one, servers are started by exec; then they are forked again.
        late = Place(own / "late")
        by_exec = late.start(forks.path)
        assert (is_stub(late, by_exec), late.ask()) == (True, 200)
        late.end()
        forks.restart()
        fresh = Place(own / "fresh")
        forked = fresh.start(forks.path)
        assert (is_stub(fresh, forked), fresh.ask()) == (False, 200)
        fresh.end()
        os.kill(pid, signal.SIGTERM)
        assert status_of(place) == UNKNOWN_STATUS


def test_one_that_does_not_answer_is_passed_by_and_starts_no_second(
    forks: ForkServerProcess, place: Place
) -> None:
    os.kill(forks.process.pid, signal.SIGSTOP)
    try:
        pid = place.start(forks.path)
    finally:
        os.kill(forks.process.pid, signal.SIGCONT)
    assert place.stub is not None
    assert pid == place.stub.pid
    assert place.ask() == 200
    assert ANSWER_SECONDS <= 10
    other = Place(place.folder / "other")
    other.start(forks.path)  # by now it has worked through what was waiting
    other.end()
    for each in psutil.Process(forks.process.pid).children():
        with suppress(psutil.NoSuchProcess):  # the other one may end this moment
            assert str(place.folder) not in each.cmdline()
    assert process_record.find(str(place.record)) == pid


def test_a_changed_installation_ends_it(folder: Path, place: Place) -> None:
    own = folder / "changed"
    own.mkdir()
    module = Path(fork_server.__file__).with_name("__init__.py")
    before = module.stat()
    with forking(own) as forks:
        os.utime(module, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        try:
            pid = place.start(forks.path)
            assert place.stub is not None
            assert pid == place.stub.pid
            assert forks.process.wait(10) == 0
        finally:
            os.utime(module, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert place.ask() == 200


@pytest.mark.parametrize("said", [b"sifu 0", b"", b"x" * 64])
def test_whoever_says_something_else_is_sent_away(forks: ForkServerProcess, said: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asking:
        asking.settimeout(10)
        asking.connect(str(forks.path))
        asking.send(said)
        if said:
            assert asking.recv(64) == b""
    assert forks.process.poll() is None


def test_a_request_that_is_none_ends_with_a_reason(forks: ForkServerProcess, place: Place) -> None:
    place.request.write_text("{}")
    with (place.folder / "log").open("ab") as log:
        place.stub = subprocess.Popen(
            [
                *("python3", "-I", "-S"),
                Path(fork_server.__file__).with_name("stub.py"),
                forks.path,
                place.request,
            ],
            stdout=log,
            stderr=log,
        )
    assert status_of(place) == 1
    assert "this version of Sifu" in (place.folder / "log").read_text()


def descriptors(forks: ForkServerProcess) -> int:
    return len(list(Path(f"/proc/{forks.process.pid}/fd").iterdir()))


@contextmanager
def crowd(path: Path) -> Iterator[Callable[[], socket.socket]]:
    """Connections that say nothing."""
    with ExitStack() as made:

        def come() -> socket.socket:
            one = made.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            one.settimeout(10)
            one.connect(str(path))
            return one

        yield come


def test_it_takes_the_descriptors_it_may_have_and_servers_their_own_limit(folder: Path) -> None:
    own = folder / "limits"
    own.mkdir()
    with forking(own, (256, 512)) as forks:
        assert psutil.Process(forks.process.pid).rlimit(psutil.RLIMIT_NOFILE) == (512, 512)
        place = Place(own / "place")
        pid = place.start(forks.path)
        assert not is_stub(place, pid)
        assert psutil.Process(pid).rlimit(psutil.RLIMIT_NOFILE) == (256, 512)
        place.end()


def test_out_of_descriptors_it_sends_away_and_lives(folder: Path) -> None:
    own = folder / "crowded"
    own.mkdir()
    with forking(own, (256, 256)) as forks:
        with crowd(forks.path) as come:
            while descriptors(forks) < 256:
                come()
                time.sleep(0.001)
            began = time.monotonic()
            assert come().recv(64) == b""
            by_exec = Place(own / "by-exec")
            assert is_stub(by_exec, by_exec.start(forks.path))
            assert time.monotonic() - began < ANSWER_SECONDS
            used = psutil.Process(forks.process.pid).cpu_times()
            time.sleep(1)
            now = psutil.Process(forks.process.pid).cpu_times()
            assert now.user + now.system - used.user - used.system < 0.5
            by_exec.end()
        wait_for(lambda: descriptors(forks) < 20)
        forked = Place(own / "forked")
        assert not is_stub(forked, forked.start(forks.path))
        assert forked.ask() == 200
        forked.end()
        assert forks.process.poll() is None


@pytest.mark.parametrize("left", [1, 6, 7])
def test_with_hardly_any_descriptor_left_a_server_starts_all_the_same(
    folder: Path, left: int
) -> None:
    own = folder / f"left-{left}"
    own.mkdir()
    with forking(own, (256, 256)) as forks, crowd(forks.path) as come:
        while descriptors(forks) < 256 - left:
            come()
            time.sleep(0.01)
        place = Place(own / "place")
        pid = place.start(forks.path)
        # The stub's connection, what it sends, and a descriptor of the server.
        assert is_stub(place, pid) == (left < 7)
        assert place.ask() == 200
        place.end()
        assert forks.process.poll() is None


PTRACE_SEIZE = 0x4206


def test_a_server_that_is_traced_holds_up_no_others(forks: ForkServerProcess, place: Place) -> None:
    """The end of a traced process is its tracer's to know first, which may take its time."""
    pid = place.start(forks.path)
    place.ask()
    if ctypes.CDLL(None).ptrace(PTRACE_SEIZE, pid, None, None):
        pytest.skip("nobody may trace here")
    os.kill(pid, signal.SIGKILL)
    try:
        assert status_of(place) == UNKNOWN_STATUS
        other = Place(place.folder / "other")
        assert not is_stub(other, other.start(forks.path))
        other.end()
        assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    finally:
        os.waitpid(pid, 0)
    wait_for(lambda: not psutil.pid_exists(pid), seconds=15)


@pytest.mark.parametrize("fails", ["os.pidfd_open", "socket.send_fds"])
def test_a_server_that_nobody_could_watch_is_ended_and_buried(
    short_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError(errno.EMFILE, "as if there were no descriptor left")

    def become_idle(*_: object) -> NoReturn:
        time.sleep(60)
        os._exit(0)

    monkeypatch.setattr("proxy.notebook.fork_server.become_server", become_idle)
    monkeypatch.setattr(fails, fail)
    server = fork_server.ForkServer(short_path / "fork.sock", "", ProcessTitle((0, 0), (0, 0)), 256)
    forked, fork = list[int](), os.fork

    def watched() -> int:
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr("os.fork", watched)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        server._stubs[ours.fileno()] = ours
        server._poll.register(ours)
        with pytest.raises(OSError, match="as if"):
            server._fork(ours, Gift((0, 1, 2), 3, 4))
        server._forget(ours.fileno())
        (pid,) = forked

        def is_buried() -> bool:
            for descriptor, _ in server._poll.poll(0):
                server._note_end(descriptor)
            server._reap()
            return not psutil.pid_exists(pid)

        wait_for(is_buried, seconds=10)
    server._listener.close()
    os.close(server._spare)


def test_both_sides_speak_the_same() -> None:
    assert fork_server.GREETING == GREETING
