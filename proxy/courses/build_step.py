"""`python -I -m proxy.courses.build_step`: becomes one program of a build, when it may do nothing.

What it is told comes on standard input: where an index asks for a password, a command line would
show it to everybody. Promises: as root it gives up that account, every right and every other file
before anything of a course is read; with or without, it is bounded in memory, in the size of a
file and in processes, keeps nothing of our environment, and dies with whoever started it.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from dataclasses import asdict, dataclass, field

from proxy.notebook.confinement import Confinement, confine

_MOST_MEMORY = 16 * 2**30  # addresses, not pages: generous, compilers map a lot
_MOST_FILE = 8 * 2**30
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class BuildStep:
    """What is to be run: `words` in `directory`, with this environment and no other."""

    words: tuple[str, ...]
    directory: str
    environment: dict[str, str] = field(repr=False)
    confinement: Confinement
    parent: int = 0

    def as_text(self) -> str:
        return json.dumps(asdict(self))


def from_text(text: str) -> BuildStep:
    values = json.loads(text)
    limits = values.pop("confinement")
    limits["needed"] = tuple(limits["needed"])
    words = tuple(values.pop("words"))
    return BuildStep(**values, words=words, confinement=Confinement(**limits))


def main() -> None:
    step = from_text(sys.stdin.read())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _limit(resource.RLIMIT_AS, _MOST_MEMORY)
    _limit(resource.RLIMIT_FSIZE, _MOST_FILE)
    has_private_tmp = confine(step.confinement)
    _die_with(step.parent)
    os.chdir(step.directory)
    more = {} if has_private_tmp else {"TMPDIR": step.confinement.temporary}
    os.execve(step.words[0], step.words, step.environment | more)  # noqa: S606 (the point)


def _limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (limit, limit))


def _die_with(parent: int) -> None:
    """After the account has changed, or the kernel forgets it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("Whoever started this is gone.")


if __name__ == "__main__":
    main()
