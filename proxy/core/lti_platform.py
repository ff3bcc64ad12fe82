"""A learning platform as it is registered here, and what may be registered.

Rules. (1) Issuer and client id together are the platform: one issuer may have several clients.
(2) Its addresses are secure ones. (3) Only deployments that are named may launch; at least one is,
but of a platform that registered itself and leaves that to its administrator. (4) The same issuer
and client are the same people, however often the platform is registered anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from proxy.core.addresses import is_secure_address

MOST_DEPLOYMENTS: Final = 200
_MOST_TEXT: Final = 255
_MOST_TITLE: Final = 128


@dataclass(frozen=True, slots=True)
class PlatformEntry:
    """What an administrator, or the platform itself, says; `audience` may be empty."""

    issuer: str
    client: str
    title: str
    authorization: str
    token: str
    keys: str
    deployments: tuple[str, ...]
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Platform:
    """One that is registered, by its number."""

    id: int
    entry: PlatformEntry
    created: float


def provider_of(client: str) -> str:
    """Return the provider under which the identities of a client's people are kept."""
    return f"lti:{sha256(client.encode()).hexdigest()[:32]}"


def problems_of(entry: PlatformEntry, *, is_complete: bool = True) -> Iterator[str]:
    """Say everything that is wrong with an entry, in sentences for a form."""
    for word, text in (("issuer", entry.issuer), ("client id", entry.client)):
        if not _is_line(text, _MOST_TEXT):
            yield f"The {word} is missing, or longer than {_MOST_TEXT} characters."
    if not _is_line(entry.title, _MOST_TITLE):
        yield f"The title is missing, or longer than {_MOST_TITLE} characters."
    yield from _problems_of_addresses(entry)
    if entry.audience and not _is_line(entry.audience, 2048):
        yield "The audience is too long."
    fewest = 1 if is_complete else 0
    if not fewest <= len(entry.deployments) <= MOST_DEPLOYMENTS:
        yield f"Name the deployments that may launch: one at least, {MOST_DEPLOYMENTS} at most."
    if not all(_is_line(each, _MOST_TEXT) for each in entry.deployments):
        yield "A deployment id is one line of printable text."


def _problems_of_addresses(entry: PlatformEntry) -> Iterator[str]:
    addresses = (
        ("authorization address", entry.authorization),
        ("token address", entry.token),
        ("keys address", entry.keys),
    )
    for word, address in addresses:
        if not is_secure_address(address):
            yield f"The {word} has to begin with https://, without spaces."


def _is_line(text: str, most: int) -> bool:
    return 0 < len(text) <= most and text.isprintable() and text == text.strip()
