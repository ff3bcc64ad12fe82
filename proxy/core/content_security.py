"""Who may put us into a frame: one list for front, relay and Jupyter alike."""

from collections.abc import Iterable

# Files of a workspace and rendered notebooks hold other people's HTML: it may run, but owns
# nothing (an opaque origin: no cookies, no storage, no requests with our credentials).
SANDBOX = "sandbox allow-scripts allow-popups allow-downloads allow-modals"


def frame_ancestors(origins: Iterable[str]) -> str:
    """Return the directive: ourselves, and the origins of `SIFU_LMS_ORIGINS`."""
    return " ".join(["frame-ancestors", "'self'", *origins])
