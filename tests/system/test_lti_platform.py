"""A learning platform that is not ours: Open edX's own LTI library, a whole Sifu, and people."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import pytest

from tests.system.installation import Installation
from tests.system.isolated import IsolatedInstallation, needs_accounts, why_not
from tests.system.learning_platform import Campus, NotInstallable, Shown, Visitor, entry_of
from tests.system.person import Kernel

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
# The first attempt, a pause of about ten seconds, the second, on a machine that does much else.
SECONDS_TO_ARRIVE = 60
CROWD = 1_200
NOTEBOOK = {
    "cells": [],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
SERVICES = {"has_score": True, "lti_1p3_enable_nrps": True, "ask_to_send_full_name": True}
BLOCKS = {
    "means": SERVICES
    | {
        "display_name": "Means",
        "weight": 10.0,
        "custom_parameters": ["course=statistics", "notebook=week-1/means"],
    },
    # Shares no names, and is told by a choice where it leads.
    "chosen": {
        "display_name": "Chosen",
        "weight": 4.0,
        "has_score": True,
        "lti_1p3_enable_nrps": True,
        "lti_advantage_deep_linking_enabled": True,
        "launch_target": "new_window",
    },
}
# Lets us make its columns.
BLOCKS["programmatic"] = BLOCKS["means"] | {
    "display_name": "By columns of ours",
    "custom_parameters": ["course=statistics", "notebook=week-1/medians"],
    "lti_advantage_ags_mode": "programmatic",
}
# Whoever teaches a course there is often enrolled in it, too.
PEOPLE = {"tina": ["student", "instructor"], "sam": ["student"], "sue": ["student"]}


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    found = Campus(tmp_path_factory.mktemp("campus"))
    try:
        found.install()
    except NotInstallable:
        pytest.skip("no package index can be reached, which brings Open edX's LTI library")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def sifu(campus: Campus) -> Iterator[Installation]:
    framed_by = {"SIFU_LMS_ORIGINS": campus.origin}
    if why_not():
        installation = Installation(
            SIFU_WORKSPACES="per-user", SIFU_ALLOW_UNISOLATED="1", **framed_by
        )
    else:
        installation = IsolatedInstallation(**framed_by)
    course = installation.root / "data/courses/statistics/week-1"
    course.mkdir(parents=True)
    for name in ("means", "medians"):
        (course / f"{name}.ipynb").write_text(json.dumps(NOTEBOOK))
    campus.start(
        tool=installation.front,
        title="Statistics",
        blocks=BLOCKS,
        people=PEOPLE | {f"guest-{number}": ["student"] for number in range(CROWD)},
        most_members=2_000,
        shares_names=True,
    )
    with installation:
        asyncio.run(register(installation, campus))
        yield installation


async def register(sifu: Installation, campus: Campus) -> None:
    """Do what the guide says: what Studio shows a teacher, an administrator enters."""
    async with Visitor(sifu) as teacher, Visitor(sifu) as administrator:
        await teacher.enter(campus, "tina")
        await administrator.visit(sifu.link)
        for block in BLOCKS:
            entry = await entry_of(teacher, campus, block)
            status, answer = await administrator.api("POST", "platforms", json=entry)
            assert status == 201, answer


@asynccontextmanager
async def somebody(sifu: Installation, campus: Campus, name: str) -> AsyncIterator[Visitor]:
    async with Visitor(sifu) as visitor:
        await visitor.enter(campus, name)
        yield visitor


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS_TO_ARRIVE):
        while not happened():
            await asyncio.sleep(0.2)


async def slug_of(person: Visitor) -> str:
    status, me = await person.api("GET", "me")
    assert status == 200, me
    return str(me["slug"])


async def give(
    teacher: Visitor, slug: str, given: float, notebook="week-1/means"
) -> dict[str, Any]:
    """Grade somebody's notebook over the API; return the score as it waits."""
    wish = {"user": slug, "notebook": notebook, "given": given, "most": 5}
    status, answer = await teacher.api("POST", "courses/statistics/grades", json=wish)
    assert status == 202, answer
    return await latest(teacher)


async def latest(teacher: Visitor) -> dict[str, Any]:
    status, scores = await teacher.api("GET", "scores?course=statistics")
    assert status == 200, scores
    return dict(scores[0])


