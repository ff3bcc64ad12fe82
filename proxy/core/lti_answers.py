"""What a learning platform answers to us: tokens, columns, members; read with suspicion.

Rules. (1) What is not of the right shape is None, or left out of a list; never half believed. (2)
A page leads on only to its own origin: whoever may answer for a list must not send our token
elsewhere. The same holds for the address of a column. (3) Times for which a token holds are cut to
an hour. (4) Where a member has no role that counts, they are a student (`lti_roles`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from proxy.core.addresses import is_secure_address
from proxy.core.lti_roles import CourseRole, role_of

MOST_TOKEN: Final = 8192
LONGEST_TOKEN: Final = 3600.0
_SHORTEST_TOKEN: Final = 60.0
_MOST_TEXT: Final = 255
_MOST_ROLES: Final = 100
_MOST_LINK: Final = 8192
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
# RFC 8288: a link-value, its parameters without commas in quoted texts but for `rel`.
_LINK: Final = re.compile(
    r"<([^<>]*)>((?:\s*;\s*[\w*!#$&+.^`|~-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)"
)
_PARAMETER: Final = re.compile(r";\s*([^\s=;,\"]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`seconds` for which it holds."""

    text: str = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class LineItem:
    """A column of the platform's book."""

    address: str
    resource_link: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a course of the platform; texts may be empty where it says nothing."""

    subject: str
    name: str
    role: CourseRole


def read_token(answer: Mapping[str, Any]) -> AccessToken | None:
    """Return the access token of a token endpoint's answer (RFC 6749, 5.1)."""
    text, kind = answer.get("access_token"), answer.get("token_type", "Bearer")
    if not isinstance(text, str) or len(text) > MOST_TOKEN or not _TOKEN.fullmatch(text):
        return None
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return None
    seconds = _seconds(answer.get("expires_in"))
    return AccessToken(text, min(seconds, LONGEST_TOKEN))


def read_line_items(answer: Any, page: str) -> list[LineItem] | None:
    """Return the columns of a page of them, at this address; None if it is none."""
    if not isinstance(answer, list):
        return None
    found = (read_line_item(each, page) for each in answer)
    return [each for each in found if each is not None]


def read_line_item(answer: Any, page: str) -> LineItem | None:
    """Return one column, of the same origin as the list it belongs to."""
    if not isinstance(answer, dict):
        return None
    address = answer.get("id")
    if not is_secure_address(address) or not is_same_origin(address, page):
        return None
    return LineItem(address, _text(answer.get("resourceLinkId")))


def read_members(answer: Any) -> list[Member] | None:
    """Return the active members of a page of them; None if it is none."""
    listed = answer.get("members") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        return None
    found = (_member(each) for each in listed)
    return [each for each in found if each is not None]


def next_page(links: Sequence[str], page: str) -> str | None:
    """Return the address of the page after this one, by its `Link` headers; empty if it is last.

    None for one that is refused (rule 2).
    """
    for header in links:
        for address, parameters in _LINK.findall(header[:_MOST_LINK]):
            if "next" in _relations(parameters):
                return _of_same_origin(address, page)
    return ""


def is_same_origin(one: str, other: str) -> bool:
    """Do these addresses have one scheme, host and port?"""
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def _of_same_origin(address: str, page: str) -> str | None:
    try:
        absolute = urljoin(page, address.strip())
    except ValueError:
        return None
    is_fine = is_secure_address(absolute) and is_same_origin(absolute, page)
    return absolute if is_fine else None


def _origin(address: str) -> tuple[str, str, int]:
    parts = urlsplit(address)
    usual = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), parts.port or usual


def _relations(parameters: str) -> list[str]:
    named = _PARAMETER.findall(parameters)
    found = [quoted or plain for name, quoted, plain in named if name.lower() == "rel"]
    return found[0].lower().split() if found else []


def _member(value: Any) -> Member | None:
    if not isinstance(value, dict) or value.get("status", "Active") != "Active":
        return None
    subject, roles = _text(value.get("user_id")), value.get("roles", [])
    if not subject or not isinstance(roles, list):
        return None
    named = [each for each in roles[:_MOST_ROLES] if isinstance(each, str)]
    given = " ".join(filter(None, (_text(value.get(n)) for n in ("given_name", "family_name"))))
    return Member(subject, _text(value.get("name")) or given, role_of(named))


def _seconds(value: Any) -> float:
    """Return for how long a token holds; some platforms write it as a text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return _SHORTEST_TOKEN
    return float(value)


def _text(value: Any) -> str:
    if isinstance(value, str) and len(value) <= _MOST_TEXT and value.isprintable():
        return value
    return ""
