"""Sharing by pages: who may, what is shown to whom, and that a link is all it takes."""

import json

import pytest

from proxy.core.events import EventKind
from proxy.core.snapshot import MOST_SNAPSHOTS
from proxy.store import snapshots, users
from tests.web.page_front import Pages
from tests.web.sharing import FORM, PATH, QuickRenderer, add_course, home, noted, quicken, shared

NEW = "/snapshots/new?server=ada%2Fhome&path=stats%2Fweek%201%2Fmeans.ipynb"


@pytest.fixture
def quick(pages: Pages) -> QuickRenderer:
    home(pages)
    return quicken(pages)


async def test_the_question_says_what_is_shown_and_shares_nothing(
    pages: Pages, quick: QuickRenderer
) -> None:
    answer = await pages.ask("GET", NEW, "ada")
    assert answer.status == 200
    assert "stats/week 1/means.ipynb" in answer.text
    assert 'value="means"' in answer.text
    assert "until I delete it" in answer.text
    assert not quick.asked
    assert await pages.store.read(snapshots.tokens) == set()


async def test_what_is_shared_is_shown_to_whoever_has_the_link(
    pages: Pages, quick: QuickRenderer
) -> None:
    await add_course(pages)
    made = await shared(pages, title="<b>Means</b>")
    assert (made.course, made.path, made.title) == ("stats", PATH, "<b>Means</b>")
    answer = await pages.ask_bare("GET", f"/snapshots/{made.token}")
    assert answer.status == 200
    assert answer.text.startswith("<!DOCTYPE html>")
    (event,) = await noted(pages, EventKind.SNAPSHOT_SHARED)
    assert (event.user, event.course, event.about["path"]) == ("ada", "stats", PATH)
    listed = await pages.ask("GET", "/snapshots?made=1", "ada")
    assert made.token in listed.text
    assert "&lt;b&gt;Means&lt;/b&gt;" in listed.text


async def test_the_page_has_an_origin_of_nobodys_and_runs_nothing(
    pages: Pages, quick: QuickRenderer
) -> None:
    made = await shared(pages)
    answer = await pages.ask("GET", f"/snapshots/{made.token}", "ada")
    (policy,) = answer.headers.getall("Content-Security-Policy")  # type: ignore[attr-defined]
    directives = dict(part.partition(" ")[::2] for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["form-action"] == directives["frame-ancestors"] == "'none'"
    assert "script-src" not in directives
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(
        directives["sandbox"].split()
    )
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Type": "text/html; charset=utf-8",
    }
    for name, value in wanted.items():
        assert answer.headers.getall(name) == [value], name  # type: ignore[attr-defined]
    assert not answer.cookies


async def test_links_that_show_nothing_are_answered_alike(
    pages: Pages, quick: QuickRenderer
) -> None:
    over = await shared(pages, lifetime="day")
    removed = await shared(pages)
    await pages.ask("POST", f"/snapshots/{removed.id}/remove", "ada")
    pages.clock.advance(86_400)
    told = []
    for token in (over.token, removed.token, "a" * 48, "nothing", "..", "new.html"):
        answer = await pages.ask("GET", f"/snapshots/{token}")
        assert answer.status == 404
        told.append(answer.text.partition("<main>")[2].partition("Error")[0])
    assert len(set(told)) == 1
    assert "not shared any more" in told[0]


async def test_nobody_shares_from_somebody_elses_workspace(
    pages: Pages, quick: QuickRenderer
) -> None:
    for who, status in (("bob", 403), ("root", 403)):
        answer = await pages.ask("POST", "/snapshots/new", who, data=FORM)
        assert answer.status == status
        assert (await pages.ask("GET", NEW, who)).status == status
    for server in ("x", "ada", "ada/other", "../..", "everyone/shared", "ada/home/x"):
        answer = await pages.ask("POST", "/snapshots/new", "ada", data=FORM | {"server": server})
        assert answer.status in {403, 404}, server
    assert not quick.asked


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"path": "stats/nothing.ipynb"}, 404, "no such notebook"),
        ({"path": "../bob/home/stats/week 1/means.ipynb"}, 404, "no such notebook"),
        ({"path": "/etc/passwd"}, 422, "Only notebooks"),
        ({"path": "stats"}, 422, "Only notebooks"),
        ({"path": ""}, 422, "Only notebooks"),
        ({"lifetime": "for ever"}, 422, "for how long"),
    ],
)
async def test_what_cannot_be_shared_is_told(
    pages: Pages, quick: QuickRenderer, change: dict[str, str], status: int, said: str
) -> None:
    answer = await pages.ask("POST", "/snapshots/new", "ada", data=FORM | change)
    assert answer.status == status
    assert said in answer.text
    assert not quick.asked


