"""Where may a browser be sent after it signed in? Only to a path of this very site.

A whitelist of characters, not a list of tricks: the usual one-liners let `/\\evil.example`,
`/%09/evil.example` read twice, or `//evil.example` through. What is not understood becomes `/`.
"""

import re

HOME = "/"
_MAX_LENGTH = 2048
# RFC 3986 path and query, and what browsers leave unescaped beyond it. No backslash, no space, no
# quote or angle bracket, no control character, no fragment, nothing that is not ASCII.
_PATH = re.compile(r"/[A-Za-z0-9\-._~%!$&'()*+,;=:@/?\[\]|^{}`]*")


def safe_next(text: str | None) -> str:
    """Return `text` if it is a path (and query) on this site, else `/`."""
    if text is None or len(text) > _MAX_LENGTH:
        return HOME
    if not _PATH.fullmatch(text) or "//" in text:
        return HOME
    return text
