"""After a launch in a frame: on to the notebook, or into a window of its own."""

import asyncio
from html import unescape
from re import search
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from proxy.core.sealing import seal
from proxy.core.slugs import make_slug
from proxy.store import users
from proxy.web.lti_arrived import LIFETIME
from tests.hostile_targets import EVIL, hostile_targets
from tests.web.lti_platform import Classroom, cookie_of
from tests.web.page_front import Answer

THERE = f"/open/{make_slug('Ann Lee')}/home/lab/tree/statistics/week%201/means.ipynb"
OWN = {"Sec-Fetch-Site": "same-origin"}


async def arrive(room: Classroom) -> tuple[Answer, str]:
    """Launch in a frame; return the answer and the session's cookie."""
    answer = await room.launch(dest="iframe")
    assert answer.location.startswith("/lti/arrived?")
    return answer, cookie_of(answer, "__Host-sifu=")


def form_of(answer: Answer) -> dict[str, str]:
    query = parse_qs(urlsplit(answer.location).query)
    return {name: values[0] for name, values in query.items()}


async def press(room: Classroom, form: dict[str, str], cookie: str = "") -> Answer:
    return await room.ask("POST", "/lti/arrived", cookie, data=form, headers=OWN, origin="")


async def test_who_kept_the_cookie_goes_on(room: Classroom) -> None:
    answer, cookie = await arrive(room)
    on = await room.ask("GET", answer.location, cookie, dest="iframe", headers=OWN)
    assert (on.status, on.location) == (303, THERE)


async def test_who_did_not_opens_a_window_with_one_click(room: Classroom) -> None:
    answer, _ = await arrive(room)
    page = await room.ask("GET", answer.location, dest="iframe", headers=OWN)
    assert page.status == 200
    assert "<strong>Ann Lee</strong>" in page.text
    assert 'target="_blank"' in page.text
    found = search(r'name="code" value="([^"]*)"', page.text)
    assert found is not None
    assert unescape(found[1]) == form_of(answer)["code"]
    pressed = await press(room, form_of(answer))
    assert (pressed.status, pressed.location) == (303, THERE)
    assert "SameSite=Lax" in pressed.cookies[0]
    home = await room.ask("GET", "/", cookie_of(pressed, "__Host-sifu="), headers=OWN)
    assert "Ann Lee" in home.text


async def test_the_button_works_once(room: Classroom) -> None:
    answer, _ = await arrive(room)
    pressed = await asyncio.gather(*(press(room, form_of(answer)) for _ in range(5)))
    assert sorted(each.status for each in pressed) == [303, 403, 403, 403, 403]
    assert "used" in await room.reasons()


@pytest.mark.parametrize("later", [4, 6])
async def test_the_button_works_for_five_minutes_and_never_twice(
    room: Classroom, later: int
) -> None:
    answer, _ = await arrive(room)
    room.pages.clock.advance(LIFETIME + later)
    first = await press(room, form_of(answer))
    assert first.status == (303 if later < 5 else 403)
    assert (await press(room, form_of(answer))).status == 403


async def test_a_frame_never_signs_in_by_itself(room: Classroom) -> None:
    answer, _ = await arrive(room)
    for _ in range(2):
        page = await room.ask("GET", answer.location, dest="iframe", headers=OWN)
        assert page.cookies == []


async def test_another_sites_page_presses_no_button(room: Classroom) -> None:
    answer, _ = await arrive(room)
    form = form_of(answer)
    for site in ("cross-site", "same-site", "none"):
        headers = {"Sec-Fetch-Site": site}
        pressed = await room.ask("POST", "/lti/arrived", data=form, headers=headers)
        assert pressed.status == 403
    assert (await press(room, form)).status == 303


async def test_who_is_somebody_else_is_asked_first(room: Classroom) -> None:
    _, cookie = await arrive(room)
    other = await room.launch(dest="iframe", sub="person-2", name="Bo Chen")
    page = await room.ask("GET", other.location, cookie, dest="iframe", headers=OWN)
    assert page.status == 200
    assert "<strong>Bo Chen</strong>" in page.text


async def test_the_same_person_keeps_the_session_of_that_window(room: Classroom) -> None:
    answer, cookie = await arrive(room)
    pressed = await press(room, form_of(answer), cookie)
    assert pressed.status == 303
    assert pressed.cookies == []


async def test_a_disabled_account_has_no_button(room: Classroom) -> None:
    answer, _ = await arrive(room)
    user = await room.pages.store.read(users.find, "Ann Lee")
    assert user is not None
    await room.pages.store.write(users.disable, user, room.pages.clock())
    assert (await room.ask("GET", answer.location, dest="iframe", headers=OWN)).status == 403
    assert (await press(room, form_of(answer))).status == 403


@pytest.mark.parametrize("purpose", ["flow", "code", "pass", "arrivals"])
async def test_what_was_sealed_for_something_else_opens_nothing(
    room: Classroom, purpose: str
) -> None:
    await arrive(room)
    claims = {"uid": 1, "jti": "x", "exp": room.pages.clock() + 60}
    code = seal(room.pages.settings.secrets, purpose, claims)
    for form in ({"to": "/", "code": code}, {"to": "/", "code": ""}, {"to": "/"}, {}):
        assert (await press(room, form)).status == 403
        path = f"/lti/arrived?{urlencode(form)}"
        assert (await room.ask("GET", path, dest="iframe", headers=OWN)).status == 403


async def test_no_way_on_leads_off_our_origin(room: Classroom) -> None:
    answer, cookie = await arrive(room)
    form = form_of(answer)
    for hostile in hostile_targets():
        said = urlencode(form | {"to": hostile[:2000]}, errors="replace")
        on = await room.ask("GET", f"/lti/arrived?{said}", cookie, dest="iframe", headers=OWN)
        assert on.status == 303, hostile
        there = urlsplit(on.location)
        assert not there.scheme, hostile
        assert not there.netloc, hostile
        assert on.location.startswith("/")
        assert "//" not in on.location
        assert "\\" not in on.location
        page = await room.ask("GET", f"/lti/arrived?{said}", dest="iframe", headers=OWN)
        assert f'value="https://{EVIL}' not in page.text
    # And through the button.
    pressed = await press(room, form | {"to": f"//{EVIL}/"})
    assert pressed.location == "/"
