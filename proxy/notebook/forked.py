"""The birth of a server as a child of the fork server: from a copy of it to a process of its own.

Promises: nothing of other servers is left in it but the memory that all share (connections,
descriptors, environment); it dies with its stub, which holds the other end of its leash; from here
on it does what `python -m proxy.notebook FOLDER` does. Must not: return.
"""

import atexit
import fcntl
import gc
import os
import resource
import runpy
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from proxy.notebook.enter import command
from proxy.notebook.own_socket import LISTENER
from proxy.notebook.process_title import ProcessTitle
from proxy.notebook.settling import settle
from proxy.notebook.start_request import StartRequest, from_text

_LEASH = LISTENER + 1
_REQUEST = LISTENER + 2
# Above all that is needed by number, below every limit.
_ASIDE = 100
_MOST_BYTES = 1 << 20
_LAST = 1 << 20


@dataclass(frozen=True, slots=True)
class Gift:
    """What the stub sent: its standard streams, the leash's held end, and the request."""

    streams: tuple[int, int, int]
    leash: int
    request: int


def become_server(gift: Gift, title: ProcessTitle, open_files: int) -> NoReturn:
    """Never returns, whatever happens: there is a caller's loop above, and it is not ours.

    `open_files` is the soft limit that a program has here which supervisord started.
    """
    status = 1
    try:
        _keep_only(gift)
        _lower_open_files(open_files)
        _hold_leash()
        request = _read_request()
        variables = settle(request)
        _appear(request, variables, title)
        runpy.run_module("proxy.notebook", run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = _status_of(end)
    except BaseException:
        traceback.print_exc()
    finally:
        _end(status)


def _keep_only(gift: Gift) -> None:
    """Put what was given where it belongs and close everything else."""
    wanted = [*gift.streams, gift.leash, gift.request]
    # First, for there may be hardly any room left.
    for low, high in pairwise([2, *sorted(wanted), _LAST]):
        os.closerange(low + 1, high)
    aside = [fcntl.fcntl(each, fcntl.F_DUPFD, _ASIDE) for each in wanted]
    for number, target in zip(aside, (0, 1, 2, _LEASH, _REQUEST), strict=True):
        os.dup2(number, target, inheritable=target <= 2)
    os.closerange(LISTENER, LISTENER + 1)
    os.closerange(_REQUEST + 1, _LAST)
    _open_streams()


def _lower_open_files(soft: int) -> None:
    """Undo what the fork server did for itself; not before its descriptors are closed."""
    now, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < now:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _open_streams() -> None:
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)


def _hold_leash() -> None:
    """Have the kernel kill us as soon as the other end closes, whatever we do then."""
    fcntl.fcntl(_LEASH, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(_LEASH, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(_LEASH, fcntl.F_GETFL)
    fcntl.fcntl(_LEASH, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
    try:
        os.read(_LEASH, 1)
    except BlockingIOError:
        return
    os._exit(1)  # it was closed before


def _read_request() -> StartRequest:
    with os.fdopen(_REQUEST, "rb") as file:
        return from_text(file.read(_MOST_BYTES))


def _appear(request: StartRequest, variables: dict[str, str], title: ProcessTitle) -> None:
    """Look like a program that was started with this command line and environment."""
    words = command(request)
    os.environ.clear()  # noqa: TID251 (what exec would do)
    os.environ.update(variables)  # noqa: TID251
    time.tzset()
    title.show(words, variables)
    sys.argv = ["-m", request.folder]
    sys.orig_argv = words
    gc.enable()


def _status_of(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)  # noqa: T201 (what Python itself does)
    return 1


def _end(status: int) -> NoReturn:
    """End without taking the interpreter apart: that writes to memory that is shared until then."""
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 (there is no public way to run them)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status & 0xFF)