async def settled(teacher: Visitor) -> dict[str, Any]:
    """Return the latest score when it waits no more."""
    async with asyncio.timeout(SECONDS_TO_ARRIVE):
        while (found := await latest(teacher))["state"] == "waiting":
            await asyncio.sleep(0.2)
        return found


async def test_a_student_arrives_at_their_own_copy_of_the_notebook(
    sifu: Installation, campus: Campus
) -> None:
    async with somebody(sifu, campus, "sam") as sam:
        shown = await sam.open_unit(campus, "means")
        assert shown.status == 200, shown.text
        slug = await slug_of(sam)
        here = f"{sifu.front}/open/{slug}/home/lab/tree/statistics/week-1/means.ipynb"
        assert here in shown.before or shown.url == here
        _, me = await sam.api("GET", "me")
        assert (me["name"], me["admin"]) == ("Sam", False)
        info = await sam.start_server()
        shown = await sam.go(here)
        path = "statistics/week-1/means.ipynb"
        assert (shown.status, shown.url) == (
            200,
            f"{sifu.notebooks}{info['base_url']}lab/tree/{path}",
        )
        status, model = await sam.jupyter("GET", f"{info['base_url']}api/contents/{path}")
        assert (status, model["type"]) == (200, "notebook")


async def test_a_launch_in_a_frame_of_the_unit_arrives_too(
    sifu: Installation, campus: Campus
) -> None:
    async with somebody(sifu, campus, "sam") as sam:
        sam.window = "iframe"
        shown = await sam.open_unit(campus, "means")
        assert shown.status == 200, shown.text
        ways = [*shown.before, shown.url]
        assert any(url.startswith(f"{sifu.front}/lti/arrived?") for url in ways)
        assert any(url.endswith("/lab/tree/statistics/week-1/means.ipynb") for url in ways)


async def test_who_one_is_there_decides_what_one_sees_here(
    sifu: Installation, campus: Campus
) -> None:
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        for person in (tina, sam):
            assert (await person.open_unit(campus, "means")).status == 200
        assert "Give a grade" in (await tina.visit(f"{sifu.front}/courses/statistics"))[2]
        assert "Give a grade" not in (await sam.visit(f"{sifu.front}/courses/statistics"))[2]
        wish = {"user": "sam", "notebook": "week-1/means", "given": 1, "most": 1}
        assert (await sam.api("POST", "courses/statistics/grades", json=wish))[0] == 403
        assert (await tina.api("GET", "me"))[1]["admin"] is False


async def test_the_course_page_lists_all_whom_the_platform_lists(
    sifu: Installation, campus: Campus
) -> None:
    async with somebody(sifu, campus, "tina") as tina:
        await tina.open_unit(campus, "means")
        _, _, page = await tina.visit(f"{sifu.front}/courses/statistics")
        told = int(re.findall(r"([0-9]+) people", page)[0])
        assert told >= CROWD + len(PEOPLE)
        asked = [line for line in campus.log().splitlines() if "/memberships" in line]
        assert len(asked) > 1, "one page should not hold them"


async def test_a_teachers_grade_is_in_the_platforms_book(
    sifu: Installation, campus: Campus
) -> None:
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        await tina.open_unit(campus, "means")
        await sam.open_unit(campus, "means")
        slug = await slug_of(sam)
        _, url, page = await tina.visit(f"{sifu.front}/courses/statistics")
        assert f'value="{slug}/week-1/means"' in page
        form = {"work": f"{slug}/week-1/means", "given": "4", "most": "5", "comment": "Good"}
        assert await tina.post("/courses/statistics/grades", **form) == 200, url
        assert (await settled(tina))["state"] == "sent"
        assert campus.scores("means", "sam") == [(4.0, 5.0, "Good", "FullyGraded")]
        # The block has ten points.
        assert campus.grade("means", "sam") == [(8.0, 10.0)]


@pytest.mark.parametrize("answer", [500])
async def test_a_score_that_was_not_taken_comes_again(
    sifu: Installation, campus: Campus, answer: int
) -> None:
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        await tina.open_unit(campus, "means")
        await sam.open_unit(campus, "means")
        campus.is_bad("/scores", answer)
        given = answer / 1000
        await give(tina, await slug_of(sam), given)
        found = await settled(tina)
        assert campus.bad_answers_left() == 0
        assert (found["state"], found["attempts"]) == ("sent", 2), found
        assert campus.scores("means", "sam")[0][0] == given


