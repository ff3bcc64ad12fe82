"""The address that portals have in their pages: `/ipythonExercice/{course}/{notebook}/{student}`.

A portal signs it with a key of its own, so that nobody else can name a student. Rules. (1) The
signature is over what the address means, not over how it is written: course, notebook without
`.ipynb`, student and the time until which it holds, each on a line of its own; so none of them may
hold a line break. (2) It holds for `LONGEST` seconds at most. (3) A notebook is a path of plain
steps: no empty one, no dots alone, no backslash.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import unquote

LONGEST: Final = 3600.0
LEEWAY: Final = 60.0
_PURPOSE: Final = "sifu portal link 1"
_MOST_TEXT: Final = 1024
_MOST_COURSE: Final = 100
_MOST_STUDENT: Final = 255  # as of every subject that an account is known by
_SUFFIX: Final = ".ipynb"
_MOST_DIGITS: Final = 12


class LinkFault(Enum):
    """Why an address is refused; the value is the word in events."""

    PATH = "path"
    TIMES = "times"
    EXPIRED = "expired"
    LIFETIME = "lifetime"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class PortalTarget:
    """`notebook` is a path below the course, without `.ipynb`."""

    course: str
    notebook: str
    student: str


def read_target(raw_path: str) -> PortalTarget | None:
    """Return what the escaped path after the prefix names; None if it is no such address."""
    course, between, rest = raw_path.partition("/")
    notebook, and_then, student = rest.rpartition("/")
    if not between or not and_then:
        return None
    try:
        parts = [unquote(text, errors="strict") for text in (course, notebook, student)]
    except UnicodeDecodeError:
        return None
    target = PortalTarget(parts[0], parts[1].removesuffix(_SUFFIX), parts[2])
    is_student = len(target.student) <= _MOST_STUDENT and _is_step(target.student)
    return target if is_student and is_course(target.course) and is_path(target.notebook) else None


def sign(key: bytes, target: PortalTarget, until: int) -> str:
    """Return the signature of an address that holds until then (seconds since the epoch)."""
    lines = [_PURPOSE, target.course, target.notebook, target.student, str(until)]
    digest = hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fault_of_link(
    target: PortalTarget, until: str, signature: str, keys: Sequence[bytes], now: float
) -> LinkFault | None:
    """Return why the address is refused, or None; without keys nothing is signed."""
    if not (until.isascii() and until.isdigit() and len(until) <= _MOST_DIGITS):
        return LinkFault.TIMES
    given = signature.encode(errors="replace")
    if not any(hmac.compare_digest(sign(key, target, int(until)).encode(), given) for key in keys):
        return LinkFault.SIGNATURE
    if int(until) + LEEWAY <= now:
        return LinkFault.EXPIRED
    return LinkFault.LIFETIME if int(until) - now > LONGEST + LEEWAY else None


def is_course(text: str) -> bool:
    """May a course be called so? One plain step, not longer than what events and tables hold.

    Not a hidden one: whoever names a course names a folder in people's workspaces, and what is
    hidden there (`.ssh`, `.jupyter`) is never a course's.
    """
    return len(text) <= _MOST_COURSE and not text.startswith(".") and _is_step(text)


def is_path(text: str) -> bool:
    """Is it a path of plain steps, without a slash at either end?"""
    return len(text) <= _MOST_TEXT and all(_is_step(step) for step in text.split("/"))


def _is_step(text: str) -> bool:
    if not text or text.strip() in {"", ".", ".."} or len(text) > _MOST_TEXT:
        return False
    return not any(char in "/\\" or unicodedata.category(char)[0] == "C" for char in text)
