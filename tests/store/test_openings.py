"""Openings as relays write them: whose they are, once, and nobody's who is not in the course."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import insert, select

import proxy.core.openings
from proxy.core.course import Course, Enrolment
from proxy.core.events import Event, EventKind
from proxy.core.identity import SHARED, ServerName
from proxy.core.lti_roles import CourseRole
from proxy.core.openings import DayLog, day_and_minute
from proxy.store import course_people, courses, events, portal_members, sessions, users
from proxy.store.course_tables import course_days, course_notebooks
from proxy.store.events import Wanted
from proxy.store.openings import Opening, note_closed, note_lost, note_openings
from proxy.store.sqlite_file import SqliteFile
from tests.store.people import add_user

HOME = ServerName("ada", "home")
AT = 20_833 * 86_400 + 36_000.0
DAY, MINUTE = day_and_minute(AT)
INTRO = Opening("python", "w1/intro", "s-ada", HOME, AT)


@pytest.fixture
def course(store):
    """`ada` learns in “python”, `bob` does not; both are signed in."""
    made = Course("python", "https://git.example.org/p", 1.0)
    store.write_now(courses.add, made)
    for name in ("ada", "bob"):
        user = add_user(store, name)
        store.write_now(
            sessions.open_session,
            session_id=f"s-{name}",
            secret_hash=name,
            user_id=user.id,
            now=1.0,
            expires=AT * 2,
        )
        if name == "ada":
            store.write_now(course_people.set_role, "python", user.id, CourseRole.STUDENT, 1.0)
    return made


def told(store, kind=EventKind.OPENED) -> list[Event]:
    return [each.event for each in store.read_now(events.find, Wanted(kind=kind), limit=99)]


def days(store) -> dict[tuple[str, int, str], list[tuple[str, int]]]:
    """Return by course, day and person which notebooks were opened at which minute."""

    def read(connection):
        names = {row.id: row.notebook for row in connection.execute(select(course_notebooks))}
        slugs = {user.id: user.slug for user in users.list_all(connection)}
        return {
            (row.course, row.day, slugs[row.user_id]): [
                (names[number], minute) for number, minute in DayLog(row.notebooks, row.times)
            ]
            for row in connection.execute(select(course_days))
        }

    found: dict[tuple[str, int, str], list[tuple[str, int]]] = store.read_now(read)
    return found


def test_an_opening_is_an_event_and_stands_in_the_day(store, relay_store, course):
    assert relay_store.write_now(note_openings, [INTRO]) == 1
    about = {"notebook": "w1/intro"}
    assert told(store) == [Event(AT, EventKind.OPENED, "ada", "ada/home", "python", about)]
    assert days(store) == {("python", DAY, "ada"): [("w1/intro", MINUTE)]}


def test_what_two_relays_tell_is_told_once(store, relay_store, course):
    for late in (0, 3, 899):
        relay_store.write_now(note_openings, [replace(INTRO, at=AT + late)])
    assert len(told(store)) == 1
    assert relay_store.write_now(note_openings, [replace(INTRO, at=AT + 900)]) == 1
    assert days(store)["python", DAY, "ada"] == [("w1/intro", MINUTE), ("w1/intro", MINUTE + 15)]


def test_relays_that_write_at_the_same_moment_lose_nothing(store, path, course):
    relays = [SqliteFile(path) for _ in range(4)]
    together = Barrier(len(relays))

    def write(number: int) -> int:
        together.wait()
        mine = [replace(INTRO, notebook=f"own {number} {at}") for at in range(10)]
        return sum(relays[number].write_now(note_openings, [INTRO, opening]) for opening in mine)

    with ThreadPoolExecutor(len(relays)) as threads:
        counted = sum(threads.map(write, range(len(relays))))
    for relay in relays:
        relay.close()
    assert counted == len(told(store)) == len(days(store)["python", DAY, "ada"]) == 41


def test_a_transaction_that_fails_leaves_neither_event_nor_day(store, relay_store, course):
    def fail(execute):
        note_openings(execute, [INTRO])
        raise ValueError("killed here")

    with pytest.raises(ValueError, match="killed here"):
        relay_store.write_now(fail)
    assert (told(store), days(store)) == ([], {})


def test_a_day_border_begins_a_new_day(store, relay_store, course):
    midnight = float((DAY + 1) * 86_400)
    for at in (midnight - 1, midnight):
        relay_store.write_now(note_openings, [replace(INTRO, at=at)])
    assert days(store) == {
        ("python", DAY, "ada"): [("w1/intro", 1439)],
        ("python", DAY + 1, "ada"): [("w1/intro", 0)],
    }


def test_a_clock_that_was_set_back_is_no_error(store, relay_store, course):
    for at in (AT, AT - 300, AT - 7200):
        relay_store.write_now(note_openings, [replace(INTRO, at=at)])
    assert days(store)["python", DAY, "ada"] == [("w1/intro", MINUTE), ("w1/intro", MINUTE - 120)]
    newest = store.read_now(lambda connection: connection.execute(select(course_notebooks)).one())
    assert newest.last == AT
    day = store.read_now(lambda connection: connection.execute(select(course_days)).one())
    assert day.last == AT


def test_a_folder_that_is_no_course_is_nobodys_business(store, relay_store, course):
    assert relay_store.write_now(note_openings, [replace(INTRO, course="diary")]) == 0
    assert (told(store), days(store)) == ([], {})


def test_a_stranger_with_a_folder_of_that_name_is_not_counted(store, relay_store, course):
    stranger = replace(INTRO, session_id="s-bob", server=ServerName("bob", "home"))
    assert relay_store.write_now(note_openings, [stranger]) == 0
    assert days(store) == {}
    store.write_now(courses.put, replace(course, enrolment=Enrolment.OPEN))
    assert relay_store.write_now(note_openings, [stranger]) == 1


def test_a_portal_brings_people_into_a_course_that_is_in_no_table(store, relay_store, course):
    bob = store.read_now(users.find, "bob")
    store.write_now(portal_members.remember_student, "school", bob.id, "placed", 1.0)
    opening = Opening("placed", "a", "s-bob", ServerName("bob", "home"), AT)
    assert relay_store.write_now(note_openings, [opening]) == 1


def test_a_teacher_who_helps_is_an_event_and_no_opening_of_the_student(store, relay_store, course):
    bob = store.read_now(users.find, "bob")
    store.write_now(course_people.set_role, "python", bob.id, CourseRole.TEACHER, 1.0)
    assert relay_store.write_now(note_openings, [replace(INTRO, session_id="s-bob")]) == 0
    (event,) = told(store)
    assert (event.user, event.server) == ("bob", "ada/home")
    assert days(store) == {}


def test_in_a_shared_workspace_each_is_counted_as_themselves(store, relay_store, course):
    assert relay_store.write_now(note_openings, [replace(INTRO, server=SHARED)]) == 1


def test_a_session_that_is_gone_is_nobody(store, relay_store, course):
    assert relay_store.write_now(note_openings, [replace(INTRO, session_id="gone")]) == 0
    relay_store.write_now(note_closed, "gone", HOME, 1.0, AT)
    assert told(store) == told(store, EventKind.CLOSED) == []


def test_words_of_sql_are_a_name_like_any(store, relay_store, course):
    evil = "'); DROP TABLE users; -- :course %s {}"
    assert relay_store.write_now(note_openings, [replace(INTRO, notebook=evil)]) == 1
    assert days(store)["python", DAY, "ada"] == [(evil, MINUTE)]


def test_who_leaves_closes_the_courses_they_opened_meanwhile(store, relay_store, course):
    other = replace(course, name="physics", enrolment=Enrolment.OPEN)
    store.write_now(courses.add, other)
    relay_store.write_now(
        note_openings,
        [replace(INTRO, at=AT - 7200), replace(INTRO, course="physics", at=AT)],
    )
    relay_store.write_now(note_closed, "s-ada", HOME, AT - 30, AT + 600)
    closed = told(store, EventKind.CLOSED)
    assert [(each.course, each.at, each.server) for each in closed] == [
        ("physics", AT + 600, "ada/home")
    ]
    relay_store.write_now(note_closed, "s-ada", HOME, AT - 8000, AT + 700)
    assert {each.course for each in told(store, EventKind.CLOSED)} == {"physics", "python"}


def test_who_opened_nothing_of_a_course_leaves_without_one(store, relay_store, course):
    relay_store.write_now(note_closed, "s-ada", HOME, AT, AT + 600)
    assert told(store, EventKind.CLOSED) == [Event(AT + 600, EventKind.CLOSED, "ada", "ada/home")]


def test_who_leaves_after_midnight_closes_what_they_opened_before(store, relay_store, course):
    midnight = float((DAY + 1) * 86_400)
    relay_store.write_now(note_openings, [replace(INTRO, at=midnight - 60)])
    relay_store.write_now(note_closed, "s-ada", HOME, midnight - 100, midnight + 900)
    assert [each.course for each in told(store, EventKind.CLOSED)] == ["python"]


def test_a_helper_who_leaves_closes_no_course_of_theirs(store, relay_store, course):
    relay_store.write_now(note_openings, [INTRO])
    relay_store.write_now(note_closed, "s-ada", ServerName("bob", "home"), AT - 30, AT)
    assert [each.course for each in told(store, EventKind.CLOSED)] == [""]


def test_lost_openings_are_told(store, relay_store, course):
    relay_store.write_now(note_lost, 17, AT)
    (event,) = told(store, EventKind.EVENTS_LOST)
    assert event.about == {"number": "17"}


def test_an_account_that_is_removed_takes_its_days_along(store, relay_store, course):
    relay_store.write_now(note_openings, [INTRO])
    store.write_now(users.remove, store.read_now(users.find, "ada"), AT)
    assert days(store) == {}


def test_a_notebook_number_is_never_another_notebooks(store, relay_store, course):
    def forget(connection):
        connection.execute(course_notebooks.delete())
        row = {"course": "python", "notebook": "another", "last": 1.0}
        return connection.execute(insert(course_notebooks).values(row)).inserted_primary_key[0]

    relay_store.write_now(note_openings, [INTRO])
    assert store.write_now(forget) > 1


def test_a_full_day_keeps_no_more_names(store, relay_store, course, monkeypatch):
    """A person's own server says what it likes of what is opened there."""
    monkeypatch.setattr(proxy.core.openings, "MOST_A_DAY", 3)
    for number in range(9):
        relay_store.write_now(note_openings, [replace(INTRO, notebook=f"junk {number}")])
    kept = store.read_now(lambda connection: list(connection.execute(select(course_notebooks))))
    assert len(kept) == 3
