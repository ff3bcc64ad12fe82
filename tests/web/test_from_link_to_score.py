"""The whole way, over HTTP: a teacher chooses, a student opens it, a grade arrives there."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from typing import Any

import jwt
import pytest

from proxy.core.lti_arrival import SCORE_SCOPE
from proxy.core.lti_messages import LINE_ITEM_SCOPE
from proxy.store import platforms
from proxy.web import keys
from tests.auth.lti_services_platform import PlatformServices, member, running_services
from tests.core.launches import GRADES, LTI, MEMBER, NAMES, deep_linking
from tests.web.lti_platform import Classroom, cookie_of

DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
TEACHER = {LTI + "roles": [f"{MEMBER}#Instructor"], "sub": "person-t", "name": "Tess"}


@pytest.fixture
async def services(room: Classroom) -> AsyncIterator[PlatformServices]:
    async with running_services(room.pages.app[keys.LTI_KEYS]) as running:
        entry = replace(room.registered.entry, token=f"{running.origin}/token")
        await room.pages.store.write(platforms.replace, room.registered.id, entry)
        running.members = [member("person-1", "Ann Lee"), member("person-t", "Tess", "Instructor")]
        yield running


def names(services: PlatformServices) -> dict[str, Any]:
    return {
        GRADES: {"scope": [SCORE_SCOPE, LINE_ITEM_SCOPE], "lineitems": services.line_items},
        NAMES: {"context_memberships_url": services.members_url, "service_versions": ["2.0"]},
    }


async def own(room: Classroom, method: str, path: str, cookie: str, **more: Any) -> Any:
    origin = room.pages.settings.front_origin
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": origin}
    return await room.ask(method, path, cookie, headers=headers, **more)


async def test_what_a_teacher_chose_is_opened_and_graded(
    room: Classroom, services: PlatformServices
) -> None:
    shown = await room.launch(deep_linking() | TEACHER)
    asked = re.search(r'name="asked" value="([^"]+)"', shown.text)
    assert asked
    form = {"asked": unescape(asked[1]), "course": "stats", "notebook": "week 1/means.ipynb"}
    form |= {"graded": "1", "most": "10"}
    sent = await own(room, "POST", "/lti/choose", "", data=form, dest="iframe")
    token = re.search(r'name="JWT" value="([^"]+)"', sent.text)
    assert token
    claims = jwt.decode(token[1], options={"verify_signature": False})
    (link,) = claims[DEEP + "content_items"]
    assert link["url"] == room.platform.target

    custom = {LTI + "custom": link["custom"]} | names(services)
    student = await room.launch(custom)
    assert student.location.endswith("/lab/tree/stats/week%201/means.ipynb")
    teacher = await room.launch(custom | TEACHER)
    cookie = cookie_of(teacher, "__Host-sifu")

    page = await own(room, "GET", "/courses/stats", cookie)
    assert page.status == 200, page.text
    work = re.search(r'<option value="([^"]+)"', page.text)
    assert work
    grade = {"work": unescape(work[1]), "given": "8", "most": "10", "comment": ""}
    assert (await own(room, "POST", "/courses/stats/grades", cookie, data=grade)).status == 303
    await room.pages.app[keys.SCORE_DELIVERY].deliver()
    (score,) = services.scores
    assert (score["userId"], score["scoreGiven"]) == ("person-1", 8.0)
    assert services.columns[0]["resourceLinkId"] == "link-1"

    mine = await own(room, "GET", "/courses/stats", cookie_of(student, "__Host-sifu"))
    assert "8 of 10" in mine.text
    assert "Tess" not in mine.text


async def test_a_student_chooses_nothing_for_the_course(room: Classroom) -> None:
    refused = await room.launch(deep_linking())
    assert refused.status == 403
    assert "Only a teacher of the course" in refused.text
