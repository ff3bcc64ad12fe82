"""Scores on their way: each arrives once, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from proxy.auth import lti_requests
from proxy.auth.lti_keys import LtiKeys
from proxy.auth.lti_services import LtiServices
from proxy.auth.outward import open_client
from proxy.auth.platform_tokens import PlatformTokens
from proxy.core.score_retry import GIVE_UP, ScoreState
from proxy.store import platforms, scores
from proxy.store.scores import NewScore
from proxy.web import score_delivery
from proxy.web.score_delivery import LEASE_SECONDS, ScoreDelivery
from tests.auth.people import CountedRandom
from tests.web.courses import Course, running_course
from tests.web.page_front import Pages

NEW = NewScore(8.0, 10.0, "Good")


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    async with running_course(pages) as running:
        yield running


async def add(course: Course, link: int | None = None, given: float = 8.0) -> int:
    new = NewScore(given, 10.0, "Good")
    link = link or course.link
    return await course.pages.store.write(scores.add, link, new, course.pages.clock())


async def many(course: Course, number: int) -> None:
    for position in range(number):
        await course.pages.add(f"p{position}", password=None)
        await add(course, await course.arrive(f"p{position}"))


def second_delivery(course: Course) -> ScoreDelivery:
    """Another program's, on the same store."""
    pages = course.pages
    keys_ = LtiKeys(pages.settings.data / "lti-keys.pem")
    tokens = PlatformTokens(keys_, open_client, pages.clock, CountedRandom())
    services = LtiServices(tokens, open_client)
    return ScoreDelivery(pages.store, services, pages.clock, lambda: 0.5)


async def test_a_score_arrives_in_a_column_that_is_made_for_it(course: Course) -> None:
    await add(course)
    await course.deliver()
    (sent,) = course.services.scores
    assert (sent["userId"], sent["scoreGiven"], sent["scoreMaximum"]) == ("subject-ada", 8.0, 10.0)
    (column,) = course.services.columns
    assert (column["label"], column["resourceLinkId"]) == ("means", "link-1")
    (score,) = await course.scores()
    assert (score.state, score.attempts, score.problem) == (ScoreState.SENT, 1, "")
    assert score.sent == course.pages.clock()
    assert score.link.line_item.endswith("/course/7/items/0?type=1")


async def test_many_students_of_one_link_have_one_column(course: Course) -> None:
    await many(course, 8)
    await course.deliver()
    assert len(course.services.columns) == 1
    assert len({score["userId"] for score in course.services.scores}) == 8


async def test_at_most_four_are_under_way(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    most = under_way = 0

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.03)
        under_way -= 1
        return await course.services._score(request)

    course.services.instead["scores"] = slow
    await many(course, 10)
    await asyncio.gather(course.deliver(), course.deliver())
    assert most == 4
    assert len(course.services.scores) == 10


async def test_two_programs_at_once_send_each_score_once(course: Course) -> None:
    await many(course, 12)
    await asyncio.gather(course.deliver(), second_delivery(course).deliver())
    told = [score["userId"] for score in course.services.scores]
    assert len(told) == len(set(told)) == 12


async def test_a_platform_that_is_away_gets_it_later(course: Course) -> None:
    course.services.instead["scores"] = lambda _: status(503)
    await add(course)
    await course.deliver()
    (score,) = await course.scores()
    assert (score.state, score.attempts) == (ScoreState.WAITING, 1)
    assert score.problem == "Campus <b> did not take it: it answered 503."
    await course.deliver()
    assert course.services.count("scores") == 1
    del course.services.instead["scores"]
    course.pages.clock.advance(13)
    await course.deliver()
    (score,) = await course.scores()
    assert (score.state, score.attempts, score.problem) == (ScoreState.SENT, 2, "")
    assert course.services.count("scores") == 2


async def status(number: int) -> web.Response:
    return web.Response(status=number)


async def test_a_refusal_that_is_final_ends_it(course: Course) -> None:
    course.services.instead["scores"] = lambda _: status(404)
    await add(course)
    await course.deliver()
    course.pages.clock.advance(GIVE_UP)
    await course.deliver()
    (score,) = await course.scores()
    assert score.state is ScoreState.FAILED
    assert course.services.count("scores") == 1


async def test_after_a_day_it_is_given_up(course: Course) -> None:
    course.services.instead["scores"] = lambda _: status(500)
    await add(course)
    tries = 0
    while (await course.scores())[0].state is ScoreState.WAITING:
        await course.deliver()
        tries += 1
        course.pages.clock.advance(3600)
    assert 24 <= tries <= 26


