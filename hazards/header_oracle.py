"""Which header fields of a hostile response may reach a browser: judged from the browser's end.

Written from what browsers do (RFC 6265bis for cookies, the WHATWG URL standard for redirects), and
sharing no code with the relay. Each function returns a sentence about what is wrong, or nothing.
"""

from urllib.parse import urljoin, urlsplit

from hazards.response_rig import ALLOWED_ORIGIN, FRAMES, ORIGIN, PREFIX

Fields = list[tuple[bytes, bytes]]

_NEVER = frozenset(
    b"alt-svc clear-site-data content-security-policy-report-only keep-alive nel "
    b"proxy-authenticate proxy-authorization proxy-connection public-key-pins refresh report-to "
    b"reporting-endpoints service-worker-allowed set-cookie2 speculation-rules "
    b"strict-transport-security te trailer www-authenticate x-accel-redirect x-frame-options "
    b"x-sendfile x-sifu-identity".split()
)
_OURS = frozenset(
    {"sifu", "__Host-sifu", "sifu-pass", "__Secure-sifu-pass", "sifu-door", "__Secure-sifu-door"}
)
# End-to-end fields that nothing may take away or change.
_PLAIN = frozenset(
    b"content-type server etag date cache-control x-a x-b vary content-encoding x-long "
    b"x-content-type-options accept-ranges x-high".split()
)


def judge_fields(fields: Fields, rest: str) -> str:
    """Say what is wrong with the fields that a browser got (names in lower case)."""
    policies = [value for name, value in fields if name == b"content-security-policy"]
    if len(policies) != 1 or not policies[0].decode("latin-1").endswith(FRAMES):
        return "not exactly one Content-Security-Policy that ends with ours"
    directives = [part.split(None, 1) for part in policies[0].replace(b",", b";").split(b";")]
    if [words[0].lower() for words in directives if words].count(b"frame-ancestors") != 1:
        return "a frame-ancestors that is not ours"
    if rest.startswith(("files/", "view/")) and b"sandbox " not in policies[0]:
        return "a workspace's file without a sandbox"
    for name, value in fields:
        if name in _NEVER:
            return f"the browser got {name.decode()}"
        if wrong := _judge_value(name, value.decode("latin-1"), rest):
            return wrong
    return ""


def find_lost(sent: Fields, got: Fields) -> str:
    """Say which plain field did not arrive as it was sent, unless `Connection` names it."""
    named = {
        part.strip(b" \t").lower()
        for name, value in sent
        if name == b"connection"
        for part in value.split(b",")
    }
    wanted = [field for field in sent if field[0] in _PLAIN and field[0] not in named]
    arrived = [field for field in got if field[0] in _PLAIN]
    return "" if wanted == arrived else "a plain field was lost, added or changed"


def leads_outside(location: str, rest: str) -> bool:
    """Would a browser that follows this `Location` leave the server's prefix?"""
    cleaned = location.strip("".join(map(chr, range(33))))
    for char in "\t\r\n":
        cleaned = cleaned.replace(char, "")
    path, mark, query = cleaned.replace("\\", "/").partition("?")
    for dot in ("%2e", "%2E"):
        path = path.replace(dot, ".")
    try:
        target = urlsplit(urljoin(f"{ORIGIN}{PREFIX}{rest}", path + mark + query))
    except ValueError:
        return True
    if f"{target.scheme}://{target.netloc}" != ORIGIN:
        return True
    below = target.path.startswith(PREFIX) or target.path == PREFIX[:-1]
    return not below or ".." in target.path.split("/")


def _judge_value(name: bytes, value: str, rest: str) -> str:
    if name == b"set-cookie":
        return _judge_cookie(value)
    if name in {b"location", b"content-location"} and leads_outside(value, rest):
        return f"the browser is led outside by {name.decode()}"
    if name == b"access-control-allow-origin" and value != ALLOWED_ORIGIN:
        return "the browser may share with a stranger"
    return ""


def _judge_cookie(value: str) -> str:
    """RFC 6265bis 5.6: only blanks and tabs are trimmed, and the last `Path` counts."""
    first, *attributes = value.split(";")
    name, mark, content = first.partition("=")
    name, content = name.strip(" \t"), content.strip(" \t")
    # A cookie without a name is sent as its bare content.
    sent = content if not (mark and name) else name
    path = ""
    for attribute in attributes:
        key, _, setting = attribute.partition("=")
        key, setting = key.strip(" \t").lower(), setting.strip(" \t")
        if key == "domain" and setting:
            return "a cookie with a domain"
        if key == "path":
            path = setting if setting.startswith("/") else ""
    if sent.partition("=")[0].strip() in _OURS or (not mark and first.strip() in _OURS):
        return "a cookie of ours"
    if path and not (path + "/").startswith(PREFIX):
        return "a cookie for elsewhere"
    return ""
