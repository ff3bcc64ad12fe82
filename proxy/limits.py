"""What the operating system lets this process have."""

import ctypes
import os
import resource
import sys

# Parameters of mallopt(3).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT = 4 * 2**20
_LARGEST_KEPT = 2**20


def raise_open_files() -> int:
    """Raise the soft limit of open files to the hard one; return what holds now. Never raises."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):
        hard = soft
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def count_cores() -> int:
    """Return the cores that this process may run on, as many as relay processes make sense."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def keep_freed_memory() -> None:
    """Tell glibc's allocator to keep a few megabytes instead of giving them back at once.

    Every read of a long body is a buffer of 256 KiB: without this the heap shrinks and grows again
    thousands of times a second, and each page of it is cleared anew. Elsewhere it does nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
