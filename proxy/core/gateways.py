"""Which address may be named as a Jupyter gateway, on which kernels then run.

Promises: an accepted address is http or https, names a host, and holds no credentials (they would
stand in process lists and in answers) and no character that a configuration file or a command line
could misread.
"""

import re
from urllib.parse import urlsplit

# A part of RFC 3986: no user, query or fragment; nothing percent-encoded.
GATEWAY_URL = re.compile(
    r"https?://"
    r"(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::[0-9]{1,5})?"
    r"(?:/[A-Za-z0-9._~/-]{0,1024})?"
)


def gateway_problem(url: str) -> str | None:
    """Say why this cannot be a gateway's URL, or None if it can."""
    if "@" in url:
        return "A gateway's address may not hold a user name or password."
    if GATEWAY_URL.fullmatch(url) and _is_address(url):
        return None
    return "A gateway's address looks like http://gateway.example.org:8888, without ? and #."


def _is_address(url: str) -> bool:
    try:
        return urlsplit(url).port is None or urlsplit(url).port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False
