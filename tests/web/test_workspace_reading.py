"""Reading a workspace changes nothing there, and every error is a sentence."""

from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.core.errors import Conflict, NotFound, PayloadTooLarge, UnprocessableInput
from proxy.core.identity import SHARED, ServerName
from proxy.courses.looking import Listing
from proxy.web import workspace_reading
from proxy.web.workspace_reading import find, read_notebook, when_saved
from tests.courses.notebooks import honest
from tests.web.page_front import Pages, run_pages
from tests.web.sharing import PATH, home

ADA = ServerName("ada", "home")


async def test_a_notebook_is_read_with_the_time_when_it_was_saved(pages: Pages) -> None:
    request = make_mocked_request("GET", "/x", app=pages.app)
    file = home(pages) / PATH
    found = await read_notebook(request, ADA, PATH)
    assert (found.content, found.saved) == (honest(), file.stat().st_mtime)
    assert await when_saved(request, ADA, PATH) == found.saved


async def test_what_cannot_be_read_is_told(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_mocked_request("GET", "/x", app=pages.app)
    home(pages)
    with pytest.raises(UnprocessableInput):
        await read_notebook(request, ADA, "stats/a.py")
    with pytest.raises(NotFound):
        await read_notebook(request, ADA, "stats/a.ipynb")
    with pytest.raises(NotFound):
        await read_notebook(request, ServerName("bob", "home"), PATH)
    assert not (pages.settings.notebooks / "bob").exists()
    monkeypatch.setattr(workspace_reading, "MOST_NOTEBOOK_BYTES", 10)
    with pytest.raises(PayloadTooLarge, match="10 bytes"):
        await read_notebook(request, ADA, PATH)


async def test_a_disk_that_fails_is_a_sentence(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/secret/place")

    request = make_mocked_request("GET", "/x", app=pages.app)
    monkeypatch.setattr(workspace_reading, "look", fail)
    monkeypatch.setattr(workspace_reading, "look_at_file", fail)
    for asked in (find(request, ADA, "stats"), read_notebook(request, ADA, PATH)):
        with pytest.raises(Conflict) as refusal:
            await asked
        assert "/secret" not in refusal.value.public


async def test_the_folder_that_all_share_may_be_a_link(store, clock, tmp_path: Path) -> None:
    from proxy.core.policy import Workspaces

    real = tmp_path / "real"
    (real / "stats").mkdir(parents=True)
    (tmp_path / "notebooks").symlink_to(real)
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        request = make_mocked_request("GET", "/x", app=pages.app)
        assert isinstance(await find(request, SHARED, "stats"), Listing)
