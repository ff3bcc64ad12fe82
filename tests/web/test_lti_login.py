"""How a platform begins a launch: over real HTTP."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from proxy.store.tables import used_codes
from tests.core.launches import CLIENT, ISSUER, TARGET
from tests.hostile_targets import EVIL, hostile_targets
from tests.web.lti_platform import Classroom, cookie_of
from tests.web.page_front import Answer


async def begin(
    room: Classroom, dest: str = "document", cookie: str = "", **said: str | None
) -> Answer:
    path = f"/lti/login?{urlencode(room.platform.login(**said))}"
    return await room.ask("GET", path, cookie, dest=dest)


async def test_the_browser_goes_to_the_registered_address(room: Classroom) -> None:
    way = await room.login()
    there, _, _ = way.answer.location.partition("?")
    assert there == f"{room.platform.address}/authorize"
    state, nonce = way.asked.pop("state"), way.asked.pop("nonce")
    assert way.asked == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": CLIENT,
        "redirect_uri": TARGET,
        "login_hint": "person-1",
        "lti_message_hint": '{"cmid":7}',
    }
    secret = way.cookie.partition("=")[2]
    assert secret not in way.answer.location
    assert len(nonce) == 43
    assert nonce not in state
    assert way.answer.headers["Referrer-Policy"] == "no-referrer"


async def test_a_form_does_the_same(room: Classroom) -> None:
    answer = await room.ask("POST", "/lti/login", data=room.platform.login())
    assert answer.status == 303
    assert answer.location.startswith(f"{room.platform.address}/authorize?")


async def test_each_login_is_a_way_of_its_own(room: Classroom) -> None:
    first, second = await room.login(), await room.login()
    assert first.nonce != second.nonce
    assert first.state != second.state
    assert first.cookie.partition("=")[0] != second.cookie.partition("=")[0]


async def test_nothing_is_written_before_somebody_comes_back(room: Classroom) -> None:
    for _ in range(20):
        await room.login()
    assert await room.reasons() == []
    assert await room.pages.store.read(lambda c: c.execute(select(used_codes)).all()) == []


async def test_a_browser_keeps_a_few_dozen_cookies(room: Classroom) -> None:
    sent = "; ".join(f"__Host-sifu-flow-{number}=x" for number in range(40))
    way = await room.login(sent)
    gone = [each for each in way.answer.cookies if "Max-Age=0" in each]
    assert len(gone) == 11


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"iss": None}, "no_issuer"),
        ({"login_hint": None}, "no_login_hint"),
        ({"target_link_uri": None}, "login_target"),
        ({"iss": "https://other.example"}, "platform"),
        ({"iss": ISSUER + "/"}, "platform"),
        ({"iss": ISSUER.upper()}, "platform"),
        ({"client_id": "client-8"}, "platform"),
        ({"lti_deployment_id": "2"}, "login_deployment"),
        ({"lti_storage_target": "a b"}, "storage_target"),
        ({"login_hint": "x" * 5000}, "login_parameter"),
        ({"iss": "a\x00b"}, "login_parameter"),
    ],
)
async def test_what_is_wrong_has_its_word(room: Classroom, said: dict[str, str], word: str) -> None:
    answer = await begin(room, **said)
    assert answer.status == 403
    assert answer.cookies == []
    assert (await room.reasons())[0] == word
    assert word in answer.text


async def test_what_comes_twice_is_refused_wherever(room: Classroom) -> None:
    said = room.platform.login()
    for name, text in said.items():
        more = urlencode([*said.items(), (name, text)])
        assert (await room.ask("GET", f"/lti/login?{more}")).status == 403
        path = f"/lti/login?{urlencode({name: text})}"
        assert (await room.ask("POST", path, data=said)).status == 403
    assert set(await room.reasons()) == {"doubled"}


async def test_without_a_client_an_issuer_is_one_platform_or_refused(room: Classroom) -> None:
    assert (await begin(room, client_id=None)).status == 303
    room.platform.client = "client-8"
    await room.platform.register(room.pages.store)
    answer = await begin(room, client_id=None)
    assert (answer.status, (await room.reasons())[0]) == (403, "client")
    assert (await begin(room, client_id=CLIENT)).status == 303


async def test_an_unknown_platform_is_named_if_it_is_a_name(room: Classroom) -> None:
    answer = await begin(room, iss="https://other.example")
    assert "“https://other.example”" in answer.text
    answer = await begin(room, iss="Your account is locked, call +1 555 0100")
    assert "555" not in answer.text
    answer = await begin(room, iss="<script>alert(1)</script>")
    assert "<script>alert" not in answer.text


async def test_no_target_leads_off_our_origins(room: Classroom) -> None:
    tried = list(hostile_targets())
    assert len(tried) >= 300
    for hostile in tried:
        answer = await begin(room, target_link_uri=hostile.encode(errors="replace").decode())
        assert answer.status == 403, hostile
        assert "Location" not in answer.headers
        assert EVIL not in answer.text


async def test_a_window_of_our_own_needs_no_storage(room: Classroom) -> None:
    answer = await begin(room, lti_storage_target="_parent")
    assert answer.status == 303


async def test_in_a_frame_the_platform_keeps_the_secret(room: Classroom) -> None:
    answer = await begin(room, dest="iframe", lti_storage_target="post_message_forwarding")
    assert answer.status == 200
    assert 'data-frame="post_message_forwarding"' in answer.text
    assert f'data-origin="{room.platform.address}"' in answer.text
    secret = cookie_of(answer, "sifu-flow-").partition("=")[2]
    assert f'data-secret="{secret}"' in answer.text
    assert "https://lms.example.org" in answer.headers["Content-Security-Policy"]


async def test_in_a_frame_it_is_found_out_whether_cookies_are_kept(room: Classroom) -> None:
    first = await begin(room, dest="iframe")
    assert first.location.startswith("/lti/login?iss=")
    # Whose page it is must be known the second time, too.
    assert first.headers["Referrer-Policy"] == "origin"
    cookie = cookie_of(first, "flow-try")
    kept = await room.ask("GET", first.location, cookie, dest="iframe")
    assert kept.location.startswith(room.platform.address)
    # Whoever keeps them is not asked again.
    again = await begin(room, dest="iframe", cookie=cookie)
    assert again.location.startswith(room.platform.address)


async def test_who_keeps_no_cookies_in_frames_is_given_a_window(room: Classroom) -> None:
    first = await begin(room, dest="iframe")
    answer = await room.ask("GET", first.location, dest="iframe")
    assert answer.status == 200
    assert 'target="_blank"' in answer.text
    assert "Open the notebook" in answer.text
    assert "tried" not in answer.text
    assert room.platform.address not in answer.text
    # The platform has not been asked yet, so what it hinted at is good for the window.
    assert "lti_message_hint=%7B%22cmid%22%3A7%7D" in answer.text


@pytest.mark.parametrize("said", [{"lti_storage_target": "_parent"}, {"tried": "1"}])
async def test_a_page_that_nobody_will_see_is_told_to_the_operator(
    room: Classroom, said: dict[str, str]
) -> None:
    path = f"/lti/login?{urlencode(room.platform.login(**said))}"
    seen = {
        "https://lms.example.org/course/view?id=7": [],
        "https://other.example/course": ["frame https://other.example"],
        "": [f"frame {room.platform.address}", "frame https://other.example"],
    }
    for referrer, reasons in seen.items():
        headers = {"Referer": referrer} if referrer else {}
        assert (await room.ask("GET", path, dest="iframe", headers=headers)).status == 200
        assert await room.reasons() == reasons
