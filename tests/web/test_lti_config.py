import json

from tests.web.page_front import ORIGIN, Pages


async def test_canvas_reads_it_without_an_account(pages: Pages) -> None:
    answer = await pages.ask_bare("GET", "/lti/config.json")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert json.loads(answer.text)["target_link_uri"] == f"{ORIGIN}/lti/launch"


async def test_our_picture_may_be_shown_by_a_platform_and_nothing_else_of_ours(
    pages: Pages,
) -> None:
    for name, policy in (("icon.svg", "cross-origin"), ("app.css", "same-origin")):
        answer = await pages.ask_bare("GET", f"/static/{name}")
        assert answer.headers["Cross-Origin-Resource-Policy"] == policy
