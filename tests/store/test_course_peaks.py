from proxy.core.lti_roles import CourseRole
from proxy.store import course_peaks, course_people
from proxy.store.course_peaks import Peak
from tests.store.people import add_user
from tests.store.test_statistics import DAY, open_something


def test_a_day_keeps_the_most_of_each(store):
    for peak in (Peak(3, 9), Peak(5, 2), Peak(0, 0)):
        store.write_now(course_peaks.note, DAY, {"stats": peak})
    store.write_now(course_peaks.note, DAY + 1, {"stats": Peak(1, 1)})
    found = store.read_now(course_peaks.find, "stats", DAY, DAY + 1)
    assert found == {DAY: Peak(5, 9), DAY + 1: Peak(1, 1)}
    assert store.read_now(course_peaks.find, "other", DAY, DAY) == {}
    store.write_now(course_peaks.forget, DAY + 1)
    assert set(store.read_now(course_peaks.find, "stats", 0, DAY + 9)) == {DAY + 1}


def test_at_work_is_who_opened_something_since_and_is_no_staff(store):
    people = {name: add_user(store, name, admin=name == "root") for name in ("ada", "bob", "root")}
    teacher = add_user(store, "teacher")
    store.write_now(course_people.set_role, "stats", teacher.id, CourseRole.TEACHER, 1.0)
    for user in (people["ada"], people["root"], teacher):
        open_something(store, user)
    open_something(store, people["bob"], day=DAY - 1)
    open_something(store, people["ada"], course="physics", day=DAY + 1)
    slugs = ["ada", "bob", "root", "teacher", "gone"]
    found = store.read_now(course_peaks.courses_at_work, slugs, DAY)
    assert found == {"stats": {"ada"}, "physics": {"ada"}}
    assert store.read_now(course_peaks.courses_at_work, [], DAY) == {}


def test_more_people_than_a_statement_takes(store):
    ada = add_user(store, "ada")
    open_something(store, ada)
    many = [f"nobody-{at}" for at in range(1200)] + ["ada"]
    assert store.read_now(course_peaks.courses_at_work, many, DAY) == {"stats": {"ada"}}
