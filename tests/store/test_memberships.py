"""Roles hold in their place and nowhere else."""

from dataclasses import replace

from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, memberships
from proxy.store.database import Store
from proxy.store.memberships import CoursePlace, taught
from tests.store.arrivals import ENTRY, add_platform, came
from tests.store.people import add_user

TEACHER = CourseRole.TEACHER


def test_a_teacher_of_one_page_is_nobody_in_another(store: Store) -> None:
    ada, bob, eve = (add_user(store, name) for name in ("ada", "bob", "eve"))
    one = store.write_now(add_platform)
    two = store.write_now(add_platform, replace(ENTRY, client="client-8"))
    for arrived in (
        came(ada, one, role=TEACHER),
        came(bob, one),
        came(eve, one, context="course-2"),
        came(eve, two),
    ):
        store.write_now(arrivals.remember, arrived, 5.0)
    own = store.read_now(memberships.of_user, ada.id, "stats")
    places = taught(own)
    assert places == [CoursePlace(one.id, "course-1")]
    seen = store.read_now(memberships.in_places, "stats", places)
    assert {each.user.slug for each in seen} == {"ada", "bob"}
    everybody = store.read_now(memberships.in_places, "stats", None)
    assert len(everybody) == 4
    assert store.read_now(memberships.in_places, "stats", []) == []
    assert store.read_now(memberships.of_user, ada.id, "other") == []


def test_without_a_context_nobody_is_a_teacher_of_others(store: Store) -> None:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    store.write_now(arrivals.remember, came(ada, platform, role=TEACHER, context=""), 5.0)
    assert taught(store.read_now(memberships.of_user, ada.id, "stats")) == []


def test_ones_courses_are_listed_once_each(store: Store) -> None:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    for course, context in (("b", "1"), ("a", "1"), ("b", "2"), ("", "1")):
        arrived = came(ada, platform, course=course, context=context)
        store.write_now(arrivals.remember, arrived, 5.0)
    assert store.read_now(memberships.courses_of, ada.id) == ["a", "b"]


def test_the_latest_comes_first(store: Store) -> None:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    for number, context in enumerate(("a", "b")):
        store.write_now(arrivals.remember, came(ada, platform, context=context), float(number))
    found = store.read_now(memberships.of_user, ada.id, "stats")
    assert [each.place.context for each in found] == ["b", "a"]
