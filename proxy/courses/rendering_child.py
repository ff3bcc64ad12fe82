"""`python -I -m proxy.courses.rendering_child [UID]`: a notebook on stdin, a page on stdout.

The first line of the input is what the page is called, as JSON; the notebook is the rest. Promises:
limits are set before anything else; started as root, everything is loaded and tried first, and what
somebody wrote is read by an account that owns nothing and can start nothing. The exit status says
what became of it. Must not: import anything of nbconvert's before the limits hold.
"""

import json
import os
import resource
import sys
from enum import IntEnum
from typing import Final

from proxy.notebook.confinement import Confinement, confine

MOST_PAGE_BYTES: Final = 20 * 2**20
_MOST_MEMORY: Final = 1024 * 2**20
_MOST_CPU_SECONDS: Final = 20
_MOST_FILES: Final = 64
_MOST_PROCESSES: Final = 1  # counted with it: none besides
_OOM_SCORE: Final = 1000


class Status(IntEnum):
    """How it ended, in the process's exit status; 1 is any fault of ours."""

    MADE = 0
    NO_NOTEBOOK = 3
    TOO_MUCH = 4


def main(words: list[str]) -> int:
    """Make the page; what went wrong is on standard error, in a word: no content of a notebook."""
    bound()
    from proxy.courses.notebook_page import PageMaker

    maker = PageMaker()
    maker.warm_up()
    uid = int(words[0]) if words else None
    confine(Confinement(uid, uid, processes=_MOST_PROCESSES, oom_score=_OOM_SCORE))
    said = _mute()
    head, _, notebook = sys.stdin.buffer.read().partition(b"\n")
    try:
        made = maker.make(notebook.decode("utf-8"), json.loads(head)).encode("utf-8", "replace")
        if len(made) > MOST_PAGE_BYTES:
            return Status.TOO_MUCH
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    except MemoryError:
        return Status.TOO_MUCH
    except Exception as problem:  # whatever nbconvert makes of what is no proper notebook
        os.write(said, type(problem).__name__.encode())
        return Status.NO_NOTEBOOK
    return Status.MADE


def _mute() -> int:
    """Return what standard error was: from now on, libraries would write there what they read."""
    said = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return said


def bound() -> None:
    """Let this process take so much and no more."""
    _limit(resource.RLIMIT_AS, _MOST_MEMORY)
    _limit(resource.RLIMIT_CPU, _MOST_CPU_SECONDS)
    _limit(resource.RLIMIT_FSIZE, MOST_PAGE_BYTES)
    _limit(resource.RLIMIT_NOFILE, _MOST_FILES)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stderr.flush()
    # Whatever lies about is not worth the time to tidy up.
    os._exit(status)
