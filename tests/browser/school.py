"""A learning platform for browsers: a course page with links in frames, launched as LTI 1.3 says.

A real server on loopback; what a page is like is said in its address (`course_page`), so that it
has nothing to remember but its key.
"""

import html
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.auth.issuers import new_key, published, signed
from tests.core.launches import LTI, good_claims

LMS = "https://lms.school.test"
# The same pages under another name, which Sifu was not told of.
ELSEWHERE = "https://pages.elsewhere.test"
FRONT = "https://sifu.example.test"
NOTEBOOKS = "https://notebooks.example.test"
# Of Sifu's site, and not Sifu.
OTHERS = "https://others.example.test"
COURSE = "statistics"
PEOPLE = {"ann": "Ann Lee", "ben": "Ben Fox"}
_CLIENT = "sifu-at-school"


@dataclass
class _Page:
    text: str
    kind: str = "text/html; charset=utf-8"
    cookies: tuple[str, ...] = ()


_Asked = dict[str, list[str]]


class School:
    """The platform."""

    def __init__(self) -> None:
        self._key = new_key()
        self.pages: dict[str, Callable[[_Asked, Message], _Page]] = {
            "/keys": self._publish,
            "/course": _course,
            "/launch": _launch,
            "/authorize": self._authorize,
            "/cookies": _show_cookies,
            "/set": _set_cookies,
            "/kept": _show_kept,
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]

    def __enter__(self) -> "School":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def entry(self) -> dict[str, Any]:
        """Return what an administrator registers at Sifu."""
        return {
            "issuer": LMS,
            "client_id": _CLIENT,
            "title": "The school's courses",
            "authorization_url": f"{LMS}/authorize",
            # Sifu asks these itself, and not by the names that only the browser knows.
            "token_url": f"http://127.0.0.1:{self.port}/token",
            "keys_url": f"http://127.0.0.1:{self.port}/keys",
            "deployments": ["1"],
        }

    def _publish(self, _asked: _Asked, _headers: Message) -> _Page:
        keys = {"keys": [published(self._key, "k1")]}
        return _Page(json.dumps(keys), kind="application/json")

    def _authorize(self, asked: _Asked, _headers: Message) -> _Page:
        """Answer as to a person who is signed in: a form that sends itself."""
        said = {name: values[0] for name, values in asked.items()}
        person, notebook = said["login_hint"], said["lti_message_hint"]
        claims = good_claims(time.time()) | {
            "iss": LMS,
            "aud": _CLIENT,
            "sub": person,
            "name": PEOPLE[person],
            "email": f"{person}@school.test",
            "nonce": said["nonce"],
            LTI + "target_link_uri": f"{FRONT}/lti/launch",
            LTI + "resource_link": {"id": notebook},
            LTI + "custom": {"course": COURSE, "notebook": notebook},
        }
        token = signed(self._key, "k1", claims)
        return _Page(_form(said["redirect_uri"], {"id_token": token, "state": said["state"]}))


def course_page(
    *notebooks: str, person: str = "ann", at: str = LMS, storage: bool = False, height: int = 430
) -> str:
    """Return the address of a course page for this person; a frame for each notebook.

    With `storage` it keeps data for tools (LTI postMessage Storage) and says so at the launch.
    """
    asked = {"notebook": notebooks, "person": person, "height": height}
    return f"{at}/course?{urlencode(asked | ({'storage': '_parent'} if storage else {}), True)}"


def cookie_page() -> str:
    """Return the address of a page whose frame, of Sifu's site, sets cookies and shows them."""
    return f"{LMS}/cookies"


def _handler(school: School) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            way = urlsplit(self.path)
            if (show := school.pages.get(way.path)) is None:
                self.send_error(404)
                return
            page = show(parse_qs(way.query), self.headers)
            self.send_response(200)
            for cookie in page.cookies:
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.text.encode())))
            self.end_headers()
            self.wfile.write(page.text.encode())

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _show_cookies(_asked: _Asked, _headers: Message) -> _Page:
    return _Page(f'<iframe name="other" src="{OTHERS}/set"></iframe>')


def _set_cookies(_asked: _Asked, _headers: Message) -> _Page:
    ends = "Path=/; Secure; HttpOnly; SameSite=None"
    cookies = (f"everywhere=1; {ends}", f"here=1; {ends}; Partitioned")
    return _Page("<script>location.replace('/kept')</script>", cookies=cookies)


def _show_kept(_asked: _Asked, headers: Message) -> _Page:
    return _Page(f"<p>kept: {html.escape(headers.get('Cookie', 'nothing'))}</p>")


def _course(asked: _Asked, _headers: Message) -> _Page:
    """Show the links of the course, each in a frame."""
    frames = ""
    for number, notebook in enumerate(asked["notebook"], start=1):
        said = {"notebook": notebook, "person": asked["person"][0]}
        said |= {"storage": asked["storage"][0]} if "storage" in asked else {}
        frames += (
            f"<h2>{number}. {html.escape(notebook)}</h2>"
            f'<iframe name="{html.escape(notebook)}" title="{html.escape(notebook)}"'
            f' src="/launch?{html.escape(urlencode(said))}"></iframe>'
        )
    script = f"<script>{_STORAGE}</script>" if "storage" in asked else ""
    style = _STYLE.replace("HEIGHT", asked["height"][0])
    return _Page(f"{_HEAD}<style>{style}</style>{script}<h1>Statistics, week 1</h1>{frames}")


def _launch(asked: _Asked, _headers: Message) -> _Page:
    """Begin a launch from inside the frame, by a form that sends itself."""
    fields = {
        "iss": LMS,
        "target_link_uri": f"{FRONT}/lti/launch",
        "login_hint": asked["person"][0],
        "lti_message_hint": asked["notebook"][0],
        "client_id": _CLIENT,
        "lti_deployment_id": "1",
    }
    if "storage" in asked:
        fields["lti_storage_target"] = asked["storage"][0]
    return _Page(_form(f"{FRONT}/lti/login", fields))


def _form(action: str, fields: dict[str, str]) -> str:
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(text)}">'
        for name, text in fields.items()
    )
    form = f'<form method="post" action="{html.escape(action)}">{inputs}</form>'
    return f"{_HEAD}{form}<script>document.forms[0].submit()</script>"


_HEAD = '<!doctype html><html lang="en"><title>Statistics</title><link rel="icon" href="data:,">'
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 1rem auto; max-width: 62rem; font-family: sans-serif; }
h1, h2 { margin: .5rem 0; font-size: 1.1rem; }
iframe { width: 100%; height: HEIGHTpx; border: 1px solid gray; box-sizing: border-box; }
"""
# Each origin's data apart from the others' (LTI postMessage Storage 0.1).
_STORAGE = """
const kept = {};
addEventListener("message", ({ source, origin, data }) => {
  if (!/^lti\\.(put|get)_data$/.test(data?.subject)) return;
  const place = `${origin} ${data.key}`;
  if (data.subject === "lti.put_data") kept[place] = data.value;
  const answer = { subject: `${data.subject}.response`, message_id: data.message_id };
  source.postMessage({ ...answer, key: data.key, value: kept[place] }, origin);
});
"""
