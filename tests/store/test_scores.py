"""The queue: of one piece of work one score waits, and nobody sends what somebody else sends."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from proxy.core.lti_messages import timestamp
from proxy.core.score_retry import ScoreState
from proxy.store import platforms, scores
from proxy.store.database import Store
from proxy.store.memberships import CoursePlace
from proxy.store.scores import KEPT, NewScore, Score
from tests.store.arrivals import ENTRY, add_platform, came, open_link
from tests.store.people import add_user

NOW = 1_800_000_000.0
NEW = NewScore(8.0, 10.0, "Good")


@pytest.fixture
def link(store: Store) -> int:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    return store.write_now(open_link, came(ada, platform))


def take(store: Store, now: float = NOW, most: int = 10, busy: tuple[int, ...] = ()) -> list[int]:
    taken = store.write_now(scores.take_due, now, most=most, lease=120.0, busy=busy)
    return [score.id for score in taken]


def found(store: Store, number: int) -> Score:
    score = store.read_now(scores.find, number)
    assert score is not None
    return score


def test_what_is_added_waits_and_knows_its_link(store: Store, link: int) -> None:
    score = found(store, store.write_now(scores.add, link, NEW, NOW))
    assert score.new == NEW
    assert (score.link.id, score.link.notebook, score.slug) == (link, "week 1/means", "ada")
    assert (score.state, score.attempts, score.next_try) == (ScoreState.WAITING, 0, NOW)


def test_a_newer_one_takes_the_place_and_is_later(store: Store, link: int) -> None:
    numbers = [store.write_now(scores.add, link, NEW, NOW) for _ in range(3)]
    states = [found(store, number).state.value for number in numbers]
    assert states == ["superseded", "superseded", "waiting"]
    times = [timestamp(found(store, number).made) for number in numbers]
    assert times == sorted(set(times))


def test_what_has_arrived_is_not_superseded(store: Store, link: int) -> None:
    first = store.write_now(scores.add, link, NEW, NOW)
    store.write_now(scores.mark_sent, first, NOW)
    store.write_now(scores.add, link, NEW, NOW)
    assert found(store, first).state is ScoreState.SENT


def test_what_was_taken_is_nobody_elses_until_its_time_is_over(store: Store, link: int) -> None:
    number = store.write_now(scores.add, link, NEW, NOW)
    made = found(store, number).made
    assert take(store) == [number]
    assert take(store) == take(store, NOW + 119) == []
    assert take(store, NOW + 120) == [number]
    assert (found(store, number).attempts, found(store, number).made) == (2, made)


def test_many_who_take_at_once_take_different_ones(store: Store) -> None:
    platform = store.write_now(add_platform)
    numbers = set()
    for position in range(12):
        person = add_user(store, f"p{position}")
        link = store.write_now(open_link, came(person, platform))
        numbers.add(store.write_now(scores.add, link, NEW, NOW))
    with ThreadPoolExecutor(4) as threads:
        taken = [
            number
            for batch in threads.map(lambda _: take(store, most=2), range(10))
            for number in batch
        ]
    assert sorted(taken) == sorted(numbers)


def test_of_a_link_that_is_busy_nothing_is_taken(store: Store, link: int) -> None:
    number = store.write_now(scores.add, link, NEW, NOW)
    assert take(store, busy=(link,)) == []
    assert take(store, busy=(link + 1,)) == [number]


def test_what_is_put_off_comes_back_then_and_what_failed_does_not(store: Store, link: int) -> None:
    number = store.write_now(scores.add, link, NEW, NOW)
    store.write_now(scores.put_off, number, "Away.", until=NOW + 10)
    assert take(store, NOW + 9) == []
    assert take(store, NOW + 10) == [number]
    store.write_now(scores.put_off, number, "No.", until=None)
    assert take(store, NOW + 10**6) == []
    assert (found(store, number).state, found(store, number).problem) == (ScoreState.FAILED, "No.")


def test_what_was_superseded_under_way_stays_so(store: Store, link: int) -> None:
    old = store.write_now(scores.add, link, NEW, NOW)
    take(store)
    new = store.write_now(scores.add, link, NEW, NOW)
    store.write_now(scores.mark_sent, old, NOW)
    store.write_now(scores.put_off, old, "No.", until=None)
    assert found(store, old).state is ScoreState.SUPERSEDED
    assert found(store, new).state is ScoreState.WAITING


def test_one_that_failed_is_tried_again_if_it_is_the_latest(store: Store, link: int) -> None:
    old = store.write_now(scores.add, link, NEW, NOW)
    store.write_now(scores.put_off, old, "No.", until=None)
    assert store.write_now(scores.retry, old, NOW + 99)
    again = found(store, old)
    assert (again.state, again.queued, again.attempts) == (ScoreState.WAITING, NOW + 99, 0)
    store.write_now(scores.put_off, old, "No.", until=None)
    new = store.write_now(scores.add, link, NEW, NOW)
    assert not store.write_now(scores.retry, old, NOW)
    store.write_now(scores.mark_sent, new, NOW)
    assert not store.write_now(scores.retry, new, NOW)
    assert not store.write_now(scores.retry, 4711, NOW)


def test_a_conflict_is_dated_anew(store: Store, link: int) -> None:
    number = store.write_now(scores.add, link, NEW, NOW)
    store.write_now(scores.put_off, number, "", until=NOW, made=NOW + 5)
    assert found(store, number).made == NOW + 5
    assert found(store, store.write_now(scores.add, link, NEW, NOW)).made > NOW + 5


def test_of_each_work_the_last_ones_are_kept(store: Store, link: int) -> None:
    numbers = [store.write_now(scores.add, link, NEW, NOW) for _ in range(KEPT + 5)]
    kept = store.read_now(scores.list_of_course, "stats", None)
    assert [score.id for score in kept] == numbers[:4:-1]


def test_the_latest_of_each_work_is_found_however_many_there_are(store: Store, link: int) -> None:
    bob = add_user(store, "bob")
    (platform_id,) = {found(store, store.write_now(scores.add, link, NEW, NOW)).link.platform_id}
    platform = store.read_now(platforms.find, platform_id)
    assert platform is not None
    others = [
        store.write_now(open_link, came(bob, platform, notebook=name, context="course-2"))
        for name in ("a", "b")
    ]
    numbers = [store.write_now(scores.add, each, NEW, NOW) for each in (*others, link, *others)]
    latest = store.read_now(scores.latest_of_course, "stats", None)
    assert [score.id for score in latest] == [numbers[4], numbers[3], numbers[2]]
    place = CoursePlace(platform_id, "course-1")
    own = store.read_now(scores.latest_of_course, "stats", [place])
    assert [score.id for score in own] == [numbers[2]]
    assert store.read_now(scores.latest_of_course, "other", None) == []


def test_lists_are_of_a_person_or_of_places(store: Store, link: int) -> None:
    bob = add_user(store, "bob")
    mine = found(store, store.write_now(scores.add, link, NEW, NOW))
    other = came(
        bob, store.write_now(add_platform, replace(ENTRY, client="client-8")), context="course-2"
    )
    store.write_now(scores.add, store.write_now(open_link, other), NEW, NOW)
    ada = mine.link.user_id
    assert [each.id for each in store.read_now(scores.list_of_person, ada)] == [mine.id]
    assert store.read_now(scores.list_of_person, ada, "other") == []
    assert store.read_now(scores.count_waiting, ada) == 1
    place = CoursePlace(mine.link.platform_id, "course-1")
    assert [each.id for each in store.read_now(scores.list_of_course, "stats", [place])] == [
        mine.id
    ]
    assert store.read_now(scores.list_of_course, "stats", []) == []
    assert len(store.read_now(scores.list_of_course, "stats", None)) == 2
