"""Everything that shows notebooks as pages stands on the application."""

from proxy.web import keys
from proxy.web.chores import list_chores
from tests.web.page_front import Pages


async def test_renderer_snapshots_and_their_chore_are_there(pages: Pages) -> None:
    for key in (keys.RENDERER, keys.SNAPSHOTS, keys.LOOKS_NOTED):
        assert key in pages.app
    works = {name: work for name, _, work in list_chores(pages.app)}
    assert works["clear_snapshots"] == pages.app[keys.SNAPSHOTS].clear
    place = pages.app[keys.SNAPSHOTS]._files.place("a" * 48)
    assert place.parent == pages.settings.data / "snapshots"
