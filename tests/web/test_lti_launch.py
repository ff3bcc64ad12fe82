"""Launches over real HTTP: into which account, as what, and where they lead."""

from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import select

from proxy.core.slugs import make_slug
from proxy.store import users
from proxy.store.tables import memberships
from proxy.web import keys
from tests.core.launches import LTI, MEMBER, bad_launches, deep_linking
from tests.hostile_targets import EVIL, hostile_targets
from tests.web.launched import session_of, who
from tests.web.lti_platform import (
    Classroom,
)

ANN = make_slug("Ann Lee")
NOTEBOOK = "lab/tree/statistics/week%201/means.ipynb"
BAD = bad_launches()


async def test_a_student_clicks_and_is_in_their_own_notebook(room: Classroom) -> None:
    answer = await room.launch()
    assert (answer.status, answer.location) == (303, f"/open/{ANN}/home/{NOTEBOOK}")
    assert await who(room, session_of(answer)) == "Ann Lee"
    assert await room.reasons() == []


async def test_the_same_person_is_the_same_account_tomorrow(room: Classroom) -> None:
    await room.launch()
    room.pages.clock.advance(24 * 3600)
    again = await room.launch(name="Ann Renamed", email="new@example.org")
    assert await who(room, session_of(again)) == "Ann Lee"


async def test_a_link_without_a_course_leads_home(room: Classroom) -> None:
    answer = await room.launch({LTI + "custom": {}})
    assert (answer.status, answer.location) == (303, "/")


async def test_a_link_without_a_notebook_leads_to_the_folder(room: Classroom) -> None:
    answer = await room.launch({LTI + "custom": {"course": "a b"}})
    assert answer.location == f"/open/{ANN}/home/lab/tree/a%20b"


