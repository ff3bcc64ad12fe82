"""Static files: a fixed table, nothing of the disk."""

import pytest

from proxy.web.static import ASSETS, asset_path
from tests.web.page_front import Pages


@pytest.mark.parametrize("name", sorted(ASSETS))
async def test_with_its_digest_a_file_is_kept_for_good(pages: Pages, name: str) -> None:
    answer = await pages.ask_bare("GET", asset_path(name))
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]


async def test_without_or_with_an_old_digest_it_is_asked_for_again(pages: Pages) -> None:
    for path in ("/static/app.css", "/static/app.css?v=old"):
        answer = await pages.ask_bare("GET", path)
        assert answer.headers["Cache-Control"] == "public, no-cache"
        headers = {"If-None-Match": answer.headers["ETag"]}
        again = await pages.ask_bare("GET", path, headers=headers)
        assert (again.status, again.text) == (304, "")


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/app.py",
        "/static/../keys.py",
        "/static/%2e%2e%2fkeys.py",
        "/static/..%2ftemplates%2fbase.html",
        "/static/app.css/x",
        "/static/app.css%00",
    ],
)
async def test_nothing_else_is_there(pages: Pages, path: str) -> None:
    assert (await pages.ask_bare("GET", path)).status == 404


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    text = ASSETS[name].body.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http://" not in text
    assert "https://" not in text
    assert "@import" not in text
