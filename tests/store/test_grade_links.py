"""Where a score goes: to the person's own link of that very notebook."""

from dataclasses import replace

from proxy.store import grade_links
from proxy.store.database import Store
from proxy.store.memberships import CoursePlace
from tests.store.arrivals import ENTRY, add_platform, came, open_link
from tests.store.people import add_user


def test_the_link_is_ones_own_of_that_course_and_notebook(store: Store) -> None:
    ada, bob = add_user(store), add_user(store, "bob")
    platform = store.write_now(add_platform)
    number = store.write_now(open_link, came(ada, platform))
    find = grade_links.find
    found = store.read_now(find, ada.id, "stats", "week 1/means")
    assert found is not None
    assert found.id == number
    for wrong in ((bob.id, "stats", "week 1/means"), (ada.id, "other", "week 1/means")):
        assert store.read_now(find, *wrong) is None
    assert store.read_now(find, ada.id, "stats", "means") is None


def test_of_two_pages_the_one_that_was_opened_last(store: Store) -> None:
    ada = add_user(store)
    one = store.write_now(add_platform)
    two = store.write_now(add_platform, replace(ENTRY, client="client-8"))
    store.write_now(open_link, came(ada, two), 5.0)
    store.write_now(open_link, came(ada, one, context="c"), 6.0)
    last = store.read_now(grade_links.find, ada.id, "stats", "week 1/means")
    assert last is not None
    assert last.platform_id == one.id
    within = [CoursePlace(two.id, "course-1")]
    other = store.read_now(grade_links.find, ada.id, "stats", "week 1/means", within)
    assert other is not None
    assert other.platform_id == two.id
    assert store.read_now(grade_links.find, ada.id, "stats", "week 1/means", []) is None


def test_a_column_that_was_found_is_everybodys_of_that_link(store: Store) -> None:
    ada, bob, eve = (add_user(store, name) for name in ("ada", "bob", "eve"))
    platform = store.write_now(add_platform)
    for person, link in ((ada, "link-1"), (bob, "link-1"), (eve, "link-2")):
        store.write_now(open_link, came(person, platform, link=link))
    found = store.read_now(grade_links.find, ada.id, "stats", "week 1/means")
    assert found is not None
    store.write_now(grade_links.set_line_item, found, "https://lms.example.org/items/1")
    links = store.read_now(grade_links.list_of_course, "stats", None)
    assert [each.line_item[-7:] for each in links] == ["items/1", "items/1", ""]
