"""Who came by which page: the latest launch counts, nobody is there twice."""

from dataclasses import replace

from proxy.core.lti_launch import GradeService
from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, grade_links, memberships, platforms, users
from proxy.store.database import Store
from tests.store.arrivals import add_platform, came, open_link
from tests.store.people import add_user


def test_a_launch_is_remembered_once_and_the_latest_counts(store: Store) -> None:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    arrived = came(ada, platform)
    store.write_now(arrivals.remember, arrived, 5.0)
    number = store.write_now(open_link, arrived, 6.0)
    changed = came(ada, platform, link="link-2")
    assert store.write_now(open_link, changed, 7.0) == number
    (member,) = store.read_now(memberships.of_user, ada.id, "stats")
    assert (member.role, member.seen, member.title) == (CourseRole.STUDENT, 7.0, "Statistics")
    (link,) = store.read_now(grade_links.list_of_course, "stats", None)
    assert (link.id, link.resource_link, link.subject) == (number, "link-2", "subject-ada")


def test_a_teacher_has_a_membership_and_no_link(store: Store) -> None:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    store.write_now(arrivals.remember, came(ada, platform, role=CourseRole.TEACHER), 5.0)
    assert store.read_now(grade_links.list_of_course, "stats", None) == []
    assert store.read_now(memberships.of_user, ada.id, "stats")[0].role is CourseRole.TEACHER


def test_a_link_that_is_graded_no_more_is_left_as_it_was(store: Store) -> None:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    arrived = came(ada, platform)
    number = store.write_now(open_link, arrived)
    plain = replace(arrived, launch=replace(arrived.launch, grades=None))
    store.write_now(arrivals.remember, plain, 9.0)
    assert store.read_now(grade_links.list_of_course, "stats", None)[0].id == number


def test_a_platforms_column_is_kept_with_the_link(store: Store) -> None:
    ada = add_user(store)
    platform = store.write_now(add_platform)
    scopes = came(ada, platform).launch.grades
    assert scopes is not None
    grades = GradeService(scopes.scopes, "", "https://lms.example.org/items/1")
    store.write_now(open_link, came(ada, platform, grades=grades))
    (link,) = store.read_now(grade_links.list_of_course, "stats", None)
    assert (link.line_item, link.scopes) == ("https://lms.example.org/items/1", scopes.scopes)


def test_with_the_platform_or_the_person_everything_of_it_goes(store: Store) -> None:
    ada, bob = add_user(store), add_user(store, "bob")
    platform = store.write_now(add_platform)
    for person in (ada, bob):
        store.write_now(open_link, came(person, platform))
    store.write_now(users.remove, ada, 9.0)
    assert [each.user.slug for each in store.read_now(memberships.in_places, "stats", None)] == [
        "bob"
    ]
    store.write_now(platforms.remove, platform.id)
    assert store.read_now(memberships.in_places, "stats", None) == []
    assert store.read_now(grade_links.list_of_course, "stats", None) == []