async def test_a_link_in_the_workspace_leads_nowhere(pages: Pages, quick: QuickRenderer) -> None:
    (home(pages) / "l.ipynb").symlink_to("/etc/passwd")
    answer = await pages.ask("POST", "/snapshots/new", "ada", data=FORM | {"path": "l.ipynb"})
    assert answer.status == 404


async def test_only_its_owner_and_administrators_end_it(pages: Pages, quick: QuickRenderer) -> None:
    made, other = await shared(pages), await shared(pages)
    assert (await pages.ask("POST", f"/snapshots/{made.id}/remove", "bob")).status == 404
    assert (await pages.ask("GET", f"/snapshots/{made.token}")).status == 200
    assert (await pages.ask("POST", f"/snapshots/{made.id}/remove", "root")).status == 303
    assert (await pages.ask("POST", f"/snapshots/{other.id}/remove", "ada")).status == 303
    for number in (str(made.id), "x", "9" * 30, "-1"):
        assert (await pages.ask("POST", f"/snapshots/{number}/remove", "ada")).status == 404
    about = [event.about for event in await noted(pages, EventKind.SNAPSHOT_REMOVED)]
    assert [each.get("whom", "") for each in about] == ["", "ada"]


async def test_ones_list_is_ones_own(pages: Pages, quick: QuickRenderer) -> None:
    made = await shared(pages)
    assert made.token in (await pages.ask("GET", "/snapshots", "ada")).text
    for who in ("bob", "root"):
        listed = (await pages.ask("GET", f"/snapshots?made={made.id}", who)).text
        assert made.token not in listed
        assert "You share nothing" in listed


async def test_who_shares_enough_is_told_before_anything_is_done(
    pages: Pages, quick: QuickRenderer
) -> None:
    for _ in range(MOST_SNAPSHOTS):
        await shared(pages)
    quick.asked.clear()
    answer = await pages.ask("GET", NEW, "ada")
    assert answer.status == 409
    assert "Delete one" in answer.text
    assert (await pages.ask("POST", "/snapshots/new", "ada", data=FORM)).status == 409
    assert not quick.asked


async def test_a_small_window_stays_one(pages: Pages, quick: QuickRenderer) -> None:
    assert "data-close" in (await pages.ask("GET", NEW + "&window=1", "ada")).text
    answer = await pages.ask("POST", "/snapshots/new", "ada", data=FORM | {"window": "1"})
    assert answer.location == "/snapshots?made=1&window=1"
    page = (await pages.ask("GET", answer.location, "ada")).text
    assert "Close this window" in page


async def test_a_disabled_person_shows_nothing(pages: Pages, quick: QuickRenderer) -> None:
    made = await shared(pages)
    await pages.store.write(users.disable, pages.people["ada"], pages.clock())
    assert (await pages.ask("GET", f"/snapshots/{made.token}")).status == 404


async def test_the_log_does_not_hold_the_link(
    pages: Pages, quick: QuickRenderer, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await shared(pages)
    capsys.readouterr()
    await pages.ask("GET", f"/snapshots/{made.token}")
    logged = capsys.readouterr().out
    assert "/snapshots/…" in logged
    assert made.token not in logged


async def test_a_head_tells_the_same_and_a_script_gets_a_problem(
    pages: Pages, quick: QuickRenderer
) -> None:
    made = await shared(pages)
    head = await pages.ask("HEAD", f"/snapshots/{made.token}")
    assert (head.status, head.text) == (200, "")
    refused = await pages.ask_bare("GET", "/snapshots/nothing")
    assert json.loads(refused.text)["status"] == 404


async def test_a_page_whose_file_is_lost_is_gone(pages: Pages, quick: QuickRenderer) -> None:
    made = await shared(pages)
    for file in (pages.settings.data / "snapshots").iterdir():
        file.unlink()
    assert (await pages.ask("GET", f"/snapshots/{made.token}")).status == 404
