"""A certified OpenID provider that is not ours, a whole Sifu, and a person between them."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.system.installation import Installation, free_ports
from tests.system.person import Person

pytestmark = pytest.mark.system
HERE = Path(__file__).parent / "openid_provider"
SECRET = "a-secret-of-this-test"
RULES = """
[[oidc]]
name = "school"
title = "Sign in at school"
issuer = "{issuer}"
client_id = "sifu"
client_secret_file = "{secret}"
allow = {{ domains = ["school.example"] }}
admins = {{ emails = ["head@school.example"] }}
"""


class School:
    """The provider's process; npm brings it, at the versions of its lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None

    def start(self, redirect: str) -> None:
        shutil.copytree(HERE, self.folder, dirs_exist_ok=True)
        subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=self.folder,
            check=True,
            capture_output=True,
            timeout=120,
        )
        told = {"issuer": self.issuer, "port": self.port, "redirect": redirect, "secret": SECRET}
        self.process = subprocess.Popen(
            ["node", "provider.js"],
            cwd=self.folder,
            env=os.environ | {"PROVIDER": json.dumps(told)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "listening\n"

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate(timeout=10)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: it brings the OpenID provider")
    found = School(tmp_path_factory.mktemp("school"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def sifu(school: School, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("providers")
    (folder / "secret").write_text(SECRET)
    file = folder / "providers.toml"
    file.write_text(RULES.format(issuer=school.issuer, secret=folder / "secret"))
    installation = Installation(SIFU_PROVIDERS=str(file))
    school.start(f"{installation.front}/oidc/school/back")
    with installation:
        yield installation


async def sign_in_at_school(person: Person, login: str) -> tuple[int, str, str]:
    """Press the button, type a name and any password there, agree; return where it ends."""
    _, _, page = await person.visit(f"{person.at.front}/sign-in")
    (button,) = re.findall(r'href="(/oidc/[^"]+)"', page)
    answer = await person.visit(person.at.front + unescape(button))
    for _ in range(2):
        _, url, page = answer
        form = re.search(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
        assert form is not None, page
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[2]))
        if 'name="login"' in form[2]:
            fields |= {"login": login, "password": "any"}
        async with person.browser.post(urljoin(url, unescape(form[1])), data=fields) as got:
            answer = got.status, str(got.url), await got.text()
    return answer


async def test_a_person_signs_in_there_and_is_known_here(sifu: Installation) -> None:
    async with Person(sifu) as person:
        status, url, page = await sign_in_at_school(person, "ann")
        assert (status, url) == (200, f"{sifu.front}/"), page
        assert "Hello, ann" in page
        status, me = await person.api("GET", "me")
        assert (status, me["name"], me["admin"]) == (200, "ann", False)


async def test_the_rules_make_administrators(sifu: Installation) -> None:
    async with Person(sifu) as person:
        await sign_in_at_school(person, "head")
        status, me = await person.api("GET", "me")
        assert (status, me["admin"]) == (200, True)


async def test_no_secret_is_in_a_log(sifu: Installation) -> None:
    logs = sifu.log("front")
    assert "/oidc/school/back" in logs
    # Longer than a request's id, in which the three letters may come by chance.
    assert not re.search(r"eyJ[\w-]{12,}", logs)
    for secret in (SECRET, "code=", "state="):
        assert secret not in logs
