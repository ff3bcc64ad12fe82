"""The table of a course: nobody twice, the latest score counts."""

from proxy.core.gradebook import Gradebook, Mark, Person, latest
from proxy.core.lti_roles import CourseRole

STUDENT, TEACHER = CourseRole.STUDENT, CourseRole.TEACHER


def test_who_is_listed_and_was_here_is_one_row() -> None:
    for is_listed_first in (True, False):
        book = Gradebook()
        if is_listed_first:
            book.add_listed((1, "a"), "Ann Lee", STUDENT)
        book.add_arrived((1, "a"), Person("ann", STUDENT, "ann", 5.0))
        book.add_listed((1, "a"), "Ann Lee", STUDENT)
        assert book.rows() == [Person("Ann Lee", STUDENT, "ann", 5.0, is_listed=True)]


def test_the_same_subject_of_another_platform_is_somebody_else() -> None:
    book = Gradebook()
    book.add_listed((1, "a"), "Ann", STUDENT)
    book.add_listed((2, "a"), "Bob", STUDENT)
    assert [person.name for person in book.rows()] == ["Ann", "Bob"]


def test_a_name_that_the_platform_hides_stays_ours() -> None:
    book = Gradebook()
    book.add_arrived((1, "a"), Person("ann", STUDENT, "ann", 5.0))
    book.add_listed((1, "a"), "", STUDENT)
    assert book.rows()[0].name == "ann"


def test_the_latest_arrival_counts() -> None:
    book = Gradebook()
    book.add_arrived((1, "a"), Person("ann", STUDENT, "ann", 9.0))
    book.add_arrived((1, "a"), Person("ann", TEACHER, "ann", 5.0))
    assert (book.rows()[0].seen, book.rows()[0].role) == (9.0, STUDENT)


def test_teachers_come_first_and_previews_last() -> None:
    book = Gradebook()
    book.add_arrived((1, "p"), Person("A preview", STUDENT, "p", 1.0, is_preview=True))
    book.add_listed((1, "a"), "ann", STUDENT)
    book.add_listed((1, "b"), "Bob", STUDENT)
    book.add_listed((1, "z"), "Zoe", TEACHER)
    assert [person.name for person in book.rows()] == ["Zoe", "ann", "Bob", "A preview"]


def test_of_each_notebook_the_newest_mark_is_shown() -> None:
    new, old, other = (
        Mark("b", 2, 3, "waiting"),
        Mark("b", 1, 3, "sent"),
        Mark("a", 1, 1, "sent"),
    )
    assert latest([new, old, other]) == (other, new)
    book = Gradebook()
    book.add_arrived((1, "a"), Person("ann", STUDENT, "ann", 9.0))
    book.add_arrived((1, "b"), Person("bob", STUDENT, "bob", 9.0))
    book.add_marks({"ann": [new, old]})
    assert [person.marks for person in book.rows()] == [(new,), ()]