async def test_a_score_whose_receipt_was_lost_is_not_called_refused(
    sifu: Installation, campus: Campus
) -> None:
    """Open edX answers 400, not 409, to a score of the same time."""
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        await tina.open_unit(campus, "means")
        await sam.open_unit(campus, "means")
        campus.is_bad("/scores", 504, after=True)
        await give(tina, await slug_of(sam), 1.5)
        found = await settled(tina)
        assert campus.bad_answers_left() == 0
        assert found["state"] == "sent", found
        assert campus.scores("means", "sam")[0][0] == 1.5


async def test_a_column_is_made_where_the_platform_leaves_that_to_us(
    sifu: Installation, campus: Campus
) -> None:
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        await tina.open_unit(campus, "programmatic")
        await sam.open_unit(campus, "programmatic")
        for given in (2.0, 4.0):
            await give(tina, await slug_of(sam), given, "week-1/medians")
            assert (found := await settled(tina))["state"] == "sent", found
        assert campus.scores("programmatic", "sam") == [(4.0, 5.0, "", "FullyGraded")]
        assert campus.rows(
            "select label, score_maximum, tag from lti_consumer_ltiagslineitem"
            " where resource_link_id like '%@programmatic'"
        ) == [("medians", 5, "sifu")]
        assert campus.grade("programmatic", "sam") == [(8.0, 10.0)]


async def test_a_platform_that_is_down_gets_its_scores_later(
    sifu: Installation, campus: Campus
) -> None:
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        await tina.open_unit(campus, "means")
        await sam.open_unit(campus, "means")
        slug = await slug_of(sam)
        campus.stop()
        try:
            await give(tina, slug, 2.5)
            async with asyncio.timeout(SECONDS_TO_ARRIVE):
                while not (waiting := await latest(tina))["problem"]:
                    await asyncio.sleep(0.2)
            assert waiting["state"] == "waiting"
            assert "cannot be reached now" in waiting["problem"]
            _, _, page = await tina.visit(f"{sifu.front}/courses/statistics")
            assert "Try again" in page
        finally:
            campus.start()
        await tina.api("POST", f"scores/{waiting['id']}/retry")
        assert (await settled(tina))["state"] == "sent"
        assert campus.scores("means", "sam")[0][0] == 2.5


async def test_new_keys_of_the_platform_are_believed_at_once(
    sifu: Installation, campus: Campus
) -> None:
    """And its tokens of before are not: it answers 403 to them, and not 401."""
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        await tina.open_unit(campus, "means")
        await sam.open_unit(campus, "means")
        await give(tina, await slug_of(sam), 3)
        assert (await settled(tina))["state"] == "sent"
        campus.change("update lti_consumer_lti1p3passport set lti_1p3_internal_private_key = ''")
        assert (await sam.open_unit(campus, "means")).status == 200
        await give(tina, await slug_of(sam), 3.5)
        found = await settled(tina)
        assert found["state"] == "sent", found
        assert campus.scores("means", "sam")[0][0] == 3.5


async def begin_choice(teacher: Visitor, campus: Campus) -> Shown:
    """Press the block's button in Studio."""
    studio = await teacher.go(f"{campus.origin}/studio/chosen")
    (start,) = re.findall(r'href="(http[^"]+)" target="_blank"', studio.text)
    return await teacher.launch(unescape(start))


async def test_a_teacher_chooses_what_the_block_opens(sifu: Installation, campus: Campus) -> None:
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sam") as sam:
        page = await begin_choice(tina, campus)
        assert page.status == 200, page.text
        assert "Choose notebooks" in page.text
        choice = {"chosen": "statistics/week-1/medians.ipynb", "title": "The medians"}
        leaving = await tina.submit(page, page.form("/lti/choose"), **choice)
        assert leaving.status == 200, leaving.text
        saved = await tina.submit(leaving, leaving.form("/lti-dl/response"))
        assert (saved.status, "successfully saved" in saved.text) == (200, True), saved.text
        ((kind, attributes),) = campus.rows(
            "select content_type, attributes from lti_consumer_ltidlcontentitem"
        )
        assert kind == "ltiResourceLink"
        assert json.loads(attributes) == {
            "url": f"{sifu.front}/lti/launch",
            "title": "The medians",
            "custom": {"course": "statistics", "notebook": "week-1/medians"},
        }

        shown = await sam.open_unit(campus, "chosen")
        ways = [*shown.before, shown.url]
        assert any(url.endswith("/lab/tree/statistics/week-1/medians.ipynb") for url in ways)
        # This block shares no names.
        assert "Sam" not in (await sam.api("GET", "me"))[1]["name"]


