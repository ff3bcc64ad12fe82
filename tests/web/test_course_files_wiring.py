"""What launches get is what the front was told to serve."""

from proxy.core.course import Course
from proxy.core.identity import ServerName
from proxy.store import courses
from proxy.web import keys
from tests.web.page_front import Pages


async def test_the_served_version_goes_before_a_folder_placed_by_hand(pages: Pages) -> None:
    for place in ("courses/stats", "course-versions/stats/v1"):
        folder = pages.settings.data / place
        folder.mkdir(parents=True)
        (folder / "a.ipynb").write_text(place)
    await pages.store.write(courses.add, Course("stats", "", 0.0, version="v1"))
    await pages.app[keys.COURSE_FILES].hand_out(ServerName("ada", "home"), "stats", "a")
    found = pages.settings.notebooks / "ada/home/stats/a.ipynb"
    assert found.read_text() == "course-versions/stats/v1"


async def test_a_course_whose_first_version_is_to_come_brings_nothing(pages: Pages) -> None:
    await pages.store.write(courses.add, Course("stats", "", 0.0))
    delivery = await pages.app[keys.COURSE_FILES].hand_out(ServerName("ada", "home"), "stats", "a")
    assert delivery.is_whole
    assert not (pages.settings.notebooks / "ada/home/stats").exists()
