"""Signing in: fixation, guessing, one-time links, open redirects."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from proxy.auth.attempts import PER_ADDRESS, PER_PAIR
from proxy.core.credentials import hash_secret
from proxy.store import sessions, sign_in_links
from proxy.store.database import Store
from proxy.web import keys
from tests.auth.people import PASSWORD
from tests.conftest import FakeClock
from tests.core.test_redirects import HOSTILE
from tests.web.page_front import Answer, Pages, run_pages


async def submit(pages: Pages, name: str, password: str = PASSWORD, **more: str) -> Answer:
    headers = {"X-Forwarded-For": more.pop("address", "203.0.113.1")}
    if cookie := more.pop("cookie", ""):
        headers["Cookie"] = cookie
    form = {"name": name, "password": password} | more
    return await pages.ask("POST", "/sign-in", data=form, headers=headers)


async def make_link(pages: Pages, name: str, code: str = "the-code") -> str:
    user = pages.people[name]
    await pages.store.write(sign_in_links.create, hash_secret(code), user.id, pages.clock() + 600)
    return f"/sign-in?code={code}"


async def test_the_right_password_signs_in(pages: Pages) -> None:
    answer = await submit(pages, "ada", next="/open/ada/home/lab?x=1")
    assert (answer.status, answer.location) == (303, "/open/ada/home/lab?x=1")
    home = await pages.ask("GET", "/", headers={"Cookie": f"sifu={answer.session}"})
    assert home.status == 200
    assert "Hello, ada" in home.text


async def test_spaces_around_a_name_are_forgiven(pages: Pages) -> None:
    assert (await submit(pages, " ada ")).status == 303


async def test_a_planted_cookie_is_worth_nothing_after_the_sign_in(pages: Pages) -> None:
    planted = pages.secrets["bob"]
    answer = await submit(pages, "ada", cookie=f"sifu={planted}")
    assert answer.status == 303
    assert answer.session != planted
    with_planted = await pages.ask("GET", "/", headers={"Cookie": f"sifu={planted}"})
    assert with_planted.status == 303


async def test_every_sign_in_is_a_new_session(pages: Pages) -> None:
    first, second = await submit(pages, "ada"), await submit(pages, "ada")
    assert first.session != second.session


async def test_the_sign_in_page_takes_a_bad_cookie_away(pages: Pages) -> None:
    answer = await pages.ask("GET", "/sign-in", headers={"Cookie": "sifu=over"})
    assert answer.status == 200
    assert answer.session == ""
    assert "Max-Age=0" in answer.cookies[0]


async def test_the_sign_in_page_sets_no_cookie_by_itself(pages: Pages) -> None:
    assert (await pages.ask("GET", "/sign-in")).cookies == []


async def test_a_wrong_name_and_a_wrong_password_look_the_same(pages: Pages) -> None:
    await pages.add("linked", password=None)
    known = await submit(pages, "ada", "wrong password")
    unknown = await submit(pages, "zda", "wrong password")
    linked = await submit(pages, "linked", "wrong password")
    assert (known.status, unknown.status, linked.status) == (403, 403, 403)
    assert known.text.replace("ada", "") == unknown.text.replace("zda", "")
    assert known.text.replace("ada", "") == linked.text.replace("linked", "")
    assert known.cookies == []


async def test_the_password_is_never_shown_nor_logged(pages: Pages) -> None:
    with capture_logs() as logs:
        answer = await submit(pages, "ada", "my-other-password")
    assert "my-other-password" not in answer.text
    assert "my-other-password" not in str(logs)


async def test_a_name_is_escaped(pages: Pages) -> None:
    answer = await submit(pages, '"><script>alert(1)</script>', "wrong password")
    assert "<script>alert" not in answer.text


async def test_who_guesses_waits_even_with_the_right_password_and_the_owner_does_not(
    pages: Pages,
) -> None:
    for _ in range(PER_PAIR.burst):
        assert (await submit(pages, "ada", "wrong password")).status == 403
    assert (await submit(pages, "ada", address="198.51.100.1")).status == 303
    limited = await submit(pages, "ada")
    assert limited.status == 429
    assert limited.headers["Retry-After"] == str(int(PER_PAIR.seconds_each))
    assert "Please wait" in limited.text
    pages.clock.advance(PER_PAIR.seconds_each)
    assert (await submit(pages, "ada")).status == 303


async def test_an_address_that_guesses_is_slowed_down(pages: Pages) -> None:
    for number in range(PER_ADDRESS.burst):
        assert (await submit(pages, f"user{number}", "wrong password")).status == 403
    assert (await submit(pages, "ada")).status == 429
    assert (await submit(pages, "ada", address="198.51.100.1")).status == 303


async def test_attempts_at_once_are_all_counted(pages: Pages) -> None:
    guesses = [submit(pages, "ada", f"wrong password {n}") for n in range(20)]
    statuses = sorted(answer.status for answer in await asyncio.gather(*guesses))
    assert statuses == [403] * PER_PAIR.burst + [429] * (20 - PER_PAIR.burst)


async def test_hanging_up_does_not_undo_the_count(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Semaphore(0)

    async def check(_: str, __: str) -> None:
        asked.release()
        await asyncio.sleep(60)

    monkeypatch.setattr(pages.app[keys.PASSWORDS], "check", check)
    for _ in range(PER_PAIR.burst):
        asking = asyncio.ensure_future(submit(pages, "ada", "wrong password"))
        await asked.acquire()
        asking.cancel()
    assert (await submit(pages, "ada")).status == 429


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_next_leads_off_the_site(pages: Pages, hostile: str) -> None:
    assert (await submit(pages, "ada", next=hostile)).location == "/"
    signed_in = await pages.ask("GET", f"/sign-in?next={quote(hostile)}", "ada")
    assert signed_in.location == "/"


async def test_who_is_signed_in_goes_on_at_once(pages: Pages) -> None:
    answer = await pages.ask("GET", "/sign-in?next=/open/ada/home/lab", "ada")
    assert (answer.status, answer.location) == (303, "/open/ada/home/lab")


async def test_a_link_signs_in_once(pages: Pages) -> None:
    path = await make_link(pages, "ada")
    first = await pages.ask("GET", path + "&next=/open/ada/home/lab")
    assert (first.status, first.location) == (303, "/open/ada/home/lab")
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert first.headers["Cache-Control"] == "no-store"
    home = await pages.ask("GET", "/", headers={"Cookie": f"sifu={first.session}"})
    assert "Hello, ada" in home.text
    second = await pages.ask("GET", path)
    assert second.status == 403
    assert "used before" in second.text
    assert second.cookies == []


@pytest.mark.parametrize(
    "ahead",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "cors"},
    ],
)
async def test_what_looks_ahead_does_not_use_a_link_up(pages: Pages, ahead: dict[str, str]) -> None:
    path = await make_link(pages, "ada")
    looked = await pages.ask("GET", path, headers=ahead)
    assert looked.status == 503
    assert looked.cookies == []
    assert (await pages.ask("GET", path)).status == 303


async def test_head_does_not_use_a_link_up(pages: Pages) -> None:
    path = await make_link(pages, "ada")
    assert (await pages.ask("HEAD", path)).cookies == []
    assert (await pages.ask("GET", path)).status == 303


async def test_a_code_in_a_form_is_no_link(pages: Pages) -> None:
    await make_link(pages, "ada")
    answer = await pages.ask("POST", "/sign-in?code=the-code", data={"code": "the-code"})
    assert answer.status == 403


async def test_a_link_ends_the_session_that_was_there(pages: Pages) -> None:
    path = await make_link(pages, "ada")
    await pages.ask("GET", path, "bob")
    found = await pages.store.read(sessions.find_by_secret, hash_secret(pages.secrets["bob"]))
    assert found is not None
    assert found.ended is not None


async def test_links_are_guessed_slowly(pages: Pages) -> None:
    for number in range(PER_ADDRESS.burst):
        assert (await pages.ask("GET", f"/sign-in?code=guess{number}")).status == 403
    assert (await pages.ask("GET", await make_link(pages, "ada"))).status == 429


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(99)), "application/x-www-form-urlencoded", 400),
        (b"name=%ff&password=x", "application/x-www-form-urlencoded", 400),
        (b"name=\xff", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"--b\r\n\r\n--b--", "multipart/form-data; boundary=b", 415),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
async def test_a_strange_form_is_refused(pages: Pages, body: bytes, kind: str, status: int) -> None:
    answer = await pages.ask("POST", "/sign-in", data=body, headers={"Content-Type": kind})
    assert answer.status == status


async def test_in_the_course_pages_frame_the_cookie_is_partitioned(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    origin = "https://sifu.example.org"
    lms = ("https://moodle.example.org",)
    async with run_pages(store, clock, tmp_path, front_url=origin, lms_origins=lms) as pages:
        headers = {"Host": "sifu.example.org", "Origin": origin, "Sec-Fetch-Dest": "iframe"}
        form = {"name": "ada", "password": PASSWORD}
        framed = await pages.ask("POST", "/sign-in", data=form, headers=headers)
        headers["Sec-Fetch-Dest"] = "document"
        alone = await pages.ask("POST", "/sign-in", data=form, headers=headers)
    assert framed.cookies[0].startswith("__Host-sifu=")
    assert framed.cookies[0].endswith("SameSite=None; Partitioned")
    assert alone.cookies[0].endswith("Secure; SameSite=Lax")
