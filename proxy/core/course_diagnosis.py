"""What courses from repositories need of a machine: facts in, sentences out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proxy.core.diagnosis import Examination, Finding
from proxy.core.sizes import counted

# Since 2.31 git takes settings from its environment. An older one passes over ours without a word,
# and then follows redirects, runs hooks and speaks every protocol.
OLDEST_GIT: Final = (2, 31)
_VERSION: Final = re.compile(r"\bgit version (\d+)\.(\d+)")
_REACH: Final = "on the PATH that Sifu is started with"


@dataclass(frozen=True, slots=True)
class CourseTools:
    """`courses` have a repository, `by_ssh` of them are fetched over ssh.

    `git` is what git says of its version, empty if there is none.
    """

    courses: int
    by_ssh: int
    git: str
    has_ssh: bool


def examine_courses(tools: CourseTools) -> Examination:
    """Find what keeps courses from being fetched; where there are none, nothing is missing."""
    praise = "No course comes from a repository."
    if tools.courses:
        number = counted(tools.courses, "course")
        praise = f"{number} can be fetched: {tools.git} is here."
    return Examination("courses", praise, tuple(_judge(tools)))


def git_version(said: str) -> tuple[int, int] | None:
    """Return it from what `git --version` says."""
    found = _VERSION.search(said)
    return (int(found[1]), int(found[2])) if found else None


def _judge(tools: CourseTools) -> Iterator[Finding]:
    if not tools.courses:
        return
    oldest = ".".join(map(str, OLDEST_GIT))
    version = git_version(tools.git)
    if version is None:
        which = f"says only “{tools.git}” of its version" if tools.git else "is not there"
        yield Finding(
            f"The program git {which}, so no course can be updated.",
            f"Install git {oldest} or newer {_REACH}.",
        )
    elif version < OLDEST_GIT:
        yield Finding(
            f"This is {tools.git}, which ignores what Sifu forbids it (redirects, hooks, other "
            "protocols).",
            f"Install git {oldest} or newer {_REACH}, and update no course before.",
        )
    if tools.by_ssh and not tools.has_ssh:
        yield Finding(
            f"The program ssh is not there, and {counted(tools.by_ssh, 'course')} "
            f"{'is' if tools.by_ssh == 1 else 'are'} fetched over it.",
            f"Install it (Debian's package is openssh-client) {_REACH}.",
        )
