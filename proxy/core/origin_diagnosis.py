"""Do the public addresses suit what browsers demand of cookies? Facts in, sentences out.

Facts. (1) A cookie without `Secure` is readable on the way, and a browser keeps it out of frames
of other sites; `Secure` needs https (RFC 6265bis 5.7; CHIPS for `Partitioned`). (2) Browsers call
two origins one site if scheme and registrable domain agree; ports do not count. (3) Two ports of
one host are two origins: that keeps notebook pages from acting as front pages.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from proxy.core.diagnosis import Examination, Finding


@dataclass(frozen=True, slots=True)
class Origins:
    """The public origins of front and notebooks, and those of pages that may frame them."""

    front: str
    notebook: str
    lms: Sequence[str] = ()


def examine_origins(origins: Origins) -> Examination:
    findings = (
        *_unencrypted(origins),
        *_framed_without_https(origins),
        *_not_apart(origins),
        *_too_far_apart(origins),
    )
    return Examination("addresses", f"{origins.front} and {origins.notebook} will do.", findings)


def is_loopback(host: str) -> bool:
    """Does this host name or address mean this machine alone?"""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_be_one_site(one: str, other: str) -> bool:
    """Might a browser call two hosts one site?

    Knows no public suffixes: it says yes to two owners below `co.uk`, never no to one owner.
    """
    if one == other:
        return True
    if _is_address(one) or _is_address(other):
        return False
    return one.split(".")[-2:] == other.split(".")[-2:] and "." in one


def _unencrypted(origins: Origins) -> Iterator[Finding]:
    for setting, origin in _named(origins):
        parts = urlsplit(origin)
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            yield Finding(
                f"{origin} ({setting}) is plain http: passwords and cookies can be read on the "
                "way, and browsers refuse such cookies inside frames.",
                f"Put a web server with a certificate before Sifu and set {setting} to https://… "
                "(docs/operations.md has an nginx configuration).",
            )


def _framed_without_https(origins: Origins) -> Iterator[Finding]:
    if not origins.lms:
        return
    for setting, origin in _named(origins):
        if not origin.startswith("https://"):
            yield Finding(
                f"SIFU_LMS_ORIGINS is set but {setting} ({origin}) is not https: inside the frame "
                "of a course page the browser will not send our cookies.",
                f"Set {setting} to an https address, or empty SIFU_LMS_ORIGINS.",
            )


def _not_apart(origins: Origins) -> Iterator[Finding]:
    if origins.front == origins.notebook:
        yield Finding(
            f"Front and notebooks share the address {origins.front}: a notebook's page could act "
            "as the person who looks at it.",
            "Give SIFU_NOTEBOOK_URL another port or another host name.",
        )


def _too_far_apart(origins: Origins) -> Iterator[Finding]:
    front, notebook = urlsplit(origins.front), urlsplit(origins.notebook)
    if front.scheme != notebook.scheme:
        yield Finding(
            f"{origins.front} and {origins.notebook} differ in http and https: what one protects, "
            "the other gives away.",
            "Use https for both SIFU_FRONT_URL and SIFU_NOTEBOOK_URL.",
        )
    elif not may_be_one_site(front.hostname or "", notebook.hostname or ""):
        yield Finding(
            f"{origins.front} and {origins.notebook} are different sites to a browser: inside "
            "frames some browsers will ask people to sign in again.",
            "Use two host names below one domain, or one host name with two ports; keep two "
            "domains if you chose them to isolate notebooks.",
            is_problem=False,
        )


def _named(origins: Origins) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("SIFU_FRONT_URL", origins.front), ("SIFU_NOTEBOOK_URL", origins.notebook)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
