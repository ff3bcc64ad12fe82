"""Login names → slugs that are safe everywhere and never collide.

A name that already is a plain slug keeps its spelling, so that URLs stay readable. Every other
name becomes a readable stem, two hyphens and 12 hexadecimal digits of its SHA-256; because plain
names may not hold two hyphens in a row, no name can be chosen to equal another's slug.
"""

import re
import unicodedata
from hashlib import sha256

from proxy.core.identity import RESERVED_OWNERS

_PLAIN = re.compile(r"[a-z0-9](?:-?[a-z0-9]){0,31}")
_UNSAFE = re.compile(r"[^a-z0-9]+")

# Control, format, surrogate, private, unassigned; line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

MAX_NAME = 128


def make_slug(name: str) -> str:
    """Return the slug of a login name or opaque id; injective but for SHA-256 collisions."""
    if _PLAIN.fullmatch(name) and len(name) <= 32 and name not in RESERVED_OWNERS:
        return name
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = _UNSAFE.sub("-", ascii_name).strip("-")[:24].rstrip("-") or "user"
    return f"{stem}--{sha256(name.encode()).hexdigest()[:12]}"


def name_problem(name: str) -> str | None:
    """Say why this cannot be a login name, or None if it can."""
    if not name or name != name.strip():
        return "A user name may not be empty, nor begin or end with a space."
    if len(name) > MAX_NAME:
        return f"A user name may have {MAX_NAME} characters at most."
    if any(unicodedata.category(char) in _INVISIBLE for char in name):
        return "A user name may not hold control characters or line breaks."
    if name in {".", ".."}:
        return "A user name may not be . or .., which no address can hold."
    return None