async def test_of_several_choices_each_link_leads_to_its_own(
    sifu: Installation, campus: Campus
) -> None:
    """The platform shows a page of links; in a frame, too."""
    async with somebody(sifu, campus, "tina") as tina, somebody(sifu, campus, "sue") as sue:
        page = await begin_choice(tina, campus)
        form = page.form("/lti/choose")
        notebooks = ["week-1/means", "week-1/medians"]
        form.fields += [("chosen", f"statistics/{notebook}.ipynb") for notebook in notebooks]
        form.fields += [("graded", "1"), ("most", "7.5")]
        leaving = await tina.submit(page, form)
        saved = await tina.submit(leaving, leaving.form("/lti-dl/response"))
        assert saved.status == 200, saved.text

        unit = await sue.go(f"{campus.origin}/units/chosen")
        (listing,) = re.findall(r'data-target="(http[^"]+)"', unit.text)
        links = re.findall(r'<a href="(http[^"]+)"', (await sue.go(listing)).text)
        assert len(links) == len(notebooks)
        for link, notebook in zip(links, notebooks, strict=True):
            shown = await sue.launch(unescape(link))
            ways = [*shown.before, shown.url]
            assert any(url.endswith(f"/lab/tree/statistics/{notebook}.ipynb") for url in ways)


async def test_a_choice_signed_by_nobody_we_know_is_not_stored(
    sifu: Installation, campus: Campus
) -> None:
    """That the platform does verify what we sign, with the keys that we publish."""
    async with somebody(sifu, campus, "tina") as tina:
        page = await begin_choice(tina, campus)
        choice = {"chosen": "statistics/week-1/means.ipynb"}
        leaving = await tina.submit(page, page.form("/lti/choose"), **choice)
        form = leaving.form("/lti-dl/response")
        ((name, token),) = form.fields
        head, claims, _ = token.split(".")
        form.fields[:] = [(name, f"{head}.{claims}.{'A' * 342}")]
        before = campus.rows("select attributes from lti_consumer_ltidlcontentitem")
        refused = await tina.submit(leaving, form)
        assert refused.status >= 400
        assert campus.rows("select attributes from lti_consumer_ltidlcontentitem") == before


@needs_accounts()
async def test_a_notebook_reports_its_own_score(sifu: Installation, campus: Campus) -> None:
    async with somebody(sifu, campus, "sue") as sue:
        await sue.open_unit(campus, "means")
        slug = await slug_of(sue)
        base = (await sue.start_server())["base_url"]
        await sue.open_server(base)
        async with notebook_kernel(sue, base, "statistics/week-1/means.ipynb") as kernel:
            said = await kernel.run("import sifu; sifu.score(0.8, comment='By the notebook')")
            assert said == "The score 0.8 of 1 is on its way to the course page.\n"
        await until(lambda: bool(campus.scores("means", "sue")))
        assert campus.scores("means", "sue") == [(0.8, 1.0, "By the notebook", "FullyGraded")]
        assert campus.grade("means", "sue") == [(8.0, 10.0)]
        _, (score,) = await sue.api("GET", "scores")
        assert (score["slug"], score["by"], score["course"]) == (slug, "", "statistics")


@asynccontextmanager
async def notebook_kernel(person: Visitor, base: str, path: str) -> AsyncIterator[Kernel]:
    """Open a notebook that is there, as JupyterLab does."""
    name = path.rpartition("/")[2]
    wish = {"path": path, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
    status, session = await person.jupyter("POST", f"{base}api/sessions", json=wish)
    assert status == 201, session
    id_ = session["kernel"]["id"]
    url = f"{person.at.notebooks}{base}api/kernels/{id_}/channels"
    headers = {"Origin": person.at.notebooks}
    async with person.browser.ws_connect(url, headers=headers, max_msg_size=0) as socket:
        yield Kernel(id_, socket)


async def test_no_secret_is_in_a_log(sifu: Installation, campus: Campus) -> None:
    logs = sifu.log("front")
    assert "/lti/launch" in logs
    # Longer than a request's id, in which the three letters may come by chance.
    assert not re.search(r"eyJ[\w-]{12,}", logs)
    for secret in ("state=", "login_hint=", "code=", campus.subject_of("sam")):
        assert secret not in logs, secret
