"""What the operating system lets this process have."""

import resource
import sys


def raise_open_files() -> int:
    """Raise the soft limit of open files to the hard one; return what holds now. Never raises."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):
        hard = soft
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard
