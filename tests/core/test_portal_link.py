from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.portal_link import (
    LEEWAY,
    LONGEST,
    LinkFault,
    PortalTarget,
    fault_of_link,
    read_target,
    sign,
)

NOW = 1_800_000_000.0
KEY, OLD_KEY = b"k" * 32, b"o" * 32
TARGET = PortalTarget("statistics", "week 1/means", "student-4711")
UNTIL = int(NOW) + 300


@pytest.mark.parametrize(
    "path",
    [
        "statistics/week%201/means/student-4711",
        "statistics/week%201/means.ipynb/student-4711",
        "statistics/week%201%2Fmeans/student-4711",
        "st%61tistics/week 1/means/student-4711",
    ],
)
def test_however_it_is_written_it_means_the_same(path):
    assert read_target(path) == TARGET


@pytest.mark.parametrize(
    "path",
    [
        "",
        "statistics",
        "statistics/ann",
        "statistics//ann",
        "/means/ann",
        "statistics/means/",
        "statistics/../ann",
        "statistics/%2e%2e/ann",
        "statistics/a/../b/ann",
        "statistics/./ann",
        "statistics/a//b/ann",
        "statistics/a%5cb/ann",
        "statistics/a%00/ann",
        "statistics/a%0ab/ann",
        "statistics/%ff/ann",
        "statistics/.ipynb/ann",
        "../means/ann",
        "statistics%2fx/means/ann",
        "statistics/means/..",
        "statistics/means/a%2fb",
        "statistics/%20/ann",
        "statistics/" + "a" * 1025 + "/ann",
        "statistics/a%E2%80%AEb/ann",
        "statistics/means/" + "a" * 256,
        ".ssh/means/ann",
        ".jupyter/a/ann",
        "%2essh/means/ann",
    ],
)
def test_what_is_no_plain_path_names_nothing(path):
    assert read_target(path) is None


def test_a_student_may_be_as_long_as_an_account_can_be_known_by():
    found = read_target("statistics/means/" + "%C3%A4" * 255)
    assert found is not None
    assert len(found.student) == 255


def fault(target=TARGET, until=str(UNTIL), signature=None, keys=(KEY,), now=NOW):
    made = sign(KEY, TARGET, UNTIL) if signature is None else signature
    return fault_of_link(target, until, made, keys, now)


def test_what_a_portal_signed_holds_with_each_of_its_keys():
    assert fault() is None
    assert fault(keys=(OLD_KEY, KEY)) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"target": PortalTarget("statistics", "week 1/means", "student-4712")}, "signature"),
        ({"target": PortalTarget("algebra", "week 1/means", "student-4711")}, "signature"),
        ({"target": PortalTarget("statistics/week 1", "means", "student-4711")}, "signature"),
        ({"until": str(UNTIL + 1)}, "signature"),
        ({"signature": ""}, "signature"),
        ({"signature": sign(OLD_KEY, TARGET, UNTIL)}, "signature"),
        ({"signature": sign(KEY, TARGET, UNTIL) + "="}, "signature"),
        ({"signature": "\ud800"}, "signature"),
        ({"keys": ()}, "signature"),
        ({"until": ""}, "times"),
        ({"until": "-1"}, "times"),
        ({"until": "1e9"}, "times"),
        ({"until": "\u0661"}, "times"),
        ({"until": "9" * 13}, "times"),
        ({"now": UNTIL + LEEWAY}, "expired"),
        ({"now": UNTIL - LONGEST - LEEWAY - 1}, "lifetime"),
    ],
)
def test_whatever_else_is_refused_with_its_reason(changes, reason):
    assert fault(**changes) is LinkFault(reason)


@given(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8), st.text(max_size=8))
def test_what_is_read_is_what_was_meant(course, notebook, student):
    found = read_target(f"{quote(course, safe='')}/{quote(notebook)}/{quote(student, safe='')}")
    if found is not None:
        assert (found.course, found.student) == (course, student)
        assert found.notebook == notebook.removesuffix(".ipynb")