@pytest.mark.parametrize(
    ("roles", "role", "is_preview"),
    [
        ([f"{MEMBER}#Instructor"], "teacher", False),
        ([f"{MEMBER}#Learner"], "student", False),
        (
            [f"{MEMBER}#Instructor", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"],
            "student",
            True,
        ),
        (["http://evil.example/vocab#Instructor"], "student", False),
    ],
)
async def test_a_role_is_kept_for_this_course_page_alone(
    room: Classroom, roles: list[str], role: str, is_preview: bool
) -> None:
    await room.launch({LTI + "roles": roles})
    (row,) = await room.pages.store.read(lambda c: c.execute(select(memberships)).all())
    assert (row.course, row.context, row.role) == ("statistics", "course-1", role)
    assert row.is_preview is is_preview
    user = await room.pages.store.read(users.find, "Ann Lee")
    assert user is not None
    assert not user.is_admin


async def test_an_administrator_there_is_nobody_special_here(room: Classroom) -> None:
    system = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
    await room.launch({LTI + "roles": [system]})
    user = await room.pages.store.read(users.find, "Ann Lee")
    assert user is not None
    assert not user.is_admin


async def test_a_platform_cannot_take_over_an_account_of_ours(room: Classroom) -> None:
    answer = await room.launch(name="root", email="root@example.org", sub="root")
    assert await who(room, session_of(answer)) == "root-2"


async def test_a_subject_of_another_client_is_another_person(room: Classroom) -> None:
    first = await room.launch()
    room.platform.client = "client-8"
    await room.platform.register(room.pages.store)
    second = await room.launch()
    assert await who(room, session_of(first)) == "Ann Lee"
    assert await who(room, session_of(second)) == "Ann Lee-2"


async def test_a_teacher_who_chooses_is_shown_the_choice(room: Classroom) -> None:
    teacher = {LTI + "roles": [f"{MEMBER}#Instructor"]}
    answer = await room.launch(deep_linking() | teacher)
    assert answer.status == 200
    assert not session_of(answer)


@pytest.mark.parametrize("dest", ["iframe", "document"])
async def test_a_second_launch_goes_on_in_the_same_session(room: Classroom, dest: str) -> None:
    cookie = session_of(await room.launch(dest=dest))
    second = await room.launch(cookie=cookie, dest=dest)
    assert second.status == 303
    assert not session_of(second)
    assert await who(room, cookie) == "Ann Lee"


@pytest.mark.parametrize("dest", ["iframe", "document"])
async def test_a_friends_computer_gives_everybody_their_own_session(
    room: Classroom, dest: str
) -> None:
    first = session_of(await room.launch(dest=dest))
    other = {"sub": "person-2", "name": "Bo Chen"}
    second = await room.launch(other, cookie=first, dest=dest)
    assert await who(room, session_of(second)) == "Bo Chen"
    assert await who(room, first) == ""


async def test_cookies_hold_in_a_frame_and_in_a_window(room: Classroom) -> None:
    kinds = {"iframe": "SameSite=None; Partitioned", "document": "SameSite=Lax"}
    for dest, attributes in kinds.items():
        way = await room.login(dest=dest)
        (flow,) = way.answer.cookies
        assert flow.startswith("__Host-sifu-flow-")
        assert "HttpOnly; Max-Age=600; Secure; SameSite=None; Partitioned" in flow
        answer = await room.launch(dest=dest)
        (session,) = [each for each in answer.cookies if each.startswith("__Host-sifu=")]
        assert session.endswith(attributes)


@pytest.mark.parametrize("dest", ["iframe", "document"])
async def test_the_ways_cookie_is_taken_away_afterwards(room: Classroom, dest: str) -> None:
    way = await room.login(dest=dest)
    token = room.platform.sign(room.platform.claims(way.nonce))
    answer = await room.send(way, token, dest=dest)
    if dest == "document":
        answer = await room.ask("GET", answer.location, way.cookie)
    gone = [each for each in answer.cookies if each.startswith(way.cookie.partition("=")[0])]
    assert len(gone) == 2
    assert all("Max-Age=0" in each for each in gone)


async def test_no_custom_parameter_leads_off_our_origins(room: Classroom) -> None:
    tried = list(hostile_targets())
    assert len(tried) >= 300
    for hostile in tried:
        for custom in ({"course": hostile}, {"course": "a", "notebook": hostile}):
            answer = await room.launch({LTI + "custom": custom})
            assert answer.status in {303, 403}, (hostile, answer.status)
            if answer.status == 303:
                there = urlsplit(answer.location)
                assert not there.scheme, hostile
                assert not there.netloc, hostile
                assert answer.location == "/" or answer.location.startswith(
                    f"/open/{ANN}/home/lab/tree/"
                ), (hostile, answer.location)
                assert "//" not in answer.location
                assert "\\" not in answer.location
                assert answer.location.isprintable()
                assert answer.location.isascii()
                assert not {".", ".."} & set(unquote(answer.location).split("/"))
            else:
                assert f"https://{EVIL}" not in answer.text


async def test_a_launch_in_a_window_signs_in_the_browser_that_set_out_and_no_other(
    room: Classroom,
) -> None:
    way, victim = await room.login(), await room.login()
    answer = await room.send(way, room.platform.sign(room.platform.claims(way.nonce)))
    name = way.cookie.partition("=")[0]
    forged = f"{name}={victim.cookie.partition('=')[2]}"
    # Whoever is sent there by somebody else sees whose notebook it is, and is not signed in.
    for cookie in ("", victim.cookie, forged, f"{way.cookie}; {way.cookie}"):
        page = await room.ask("GET", answer.location, cookie)
        assert page.status == 200
        assert not session_of(page)
        assert "<strong>Ann Lee</strong>" in page.text
    framed = await room.ask("GET", answer.location, way.cookie, dest="iframe")
    assert not session_of(framed)
    assert session_of(await room.ask("GET", answer.location, way.cookie))
    again = await room.ask("GET", answer.location, way.cookie)
    assert not session_of(again)


async def test_a_folder_that_is_there_is_nobodys_who_is_called_like_it(room: Classroom) -> None:
    (room.pages.app[keys.SETTINGS].notebooks / ANN).mkdir(parents=True)
    answer = await room.launch()
    assert answer.location == f"/open/{make_slug('Ann Lee-2')}/home/{NOTEBOOK}"
