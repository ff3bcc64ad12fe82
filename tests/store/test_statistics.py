"""Who is a student: never staff; of a platform's teacher those of their own places alone."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql

from proxy.core.course import Course
from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.core.openings import DayLog
from proxy.store import (
    arrivals,
    course_peaks,
    course_people,
    courses,
    portal_members,
    statistics,
    users,
)
from proxy.store.course_peaks import Peak
from proxy.store.course_tables import course_days, course_notebooks
from proxy.store.memberships import CoursePlace
from proxy.store.statistics import KEPT_DAYS, WantedStatistics
from proxy.store.tables import memberships
from tests.store.arrivals import add_platform, came
from tests.store.people import add_user

DAY = 20_833
ALL = WantedStatistics("stats", DAY, DAY + 9, None)


def open_something(store, user: User, *, day: int = DAY, course: str = "stats", number: int = 1):
    log = DayLog()
    for at in range(number):
        log = log.with_opening(1, at * 20) or log

    def write(connection):
        if not connection.execute(select(course_notebooks)).first():
            row = {"id": 1, "course": "stats", "notebook": "week 1/means", "last": DAY * 86_400.0}
            connection.execute(insert(course_notebooks).values(row))
        row = {"course": course, "day": day, "user_id": user.id}
        row |= {"notebooks": log.notebooks, "times": log.times, "last": day * 86_400.0}
        connection.execute(insert(course_days).values(row))

    store.write_now(write)


def seen(store, wanted: WantedStatistics = ALL) -> dict[str, int]:
    found = store.read_now(statistics.look, wanted)
    return {each.person.slug: each.openings for each in found.students}


@pytest.fixture
def platform(store):
    return store.write_now(add_platform)


def test_students_by_any_way_are_counted_and_staff_by_none(store, platform):
    people = {
        name: add_user(store, name, admin=name == "root")
        for name in ("listed", "sent", "launched", "root", "teacher", "boss", "lecturer", "preview")
    }
    for name, role in (("listed", CourseRole.STUDENT), ("teacher", CourseRole.TEACHER)):
        store.write_now(course_people.set_role, "stats", people[name].id, role, 1.0)
    for name, role in (("sent", CourseRole.STUDENT), ("boss", CourseRole.TEACHER)):
        store.write_now(portal_members.remember, "p", people[name].id, "stats", role, 1.0)
    for name, role in (("launched", CourseRole.STUDENT), ("lecturer", CourseRole.TEACHER)):
        store.write_now(arrivals.remember, came(people[name], platform, role=role), 1.0)
    store.write_now(arrivals.remember, came(people["preview"], platform), 1.0)
    preview = memberships.c.user_id == people["preview"].id
    store.write_now(
        lambda connection: connection.execute(
            memberships.update().where(preview).values(is_preview=True)
        )
    )
    for user in people.values():
        open_something(store, user)
    assert seen(store) == {"listed": 1, "sent": 1, "launched": 1}


def test_who_became_a_teacher_is_not_counted_any_more(store):
    ada = add_user(store, "ada")
    open_something(store, ada)
    assert seen(store) == {"ada": 1}  # of a course that lists nobody
    store.write_now(course_people.set_role, "stats", ada.id, CourseRole.TEACHER, 2.0)
    assert seen(store) == {}


def test_a_teacher_by_a_platform_sees_the_people_of_their_own_places_alone(store, platform):
    people = {name: add_user(store, name) for name in ("ada", "bob", "eve", "sent")}
    for name, context in (("ada", "course-1"), ("bob", "course-2")):
        store.write_now(arrivals.remember, came(people[name], platform, context=context), 1.0)
    store.write_now(portal_members.remember_student, "p", people["sent"].id, "stats", 1.0)
    for user in people.values():
        open_something(store, user)
    own = (CoursePlace(platform.id, "course-1"),)
    assert seen(store, WantedStatistics("stats", DAY, DAY, own)) == {"ada": 1}
    assert seen(store, WantedStatistics("stats", DAY, DAY, ())) == {}
    assert set(seen(store)) == {"ada", "bob", "eve", "sent"}


def test_who_is_listed_and_opened_nothing_is_there(store):
    ada = add_user(store, "ada")
    store.write_now(course_people.set_role, "stats", ada.id, CourseRole.STUDENT, 1.0)
    assert seen(store) == {"ada": 0}


def test_the_days_and_the_course_that_are_wanted_and_no_others(store):
    ada = add_user(store, "ada")
    for day in (DAY - 1, DAY, DAY + 9, DAY + 10):
        open_something(store, ada, day=day)
    open_something(store, ada, course="other", number=5)
    found = store.read_now(statistics.look, ALL)
    assert found.openings == 2
    assert found.people_by_day == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_an_account_that_is_removed_is_not_counted(store):
    ada = add_user(store, "ada")
    open_something(store, ada)
    store.write_now(users.remove, ada, 5.0)
    assert seen(store) == {}


def test_the_newest_opening_tells_whether_something_changed(store):
    assert store.read_now(statistics.newest, "stats") == 0
    open_something(store, add_user(store, "ada"))
    assert store.read_now(statistics.newest, "stats") == DAY * 86_400
    assert store.read_now(statistics.newest, "other") == 0


def test_old_days_are_forgotten_in_pieces_and_notebooks_with_them(store):
    ada = add_user(store, "ada")
    for day in range(DAY, DAY + 5):
        open_something(store, ada, day=day)
    assert store.write_now(statistics.prune, DAY + 3, most=2) == 2
    assert store.write_now(statistics.prune, DAY + 3, most=2) == 1
    assert store.write_now(statistics.prune, DAY + 3, most=2) == 0
    assert store.read_now(statistics.look, ALL).people_by_day[:5] == [0, 0, 0, 1, 1]
    assert store.read_now(statistics.newest, "stats") == 0
    assert KEPT_DAYS > 3 * 365


def test_a_course_that_is_removed_leaves_nothing(store):
    open_something(store, add_user(store, "ada"))
    store.write_now(course_peaks.note, DAY, {"stats": Peak(1, 1)})
    store.write_now(courses.add, Course("stats", "https://git.example.org/s", 1.0))
    assert store.write_now(courses.remove, "stats")
    found = store.read_now(statistics.look, ALL)
    assert (found.openings, found.notebooks) == (0, [])
    assert store.read_now(course_peaks.find, "stats", DAY, DAY) == {}


def test_postgresql_is_asked_in_its_own_words(store):
    asked = []

    class Recorder:
        def execute(self, statement):
            asked.append(str(statement.compile(dialect=postgresql.dialect())))
            return []

    assert list(statistics._logs(Recorder(), ALL)) == []  # type: ignore[arg-type]
    assert "string_agg(course_days.notebooks, " in asked[0]
    assert "string_agg(CAST(course_days.day AS TEXT), " in asked[0]
    assert "GROUP BY course_days.user_id" in asked[0]


def test_the_days_of_a_month_are_found_by_the_key(store):
    plan = store.read_now(
        lambda connection: connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT user_id, group_concat(notebooks) FROM course_days "
            "WHERE course = 'stats' AND day BETWEEN 1 AND 2 GROUP BY user_id"
        ).fetchall()
    )
    assert "PRIMARY KEY (course=? AND day>? AND day<?)" in plan[0][3]
