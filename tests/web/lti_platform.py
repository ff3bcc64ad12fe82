"""A learning platform, a real server: it signs launches, well or with one thing wrong.

`lms` stands in claims and registration; the server itself is on loopback, where it publishes its
keys and, for browsers, shows a course page whose frame it launches (`/course`), signs people in
(`/authorize`), and keeps data for tools as the specification of platform storage says.
"""

import html
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from proxy.core.events import EventKind
from proxy.core.lti_platform import Platform, PlatformEntry
from proxy.store import events, platforms
from proxy.store.database import Store
from proxy.web import keys
from tests.auth.issuers import new_key, published
from tests.core.launches import CLIENT, ISSUER, LTI, good_claims
from tests.web.page_front import Answer, Pages

Claims = dict[str, Any]
# Every test's platform signs with this one: making keys is slow.
KEY = new_key()
OTHER_KEY = new_key()
COURSE = {"course": "statistics", "notebook": "week 1/means.ipynb"}


@dataclass
class FakePlatform:
    """`keys` are what it publishes; `target` is the tool's address for launches."""

    now: Callable[[], float]
    target: str
    issuer: str = ISSUER
    client: str = CLIENT
    key: rsa.RSAPrivateKey = KEY
    keys: list[dict[str, Any]] = field(default_factory=lambda: [published(KEY, "k1")])
    address: str = ""
    asked: int = 0
    # For browsers: what stands in the page, and whether it answers tools that store something.
    storage: str = ""
    links: int = 1
    person: str = "person-1"
    does_store: bool = True
    does_forget: bool = False

    def entry(self, **changes: Any) -> PlatformEntry:
        values: dict[str, Any] = {
            "issuer": self.issuer,
            "client": self.client,
            "title": "The school's courses",
            "authorization": f"{self.address}/authorize",
            "token": f"{self.address}/token",
            "keys": f"{self.address}/keys",
            "deployments": ("1",),
        }
        return PlatformEntry(**(values | changes))

    async def register(self, store: Store, **changes: Any) -> Platform:
        return await store.write(platforms.add, self.entry(**changes), self.now())

    def login(self, **changes: str | None) -> dict[str, str]:
        """Return what it says to begin a launch; None takes a parameter away."""
        said = {
            "iss": self.issuer,
            "login_hint": "person-1",
            "target_link_uri": self.target,
            "client_id": self.client,
            "lti_deployment_id": "1",
            "lti_message_hint": '{"cmid":7}',
        } | changes
        return {name: text for name, text in said.items() if text is not None}

    def claims(self, nonce: str, **changes: Any) -> Claims:
        own = {"iss": self.issuer, "aud": self.client, "nonce": nonce}
        link = {LTI + "target_link_uri": self.target, LTI + "custom": COURSE}
        return good_claims(self.now()) | own | link | changes

    def sign(self, claims: Claims) -> str:
        """Sign whatever it is: a library would not write an issuer that is a list."""
        text = json.dumps(claims).encode()
        return jwt.api_jws.encode(text, self.key, algorithm="RS256", headers={"kid": "k1"})

    async def _publish(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response({"keys": self.keys})

    async def _course(self, request: web.Request) -> web.Response:
        """Show links in frames; the page keeps data for tools, each origin's apart."""
        more = {"lti_storage_target": self.storage} if self.storage else {}
        front = self.target.removesuffix("/lti/launch")
        address = f"{front}/lti/login?{urlencode(self.login(**more))}"
        frames = "".join(
            f'<iframe name="link{number}" width="600" height="420" '
            f'src="{html.escape(address)}"></iframe>'
            for number in range(self.links)
        )
        script = _STORAGE.replace("FORGETS", str(self.does_forget).lower())
        if self.storage not in {"", "_parent"}:
            script = f'<iframe name="{self.storage}" src="/keeper"></iframe>'
        script = script if self.does_store else ""
        page = f'<!doctype html><link rel="icon" href="data:,"><h1>Course</h1>{script}{frames}'
        return web.Response(text=page, content_type="text/html")

    async def _keeper(self, _: web.Request) -> web.Response:
        """Keep data in a frame of the page."""
        text = _STORAGE.replace("FORGETS", "false")
        return web.Response(text=text, content_type="text/html")

    async def _authorize(self, request: web.Request) -> web.Response:
        """Answer as to a person who is signed in: a form that sends itself."""
        asked = request.query
        token = self.sign(self.claims(asked["nonce"], sub=self.person))
        page = (
            f'<!doctype html><form method="post" action="{html.escape(asked["redirect_uri"])}">'
            f'<input name="id_token" value="{token}">'
            f'<input name="state" value="{html.escape(asked["state"])}"></form>'
            "<script>document.forms[0].submit()</script>"
        )
        return web.Response(text=page, content_type="text/html")


_STORAGE = """<script>
const kept = {};
addEventListener("message", ({ source, origin, data }) => {
  if (!/^lti\\.(put|get)_data$/.test(data?.subject)) return;
  const place = `${origin} ${data.key}`;
  if (data.subject === "lti.put_data" && !FORGETS) kept[place] = data.value;
  const answer = { subject: `${data.subject}.response`, message_id: data.message_id };
  source.postMessage({ ...answer, key: data.key, value: kept[place] }, origin);
});
</script>"""


@asynccontextmanager
async def running_platform(
    now: Callable[[], float], target: str, *, host: str = "127.0.0.1", **values: Any
) -> AsyncIterator[FakePlatform]:
    platform = FakePlatform(now, target, **values)
    app = web.Application()
    app.router.add_get("/keys", platform._publish)
    app.router.add_get("/course", platform._course)
    app.router.add_get("/authorize", platform._authorize)
    app.router.add_get("/keeper", platform._keeper)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platform.address = f"http://{host}:{runner.addresses[0][1]}"
    yield platform
    await runner.cleanup()


@dataclass
class Begun:
    """A login on its way: what the platform was asked, and the browser's cookie."""

    asked: dict[str, str]
    cookie: str
    answer: Answer

    @property
    def nonce(self) -> str:
        return self.asked["nonce"]

    @property
    def state(self) -> str:
        return self.asked["state"]


@dataclass
class Classroom:
    """A front and a platform that is registered there; browsers come from the platform's page."""

    pages: Pages
    platform: FakePlatform
    registered: Platform

    async def ask(self, method: str, path: str, cookie: str = "", **options: Any) -> Answer:
        """Ask as a browser does that a page of another site sends; `dest` is `Sec-Fetch-Dest`."""
        headers = {
            "Host": urlsplit(self.pages.settings.front_origin).netloc,
            "Accept": "text/html",
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": options.pop("dest", "document"),
        }
        if method == "POST":
            headers["Origin"] = options.pop("origin", self.platform.address)
        if cookie:
            headers["Cookie"] = cookie
        return await self.pages.ask_bare(
            method, path, headers=headers | options.pop("headers", {}), **options
        )

    async def login(self, cookie: str = "", dest: str = "document", **changes: Any) -> Begun:
        """Begin a launch with a redirect to the platform, as a browser that keeps cookies."""
        path = f"/lti/login?{urlencode(self.platform.login(**changes))}"
        answer = await self.ask("GET", path, cookie, dest=dest)
        if answer.status == 303 and answer.location.startswith("/lti/login?"):
            tried = cookie_of(answer, "flow-try")
            answer = await self.ask("GET", answer.location, tried, dest=dest)
        assert answer.status == 303, answer.text
        return begun(answer, answer.location)

    async def send(self, way: Begun, token: str, cookie: str | None = None, **more: Any) -> Answer:
        """Post the launch with this token."""
        form = {"id_token": token, "state": way.state} | more.pop("form", {})
        sent = way.cookie if cookie is None else cookie
        return await self.ask("POST", "/lti/launch", sent, data=form, **more)

    async def launch(
        self,
        claims: Claims | None = None,
        *,
        cookie: str = "",
        dest: str = "document",
        **person: str,
    ) -> Answer:
        """Do the whole of a launch, with these claims changed."""
        way = await self.login(cookie, dest=dest)
        said = self.platform.claims(way.nonce, **(claims or {}), **person)
        token = self.platform.sign(said)
        # What another site's page posts comes with the cookies alone that go anywhere.
        lax = dest == "document"
        both = "; ".join(filter(None, [cookie, way.cookie]))
        answer = await self.send(way, token, way.cookie if lax else both, dest=dest)
        if not lax or answer.status != 303:
            return answer
        assert answer.location.startswith("/lti/arrived?")
        assert answer.cookies == []
        return await self.ask("GET", answer.location, both, dest=dest)

    async def reasons(self) -> list[str]:
        """Return why sign-ins failed, by the events, the latest first."""
        await self.pages.app[keys.EVENTS].write()
        wanted = events.Wanted(kind=EventKind.SIGN_IN_FAILED)
        found = await self.pages.store.read(events.find, wanted, limit=1000)
        return [each.event.about["reason"] for each in found]


def begun(answer: Answer, location: str) -> Begun:
    """Read a login's way on."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    return Begun(asked, cookie_of(answer, "sifu-flow-"), answer)


def cookie_of(answer: Answer, part: str) -> str:
    """Return the last cookie given whose name holds this, as a browser sends it; or nothing."""
    pairs = [cookie.partition(";")[0] for cookie in answer.cookies]
    return next((pair for pair in reversed(pairs) if part in pair and not pair.endswith("=")), "")
