"""A platform registers itself (LTI Dynamic Registration 1.0): what it says, what we believe.

Rules. (1) What the platform says of itself is found at an address of the issuer's own host: else
anybody could register an issuer that is somebody else's (3.4 of the specification). (2) All its
addresses are secure ones, and only an installation that is itself on this machine's loopback, for
trials, asks another program there. (3) Its answer names the client; a deployment it may name, or
leave to its administrator. (4) What it says in words is shown cut to a length, as one line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from proxy.core.addresses import is_secure_address
from proxy.core.events import clean
from proxy.core.lti_platform import PlatformEntry, problems_of
from proxy.core.lti_tool_description import CANVAS_PLACEMENTS

MOST_TOKEN: Final = 8 * 1024
_MOST_WORDS: Final = 300
_MOST_PLACEMENTS: Final = 100
_PLATFORM: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_TOOL: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_HTTPS: Final = 443
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# Canvas in the cloud answers at two hosts of its own, and is one issuer.
_OWN_HOSTS: Final[Mapping[str, str]] = {
    f"sso.{stage}canvaslms.com": f"canvas.{stage}instructure.com"
    for stage in ("", "beta.", "test.")
}


@dataclass(frozen=True, slots=True)
class PlatformDescription:
    """What a platform says of itself; `family` is its kind in one word, and may be empty."""

    issuer: str
    authorization: str
    token: str
    keys: str
    registration: str
    audience: str
    family: str
    placements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """What a platform answered; `deployment` may be empty."""

    client: str
    deployment: str


def may_ask(address: object, own_origin: str) -> bool:
    """May we send a request there because somebody said so?"""
    if not is_secure_address(address):
        return False
    return _host(address) not in _LOOPBACK or _host(own_origin) in _LOOPBACK


def read_platform(
    document: Mapping[str, Any], address: str, own_origin: str
) -> PlatformDescription | str:
    """Return the platform that describes itself at `address`, or a sentence: what is wrong."""
    issuer = document.get("issuer")
    if not isinstance(issuer, str) or not is_secure_address(issuer):
        return "It does not say which issuer it is, or that is no https address."
    if not _is_of_host(issuer, address):
        return (
            f"It says that it is the issuer “{clean(issuer, _MOST_WORDS)}”, but speaks for another "
            f"host, “{_host(address)}”. Register it by hand, in Administration, Platforms."
        )
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
    found = [document.get(name) for name in names]
    wrong = [name for name, each in zip(names, found, strict=True) if not may_ask(each, own_origin)]
    if wrong:
        return f"Its {' and '.join(wrong)} cannot be used: each has to be an https address."
    authorization, token, keys, registration = map(str, found)
    audience = document.get("authorization_server")
    described = document.get(_PLATFORM)
    about = described if isinstance(described, dict) else {}
    family = about.get("product_family_code")
    return PlatformDescription(
        issuer=issuer,
        authorization=authorization,
        token=token,
        keys=keys,
        registration=registration,
        # Canvas names a bare host here, which its own token endpoint refuses as an audience.
        audience=audience if is_secure_address(audience) else "",
        family=clean(family, 40).lower() if isinstance(family, str) else "",
        placements=_placements(about.get("messages_supported")),
    )


def read_registered(answer: Mapping[str, Any]) -> Registered | str:
    """Return the client that the platform made of us, or a sentence."""
    client = answer.get("client_id")
    if not isinstance(client, str) or not client:
        return "Its answer names no client id."
    tool = answer.get(_TOOL)
    deployment = tool.get("deployment_id") if isinstance(tool, dict) else None
    return Registered(client, deployment if isinstance(deployment, str) else "")


def entry_of(
    platform: PlatformDescription, registered: Registered, title: str
) -> PlatformEntry | str:
    """Return what is to be kept of it, or a sentence; without a deployment nobody launches yet."""
    entry = PlatformEntry(
        issuer=platform.issuer,
        client=registered.client,
        title=title,
        authorization=platform.authorization,
        token=platform.token,
        keys=platform.keys,
        deployments=(registered.deployment,) if registered.deployment else (),
        audience=platform.audience,
    )
    return " ".join(problems_of(entry, is_complete=False)) or entry


def words_of(body: bytes) -> str:
    """Return what a platform said when it refused, as one line for people; may be empty."""
    text = body[: 8 * _MOST_WORDS].decode("utf-8", "replace")
    return clean(" ".join(clean(text, len(text)).split()), _MOST_WORDS)


def _is_of_host(issuer: str, address: str) -> bool:
    own, said = _host(issuer), _host(address)
    ports = [urlsplit(each).port or _HTTPS for each in (issuer, address)]
    return ports[0] == ports[1] and own in {said, _OWN_HOSTS.get(said)}


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()


def _placements(messages: object) -> tuple[str, ...]:
    """Return those at which a notebook can be chosen, of the platforms that name them so."""
    offered: set[str] = set()
    for message in messages[:_MOST_PLACEMENTS] if isinstance(messages, Sequence) else ():
        named = message.get("placements") if isinstance(message, dict) else None
        if isinstance(named, list):
            offered |= {each for each in named[:_MOST_PLACEMENTS] if isinstance(each, str)}
    return tuple(each for each in CANVAS_PLACEMENTS if each in offered)
