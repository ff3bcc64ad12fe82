"""What people are told when a course cannot be copied into their workspace.

Promises: a sentence for each error of the disk, that says what to do; no path is in it.
"""

import errno
from typing import Final

from proxy.core.errors import ServerNotRunning

_IN_THE_WAY: Final = (
    "something else is where a folder should be. Move it away, or ask whoever runs this Sifu."
)
_MAY_NOT: Final = "Sifu may not read or write one of the folders. Ask whoever runs this Sifu."
_UNKNOWN: Final = "reading or writing failed. Try again, or ask whoever runs this Sifu."
_REASONS: Final = {
    errno.ENOSPC: "the disk is full. Ask whoever runs this Sifu.",
    errno.EDQUOT: "your share of the disk is used up. Delete what you no longer need, "
    "or ask whoever runs this Sifu.",
    errno.EROFS: "the disk can only be read. Ask whoever runs this Sifu.",
    errno.EACCES: _MAY_NOT,
    errno.EPERM: _MAY_NOT,
    errno.EEXIST: _IN_THE_WAY,
    errno.EISDIR: _IN_THE_WAY,
    errno.ELOOP: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
}


def refusal_of(problem: OSError, workspace: str) -> ServerNotRunning:
    """Say why the course is not in the workspace, and what to do about it."""
    reason = _REASONS.get(problem.errno or 0, _UNKNOWN)
    return ServerNotRunning(
        f"The course's files could not be copied into your workspace: {reason}",
        detail=f"{workspace}: {problem}",
    )
