"""Single requests: is a peer there, and does it do what it is measured for?

Promises: before anything is counted each peer has brought a whole answer and a whole upload
through, and those that check credentials have refused a request without any.
"""

import http.client
import time

from bench.missing import Failed
from bench.site import PREFIX, Site

_START_SECONDS = 15.0
_UPLOAD = b"x" * 100_000
_SMALL = 1024


def first_answer(port: int, site: Site) -> None:
    """Return as soon as a peer gives the upstream's answer; raises `Failed` if it never does."""
    limit = time.monotonic() + _START_SECONDS
    seen = "not at all"
    while time.monotonic() < limit:
        try:
            status = _ask(port, "GET", "1k", site.cookie)[0]
            if status == 200:
                return
            seen = f"with {status}"
        except Failed:
            pass
        time.sleep(0.002)
    raise Failed(f"it answers {seen}")


def check(port: int, site: Site, *, checks_credentials: bool) -> None:
    """Raise `Failed` if this peer is not fit to be compared."""
    first_answer(port, site)
    status, body = _ask(port, "GET", "1k", site.cookie)
    if status != 200 or len(body) != _SMALL:
        raise Failed(f"a request was answered with {status} and {len(body)} bytes")
    status, body = _ask(port, "POST", "upload", site.cookie, _UPLOAD)
    if status != 200 or body != str(len(_UPLOAD)).encode():
        raise Failed(f"an upload was answered with {status}")
    if checks_credentials and _ask(port, "GET", "1k", "")[0] == 200:
        raise Failed("it lets people in who have no credentials")


def _ask(
    port: int, method: str, suffix: str, cookie: str, body: bytes | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}", "Accept": "*/*"}
    try:
        connection.request(method, PREFIX + suffix, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as problem:
        raise Failed(f"a {method} got no answer ({problem!r})") from problem
    finally:
        connection.close()
