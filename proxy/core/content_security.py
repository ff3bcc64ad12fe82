"""Who may put us into a frame: one list for front, relay and Jupyter alike."""

from collections.abc import Iterable
from typing import Final

# Files of a workspace and rendered notebooks hold other people's HTML: it may run, but owns
# nothing (an opaque origin: no cookies, no storage, no requests with our credentials).
SANDBOX = "sandbox allow-scripts allow-popups allow-downloads allow-modals"

# What we show of somebody's on the front's own origin: nothing runs there at all, and nothing is
# fetched or sent. Links work, in a window without these bounds.
_STILL: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox",
    "default-src 'none'",
    "img-src data:",
    "media-src data:",
    "font-src data:",
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
STILL_PAGE: Final = "; ".join(_STILL)


def frame_ancestors(origins: Iterable[str]) -> str:
    """Return the directive: ourselves, and the origins of `SIFU_LMS_ORIGINS`."""
    return " ".join(["frame-ancestors", "'self'", *origins])
