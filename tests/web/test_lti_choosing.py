"""A teacher chooses what the course page links to, and nobody else does."""

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from proxy.core.errors import BadRequest, Forbidden
from proxy.core.link_choice import HOLDS, seal_ask, unseal_ask
from proxy.core.lti_launch import DeepLinking, Launch, MessageType
from proxy.store import platforms
from proxy.web import keys, lti_choosing
from tests.core.launches import MEMBER
from tests.web.courses import Course, running_course
from tests.web.page_front import OWN, PAGE, Answer, Pages

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    for path in ("stats/week 1/means.ipynb", "stats/<b>.ipynb", "physics/a.ipynb"):
        file = pages.settings.data / "courses" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    async with running_course(pages) as running:
        yield running


def launch(course: Course, *, role: str = "Instructor", **changes: Any) -> Launch:
    wanted = {"return_url": f"{course.services.origin}/return?x=1", "data": "op&aque"}
    return Launch(
        message=MessageType.DEEP_LINKING,
        issuer=course.platform.entry.issuer,
        client=course.platform.entry.client,
        deployment="1",
        subject="subject-bob",
        roles=frozenset({f"{MEMBER}#{role}"}),
        target="",
        deep_linking=DeepLinking(**(wanted | {"takes_many": True} | changes)),
    )


class Asked:
    """Stands for the launch's request: what `show_choice` needs of one."""

    def __init__(self, pages: Pages) -> None:
        self.app = pages.app
        self.path = "/lti/launch"

    def get(self, name: object, default: object = None) -> object:
        return default


async def shown(course: Course, **changes: Any) -> str:
    bob = course.pages.people["bob"]
    page = await lti_choosing.show_choice(
        Asked(course.pages),  # type: ignore[arg-type]
        course.platform,
        launch(course, **changes),
        bob,
    )
    assert page.status == 200
    return str(page.text)


def sealed_in(page: str) -> str:
    found = re.search(r'name="asked" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


async def choose(course: Course, page: str, *fields: tuple[str, str], **headers: str) -> Answer:
    """Send the form as a frame without cookies does."""
    body = urlencode([("asked", sealed_in(page)), *fields])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return await course.pages.ask_bare(
        "POST", "/lti/choose", data=body, headers=PAGE | OWN | kind | headers
    )


async def claims_of(course: Course, answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.text
    found = re.search(r'name="JWT" value="([^"]+)"', answer.text)
    assert found
    published = jwt.PyJWKSet.from_dict(await course.pages.app[keys.LTI_KEYS].published())
    claims: dict[str, Any] = jwt.decode(
        found[1],
        published.keys[0],
        algorithms=["RS256"],
        audience=course.platform.entry.issuer,
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims


async def test_the_page_lists_notebooks_and_escapes_their_names(course: Course) -> None:
    page = await shown(course)
    assert 'value="stats/week 1/means.ipynb"' in page
    assert "&lt;b&gt;.ipynb" in page
    assert "Campus &lt;b&gt;" in page
    assert 'type="checkbox" name="chosen"' in page
    assert 'type="radio"' in await shown(course, takes_many=False)


async def test_a_choice_goes_to_the_platform_signed(course: Course) -> None:
    page = await shown(course)
    answer = await choose(
        course,
        page,
        ("chosen", "stats/week 1/means.ipynb"),
        ("title", "Means"),
        ("graded", "1"),
        ("most", "10"),
    )
    claims = await claims_of(course, answer)
    assert claims[DEEP + "data"] == "op&aque"
    assert (claims["iss"], claims[LTI + "deployment_id"]) == ("client-7", "1")
    assert claims[DEEP + "content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "Means",
            "url": f"{course.pages.settings.front_origin}/lti/launch",
            "custom": {"course": "stats", "notebook": "week 1/means"},
            "lineItem": {"scoreMaximum": 10.0, "label": "Means"},
        }
    ]
    assert f'action="{course.services.origin}/return?x=1"' in answer.text


async def test_the_answers_form_may_go_to_the_platform_and_nowhere_else(course: Course) -> None:
    answer = await choose(course, await shown(course), ("course", "stats"))
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["form-action"] == course.services.origin
    assert policy["script-src"] == "'self'"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_notebook_that_was_typed_need_not_exist(course: Course) -> None:
    page = await shown(course)
    claims = await claims_of(
        course, await choose(course, page, ("course", "new"), ("notebook", "n"))
    )
    assert claims[DEEP + "content_items"][0]["custom"] == {"course": "new", "notebook": "n"}


async def test_several_are_chosen_where_the_platform_takes_several(course: Course) -> None:
    both = (("chosen", "stats/<b>.ipynb"), ("chosen", "physics/a.ipynb"))
    claims = await claims_of(course, await choose(course, await shown(course), *both))
    assert [each["title"] for each in claims[DEEP + "content_items"]] == ["<b>", "a"]
    answer = await choose(course, await shown(course, takes_many=False), *both)
    assert answer.status == 422


async def test_what_is_wrong_is_told_and_what_was_typed_stays(course: Course) -> None:
    fields = (("chosen", "physics/a.ipynb"), ("course", "../x"), ("title", '"><script>'))
    answer = await choose(course, await shown(course), *fields)
    assert answer.status == 422
    assert "A course is one name without slashes" in answer.text
    assert 'value="physics/a.ipynb" checked' in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text
    again = await choose(course, answer.text, ("chosen", "physics/a.ipynb"))
    await claims_of(course, again)


async def test_a_student_chooses_nothing(course: Course) -> None:
    with pytest.raises(Forbidden):
        await shown(course, role="Learner")


@pytest.mark.parametrize(
    "return_url",
    ["https://lms.example.org;script-src", "https://lms.example.org,x/", "https://lms_é.example/"],
)
async def test_an_address_that_no_policy_can_name_is_refused(
    course: Course, return_url: str
) -> None:
    with pytest.raises(BadRequest):
        await shown(course, return_url=return_url)


async def test_what_was_asked_cannot_be_made_changed_or_kept(course: Course) -> None:
    page, secrets = await shown(course), course.pages.settings.secrets
    asked = unseal_ask(secrets, sealed_in(page), course.pages.clock())
    foreign = seal_ask(["o" * 40], asked, course.pages.clock())
    for value in ("", "x", foreign, sealed_in(page)[:-2]):
        answer = await choose(course, f'name="asked" value="{value or "-"}"', ("course", "a"))
        assert answer.status == 403, value
    course.pages.clock.advance(HOLDS + 60)
    answer = await choose(course, page, ("course", "stats"))
    assert answer.status == 403
    assert "open for too long" in answer.text


async def test_another_sites_page_chooses_nothing(course: Course) -> None:
    page = await shown(course)
    for site in ("cross-site", "same-site"):
        answer = await choose(course, page, ("course", "a"), **{"Sec-Fetch-Site": site})
        assert answer.status == 403


async def test_data_of_many_kib_comes_back(course: Course) -> None:
    page = await shown(course, data="d" * 20_000)
    claims = await claims_of(course, await choose(course, page, ("course", "stats")))
    assert claims[DEEP + "data"] == "d" * 20_000


async def test_a_platform_that_was_removed_gets_nothing(course: Course) -> None:
    page = await shown(course)
    await course.pages.store.write(platforms.remove, course.platform.id)
    assert (await choose(course, page, ("course", "stats"))).status == 404
