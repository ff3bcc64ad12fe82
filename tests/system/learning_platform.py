"""Open edX's own LTI library as a running site, and a person's browser between it and Sifu."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from yarl import URL

from tests.system.installation import free_ports
from tests.system.person import PAGE, Person

HERE = Path(__file__).parent / "lti_platform"
COURSE = "course-v1:Campus+STAT+2026"
# How pip names it.
_NO_NETWORK = re.compile(r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ProxyError")
_FIELDS = {"Client ID", "Deployment ID", "Keyset URL", "Access Token URL", "Login URL"}


class NotInstallable(Exception):
    """No package index can be reached from here."""


class Campus:
    """The site's process; pip brings what it needs, at the versions and hashes of its lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self.origin = f"http://127.0.0.1:{self.port}"
        self.told: dict[str, Any] = {}
        self.process: subprocess.Popen[str] | None = None

    def install(self) -> None:
        """Make its environment; raises `NotInstallable`."""
        subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
        pip = [str(self.folder / "venv/bin/python"), "-m", "pip", "install", "--quiet"]
        safely = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--retries=1"]
        done = subprocess.run(
            [*pip, "--disable-pip-version-check", *safely, "-r", str(HERE / "requirements.txt")],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode and _NO_NETWORK.search(done.stderr):
            raise NotInstallable
        assert done.returncode == 0, done.stderr

    def start(self, **told: Any) -> None:
        """Serve; `told` is the first time's if there is none."""
        self.told = told or self.told
        fixed = {"port": self.port, "folder": str(self.folder), "course": COURSE}
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [self.folder / "venv/bin/python", "-B", "-m", "django", "serve"],
                cwd=HERE,
                env=os.environ
                | {
                    "DJANGO_SETTINGS_MODULE": "campus.settings",
                    "PLATFORM": json.dumps(fixed | self.told),
                },
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "listening\n", self.log()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate(timeout=10)
            self.process = None

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask its tables."""
        with closing(self._database()) as database:
            return list(database.execute(question, values))

    def change(self, statement: str, *values: object) -> None:
        with closing(self._database()) as database, database:
            database.execute(statement, values)

    def is_bad(self, path: str, answer: int, *, times: int = 1, after: bool = False) -> None:
        """Have requests to addresses that end so answered so; `after` it did what was asked."""
        day = {"path": path, "answer": answer, "times": times, "after": after}
        (self.folder / "bad-day.json").write_text(json.dumps(day))

    def bad_answers_left(self) -> int:
        return int(json.loads((self.folder / "bad-day.json").read_text())["times"])

    def subject_of(self, name: str) -> str:
        """Return who this person is for tools."""
        ((found,),) = self.rows(
            "select external_user_id from campus_externalid"
            " join auth_user on auth_user.id = user_id where username = ?",
            name,
        )
        hexes = str(found).replace("-", "")
        return "-".join((hexes[:8], hexes[8:12], hexes[12:16], hexes[16:20], hexes[20:]))

    def scores(self, block: str, name: str) -> list[tuple[Any, ...]]:
        """Return a person's rows of `LtiAgsScore` at a block: given, of, comment, progress."""
        return self.rows(
            "select score_given, score.score_maximum, comment, grading_progress"
            " from lti_consumer_ltiagsscore as score"
            " join lti_consumer_ltiagslineitem as item on item.id = line_item_id"
            " where user_id = ? and item.resource_link_id like ?",
            self.subject_of(name),
            f"%@{block}",
        )

    def grade(self, block: str, name: str) -> list[tuple[Any, ...]]:
        """Return the cell of its gradebook: points, of."""
        return self.rows(
            "select earned, possible from campus_grade"
            " join auth_user on auth_user.id = user_id where username = ? and block like ?",
            name,
            f"%@{block}",
        )

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "campus.sqlite3", timeout=20)


@dataclass
class Form:
    """A form of a page, as it stands."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.found.append(Form(told.get("action") or ""))
        if tag != "input" or not self.found or not told.get("name"):
            return
        is_choice = told.get("type") in {"checkbox", "radio"}
        if told.get("type") != "submit" and (not is_choice or "checked" in told):
            self.found[-1].fields.append((told["name"] or "", told.get("value") or ""))


@dataclass(frozen=True)
class Shown:
    """A page: its status, its address, those before it, its text."""

    status: int
    url: str
    before: tuple[str, ...]
    text: str

    def form(self, action: str = "") -> Form:
        """Return the form that goes there."""
        parser = _Forms()
        parser.feed(self.text)
        (found,) = [each for each in parser.found if action in each.action]
        return found


class Visitor(Person):
    """Somebody with an account at the campus; `window` is what their pages are shown in."""

    window = "document"

    async def enter(self, campus: Campus, name: str) -> None:
        assert (await self.go(f"{campus.origin}/enter/{name}")).status == 200

    async def go(self, url: str) -> Shown:
        """Follow a link, or have a frame shown."""
        return await self._ask("GET", url, {})

    async def submit(self, shown: Shown, form: Form, **more: str) -> Shown:
        """Send a form of a page, as a press or a script does."""
        url = urljoin(shown.url, form.action)
        origin = str(URL(shown.url).origin())
        is_own = origin == str(URL(url).origin())
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin" if is_own else "cross-site"}
        return await self._ask("POST", url, headers, data=[*form.fields, *more.items()])

    async def launch(self, start: str) -> Shown:
        """Begin at a platform's link to us; its page sends a form by itself; return the end."""
        said = await self.go(start)
        assert urlsplit(said.url).path == "/api/lti_consumer/v1/launch/", said.text
        assert said.status == 200, said.text
        return await self.submit(said, said.form())

    async def open_unit(self, campus: Campus, block: str) -> Shown:
        """Open a unit, whose block launches."""
        unit = await self.go(f"{campus.origin}/units/{block}")
        (start,) = re.findall(r'data-target="(http[^"]+)"', unit.text)
        return await self.launch(start)  # the library does not escape it there

    async def _ask(self, method: str, url: str, headers: dict[str, str], data: Any = None) -> Shown:
        told = PAGE | {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": self.window} | headers
        async with self.browser.request(method, url, headers=told, data=data) as answer:
            before = tuple(str(each.url) for each in answer.history)
            return Shown(answer.status, str(answer.url), before, await answer.text())


async def entry_of(visitor: Visitor, campus: Campus, block: str) -> dict[str, Any]:
    """Return what to register in Sifu, as Studio shows it to a teacher."""
    page = await visitor.go(f"{campus.origin}/studio/{block}")
    shown = dict(re.findall(r"<b>([^<]+): </b>\s*(\S+)", page.text))
    assert set(shown) == _FIELDS, page.text
    return {
        "title": f"Campus {block}",
        "issuer": campus.origin,
        "client_id": shown["Client ID"],
        "authorization_url": shown["Login URL"],
        "token_url": shown["Access Token URL"],
        "keys_url": shown["Keyset URL"],
        "deployments": [shown["Deployment ID"]],
    }
