"""Counting: staff and strangers never, the order of the course, days without anybody."""

from proxy.core.course import Course, Outline, Track, TrackNotebook
from proxy.core.course_statistics import (
    Logs,
    NotebookCount,
    Person,
    Statistics,
    StudentCount,
    count_logs,
    in_reading_order,
    titles_of,
)
from proxy.core.openings import DayLog

ADA, BOB = Person("ada", "Ada"), Person("bob", "bob")
NAMES = {1: "week 10/loops", 2: "week 2/lists", 3: "intro"}


def log(*openings: tuple[int, int]) -> DayLog:
    made = DayLog()
    for notebook, minute in openings:
        longer = made.with_opening(notebook, minute)
        assert longer is not None
        made = longer
    return made


def logs_of(*days: tuple[int, dict[int, DayLog]]) -> list[Logs]:
    """Put everybody's days together, as the database does."""
    found: dict[int, list[tuple[int, DayLog]]] = {}
    for day, logs in days:
        for user, each in logs.items():
            found.setdefault(user, []).append((day, each))
    return [
        Logs(
            user,
            " ".join(each.notebooks for _, each in mine),
            "".join(each.times for _, each in mine),
            " ".join(str(day) for day, _ in mine),
            mine[-1][0] * 86_400.0,
        )
        for user, mine in found.items()
    ]


def counted(logs: list[Logs], *order: str, students: dict[int, Person] | None = None) -> Statistics:
    known = {1: ADA, 2: BOB} if students is None else students
    return count_logs(logs, first=10, last=13, students=known, notebooks=NAMES, order=order)


def test_each_number_of_a_small_course():
    found = counted(
        logs_of(
            (10, {1: log((1, 60), (2, 61), (1, 600))}),
            (12, {1: log((1, 1439)), 2: log((2, 0))}),
        )
    )
    assert found.people_by_day == [1, 0, 2, 0]
    assert [(hour, number) for hour, number in enumerate(found.openings_by_hour) if number] == [
        (0, 1),
        (1, 2),
        (10, 1),
        (23, 1),
    ]
    assert found.students == [
        StudentCount(ADA, 4, 2, 2, 12 * 86_400),
        StudentCount(BOB, 1, 1, 1, 12 * 86_400),
    ]
    assert found.notebooks == [
        NotebookCount("week 2/lists", 2, 2),
        NotebookCount("week 10/loops", 1, 3),
    ]
    assert found.cells == [[1, 3], [1, 0]]
    assert (found.openings, found.active, found.opened) == (5, 2, 2)


def test_who_is_no_student_is_not_counted_anywhere():
    found = counted(logs_of((10, {9: log((1, 60))})))
    assert (found.openings, found.active, found.opened) == (0, 0, 0)
    assert found.people_by_day == [0, 0, 0, 0]


def test_the_course_says_the_order_and_lists_what_nobody_opened():
    found = counted(logs_of((10, {1: log((3, 60), (2, 60))})), "week 10/loops", "never opened")
    names = [each.name for each in found.notebooks]
    assert names == ["week 10/loops", "never opened", "intro", "week 2/lists"]
    assert found.cells[0] == [0, 0, 1, 1]


def test_what_others_opened_is_not_even_named():
    found = counted(logs_of((10, {1: log((3, 60)), 9: log((1, 60))})))
    assert [each.name for each in found.notebooks] == ["intro"]
    assert found.cells == [[1], [0]]


def test_a_notebook_whose_name_was_forgotten_counts_for_its_student_alone():
    found = counted(logs_of((10, {1: log((99, 60), (3, 60))})))
    assert found.students[0].openings == 2
    assert found.students[0].notebooks == 1
    assert sum(each.openings for each in found.notebooks) == 1
    assert found.cells == [[1], [0]]


def test_a_course_without_students_or_notebooks():
    found = count_logs([], first=10, last=10, students={}, notebooks={})
    assert (found.cells, found.notebooks, found.people_by_day) == ([], [], [0])
    assert [each.name for each in counted([], "a", "b", students={}).notebooks] == ["a", "b"]


def test_two_of_one_name_stay_two():
    twins = {1: Person("ada", "Ada"), 2: Person("ada-2", "Ada")}
    found = counted(logs_of((10, {2: log((1, 1))})), students=twins)
    assert [each.person.slug for each in found.students] == ["ada-2", "ada"]


def test_weeks_are_sorted_as_people_count():
    names = ["w10", "w2", "W1", "w1", "2", "10", "", "w2/b", "²", "9" * 50]
    ordered = in_reading_order(names)
    assert ordered.index("w2") < ordered.index("w10")
    assert ordered.index("2") < ordered.index("10")
    assert sorted(ordered) == sorted(names)


def test_what_a_course_calls_its_notebooks():
    listed = (TrackNotebook("w1/intro.ipynb", "Begin here"), TrackNotebook("w1/text.md", "Text"))
    outline = Outline(tracks=(Track("Week 1", listed),))
    entry = Course("python", "https://git.example.org/p", 1.0, outline=outline)
    assert titles_of(entry) == {"w1/intro": "Begin here", "w1/text": "Text"}
    assert titles_of(None) == {}
