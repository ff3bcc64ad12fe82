"""A page lists as many notebooks as it can show, and says how many more there are."""

from proxy.core.course_links import group_notebooks
from proxy.web.course_notebooks import MOST_SHOWN, bounded
from tests.web.page_front import Pages
from tests.web.teaching import STATS, add_course


def test_of_very_many_notebooks_the_first_are_shown() -> None:
    paths = [f"{folder}/{n:03d}.ipynb" for folder in "abc" for n in range(300)]
    shown, left_out = bounded(group_notebooks("c", (), paths))
    assert [len(group.notebooks) for group in shown] == [300, MOST_SHOWN - 300]
    assert left_out == 400
    assert bounded([]) == ([], 0)


async def test_a_course_whose_first_version_is_to_come_has_none(pages: Pages) -> None:
    from dataclasses import replace

    await add_course(pages, version="", outline=replace(STATS.outline, tracks=()))
    page = (await pages.ask("GET", "/courses/stats", "bob")).text
    assert "when the first version has come" in page
