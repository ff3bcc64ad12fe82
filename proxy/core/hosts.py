"""Which `Host` values are ours? Front and relay ask alike.

Rules. (1) The host of the configured origin is ours. (2) Where no origin was configured we are on
somebody's own machine, and the loopback names are aliases of it with the same port: a page asked
for under one is sent on to the canonical origin, because each name has cookies of its own.
(3) Everything else is foreign, which stops DNS rebinding: a page of `evil.example` whose name
points at 127.0.0.1 says so in `Host`. (4) Exactly one `Host` is read; none or two are foreign.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Standing(Enum):
    """What a `Host` is to us."""

    CANONICAL = "canonical"
    ALIAS = "alias"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class OwnHosts:
    """The names of one program; `setting` is where an operator would add another."""

    origin: str
    setting: str
    canonical: frozenset[str]
    aliases: frozenset[str]

    @property
    def origins(self) -> frozenset[str]:
        """Every origin under which a browser may hold a page of this program."""
        scheme = urlsplit(self.origin).scheme
        return frozenset(f"{scheme}://{name}" for name in self.canonical | self.aliases)

    def standing(self, hosts: Sequence[str]) -> Standing:
        """Judge the values of all `Host` headers of a request."""
        if len(hosts) != 1:
            return Standing.FOREIGN
        host = hosts[0].strip().lower()
        if host in self.canonical:
            return Standing.CANONICAL
        return Standing.ALIAS if host in self.aliases else Standing.FOREIGN

    @property
    def refusal(self) -> str:
        """The sentence for a foreign host."""
        return (
            f"This address is not {self.origin}. If it should be served here, the operator sets "
            f"{self.setting} to it, as people type it into their browsers."
        )


def is_origin(text: str) -> bool:
    """Is this an origin as browsers write it: lower case, no user, no path, one name?"""
    try:
        return bool(_ORIGIN.fullmatch(text)) and urlsplit(text).port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


def own_hosts(origin: str, *, setting: str, is_configured: bool) -> OwnHosts:
    """Make the list for a program.

    `origin` is its public origin (`Settings.front_origin`, `.notebook_origin`), `setting` the name
    of its setting (`SIFU_FRONT_URL`, `SIFU_NOTEBOOK_URL`), `is_configured` whether that was set.
    """
    parts = urlsplit(origin)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    canonical = _with_port(parts.netloc.removesuffix(f":{port}"), port, parts.scheme)
    loopback = frozenset[str]().union(*(_with_port(n, port, parts.scheme) for n in _LOOPBACK))
    aliases = frozenset[str]() if is_configured else loopback - canonical
    return OwnHosts(origin, setting, canonical, aliases)


def _with_port(name: str, port: int, scheme: str) -> frozenset[str]:
    """A default port may be written or left out (RFC 9110, 4.2.3)."""
    written = f"{name}:{port}"
    return frozenset({written, name} if port == _DEFAULT_PORTS[scheme] else {written})
