"""A cookie planted under our name must not send a browser round and round."""

import pytest

from proxy.core.lifecycle import State
from tests.web.page_front import Pages


@pytest.mark.parametrize("path", ["/open/ada/home/lab", "/start/ada/home", "/sign-in", "/"])
async def test_two_cookies_are_a_page_and_no_redirect(pages: Pages, path: str) -> None:
    pages.server_is(State.READY)
    cookies = f"sifu=planted; sifu={pages.secrets['ada']}"
    answer = await pages.ask("GET", path, headers={"Cookie": cookies})
    assert answer.status == 400
    assert "Location" not in answer.headers
    assert "two sign-in cookies" in answer.text
    assert "Hello" not in answer.text
    first = "/" + path.split("/")[1]
    assert any(f"Path={first};" in cookie for cookie in answer.cookies) or path == "/"
    assert not any("Path=/;" in cookie for cookie in answer.cookies)


async def test_a_script_gets_a_problem(pages: Pages) -> None:
    answer = await pages.ask_bare("GET", "/api/me", headers={"Cookie": "sifu=a; sifu=b"})
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_the_page_keeps_its_looks(pages: Pages) -> None:
    answer = await pages.ask("GET", "/", headers={"Cookie": "sifu=a; sifu=b"})
    style = answer.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert style
    shown = await pages.ask("GET", style, headers={"Cookie": "sifu=a; sifu=b"})
    assert shown.status == 200


async def test_a_bad_token_is_still_told_first(pages: Pages) -> None:
    headers = {"Cookie": "sifu=a; sifu=b", "Authorization": "Bearer sifu_guess"}
    assert (await pages.ask_bare("GET", "/api/me", headers=headers)).status == 401
