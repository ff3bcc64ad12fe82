"""The numbers of the page, for scripts."""

import json

from proxy.store import course_peaks
from proxy.store.course_peaks import Peak
from tests.web.page_front import Pages
from tests.web.statistics_course import EVIL, HERE, fill

API = f"/api{HERE}"


async def test_it_answers_the_numbers_of_the_page(pages: Pages) -> None:
    today = await fill(pages)
    await pages.store.write(course_peaks.note, today, {"python": Peak(2, 5)})
    got = await pages.ask("GET", f"{API}?from=2027-01-14&until=2027-01-15", "bob")
    assert got.status == 200
    found = json.loads(got.text)
    assert found["days"] == [
        {"date": "2027-01-14", "students": 0},
        {"date": "2027-01-15", "students": 2},
    ]
    assert (found["course"], found["first"], found["last"]) == (
        "python",
        "2027-01-14",
        "2027-01-15",
    )
    assert found["hours"][8] == found["openings"] == 3
    assert found["notebooks"][1] == {"notebook": EVIL, "students": 1, "openings": 1}
    assert [each["slug"] for each in found["students"]] == ["ada", "eve"]
    assert found["students"][0]["last"] == 1_800_000_000.0
    assert found["matrix"] == [[1, 1], [1, 0]]
    assert found["peaks"] == [{"date": "2027-01-15", "servers": 2, "kernels": 5}]


async def test_it_is_for_teachers(pages: Pages) -> None:
    await fill(pages)
    assert (await pages.ask("GET", API, "ada")).status == 403
    assert (await pages.ask("GET", API)).status == 401
    assert (await pages.ask("GET", "/api/courses/nowhere/statistics", "root")).status == 404
    assert (await pages.ask("GET", f"{API}?from=x", "bob")).status == 422