async def test_who_was_killed_in_the_middle_sends_it_again_with_the_same_time(
    course: Course,
) -> None:
    arrived = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        await course.services._score(request)
        arrived.set()
        await asyncio.sleep(30)
        return web.Response()

    course.services.instead["scores"] = never
    await add(course)
    killed = second_delivery(course)
    work = asyncio.ensure_future(killed.deliver())
    await arrived.wait()
    # As a kill does it: nothing is noted any more.
    for task in list(killed._sending.values()):
        task.cancel()
    work.cancel()
    del course.services.instead["scores"]
    await asyncio.sleep(0)
    await course.deliver()
    assert len(course.services.scores) == 1
    course.pages.clock.advance(LEASE_SECONDS)
    await course.deliver()
    first, second = course.services.scores
    assert first == second
    assert (await course.scores())[0].state is ScoreState.SENT


async def test_a_newer_score_waits_for_the_older_one_under_way(course: Course) -> None:
    held, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        held.set()
        await go_on.wait()
        return await course.services._score(request)

    course.services.instead["scores"] = slow
    await add(course, given=1.0)
    work = asyncio.ensure_future(course.deliver())
    await held.wait()
    await add(course, given=2.0)
    go_on.set()
    await work
    await course.deliver()
    assert [score["scoreGiven"] for score in course.services.scores] == [1.0, 2.0]
    times = [score["timestamp"] for score in course.services.scores]
    assert times == sorted(set(times))
    states = [score.state.value for score in await course.scores()]
    assert states == ["sent", "superseded"]


async def test_where_a_newer_one_is_known_ours_is_dated_anew(course: Course) -> None:
    course.services.instead["scores"] = lambda _: status(409)
    await add(course)
    before = (await course.scores())[0].made
    course.pages.clock.advance(1)
    await course.deliver()
    (score,) = await course.scores()
    assert score.state is ScoreState.WAITING
    assert score.made > before


async def test_a_score_whose_receipt_was_lost_has_arrived(course: Course) -> None:
    """The platform takes a score of one time once, and says 400 to it again."""
    times: list[str] = []

    async def take_once(request: web.Request) -> web.StreamResponse:
        score = await request.json()
        is_known = score["timestamp"] in times
        times.append(score["timestamp"])
        return web.Response(status=400 if is_known else 504 if len(times) == 1 else 201)

    course.services.instead["scores"] = take_once
    await add(course)
    await course.deliver()
    course.pages.clock.advance(13)
    await course.deliver()
    (score,) = await course.scores()
    assert (score.state, score.attempts) == (ScoreState.SENT, 2)
    assert len(times) == 3
    assert times[0] == times[1] < times[2]


async def test_a_score_that_is_refused_at_once_is_not_sent_again(course: Course) -> None:
    course.services.instead["scores"] = lambda _: status(400)
    await add(course)
    await course.deliver()
    (score,) = await course.scores()
    assert (score.state, course.services.count("scores")) == (ScoreState.FAILED, 1)


async def test_a_platform_that_hangs_is_tried_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lti_requests, "PATIENCE_SECONDS", 0.3)

    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    course.services.instead["token"] = hang
    await add(course)
    await course.deliver()
    (score,) = await course.scores()
    assert score.state is ScoreState.WAITING
    assert "cannot be reached now" in score.problem


async def test_a_platform_that_was_removed_takes_its_scores_along(course: Course) -> None:
    await add(course)
    await course.pages.store.write(platforms.remove, course.platform.id)
    await course.deliver()
    assert await course.scores() == []


async def test_draining_waits_for_what_is_under_way_and_takes_nothing_more(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        held.set()
        await asyncio.sleep(0.1)
        return await course.services._score(request)

    course.services.instead["scores"] = slow
    await many(course, 6)
    delivery = second_delivery(course)
    work = asyncio.ensure_future(delivery.deliver())
    await held.wait()
    await delivery.drain(course.pages.app)
    await work
    assert len(course.services.scores) == 4
    states = [score.state.value for score in await course.scores()]
    assert sorted(states) == ["sent"] * 4 + ["waiting"] * 2


async def test_draining_has_an_end(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_delivery, "_DRAIN_SECONDS", 0.05)
    held = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        held.set()
        await asyncio.sleep(30)
        return web.Response()

    course.services.instead["scores"] = hang
    await add(course)
    delivery = second_delivery(course)
    work = asyncio.ensure_future(delivery.deliver())
    await held.wait()
    async with asyncio.timeout(2):
        await delivery.drain(course.pages.app)
        await work
    assert (await course.scores())[0].state is ScoreState.WAITING
