import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.lti_launch import Launch, MessageType, Registration, read_launch
from tests.core.launches import (
    CLIENT,
    GONE,
    GRADES,
    ISSUER,
    LTI,
    NAMES,
    NONCE,
    NOW,
    TARGET,
    bad_launches,
    changed,
    deep_linking,
    good_claims,
)

KNOWN = Registration(ISSUER, CLIENT, frozenset({"1"}), frozenset({TARGET}))
BAD = bad_launches()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def read(claims):
    return read_launch(claims, KNOWN, nonce=NONCE, now=NOW)


def test_a_good_launch_says_who_where_and_what():
    found = read(good_claims())
    assert isinstance(found, Launch)
    assert found.message is MessageType.RESOURCE
    assert (found.issuer, found.client, found.deployment) == (ISSUER, CLIENT, "1")
    assert (found.subject, found.name, found.email) == ("person-1", "Ann Lee", "ann@example.org")
    assert (found.resource_link, found.context) == ("link-1", "course-1")
    assert found.context_title == "Statistics"
    assert found.parameters == {"notebook": "week 1/means.ipynb"}
    assert (found.deep_linking, found.grades, found.members_url) == (None, None, "")


def test_there_are_many_ways_to_be_bad():
    assert len(BAD) >= 80


@pytest.mark.parametrize(
    ("claims", "word"),
    bad_launches(),
    ids=[f"{n}-{word}" for n, (_, word) in enumerate(bad_launches())],
)
def test_whatever_is_wrong_is_refused_with_its_own_reason(claims, word):
    found = read(claims)
    assert not isinstance(found, Launch)
    assert found.value == word


def test_a_nonce_that_nobody_gave_out_is_no_nonce():
    assert not isinstance(read_launch(changed({"nonce": ""}), KNOWN, nonce="", now=NOW), Launch)


def test_what_comes_first_is_what_is_said():
    claims = changed({"aud": "other", "nonce": GONE, LTI + "version": "x"})
    assert read(claims).value == "audience"


def test_a_teacher_who_chooses_is_told_where_to_answer():
    found = read(changed(deep_linking(accept_multiple=True)))
    assert isinstance(found, Launch)
    assert found.deep_linking is not None
    assert found.deep_linking.return_url == f"{ISSUER}/return"
    assert found.deep_linking.data == "opaque"
    assert found.deep_linking.takes_many


def test_services_are_kept_if_they_are_https():
    endpoint = {"scope": ["a", 7], "lineitems": f"{ISSUER}/items", "lineitem": "ftp://x/y"}
    names = {"context_memberships_url": f"{ISSUER}/members"}
    found = read(changed({GRADES: endpoint, NAMES: names}))
    assert isinstance(found, Launch)
    assert found.grades is not None
    assert (found.grades.line_items, found.grades.line_item) == (f"{ISSUER}/items", "")
    assert found.grades.scopes == {"a"}
    assert found.members_url == f"{ISSUER}/members"


@pytest.mark.parametrize(
    "service", [{}, [], "x", {"scope": "a"}, {"scope": []}, {"scope": [], "lineitems": "/items"}]
)
def test_a_service_without_an_address_is_none(service):
    found = read(changed({GRADES: service, NAMES: service}))
    assert isinstance(found, Launch)
    assert (found.grades, found.members_url) == (None, "")


@pytest.mark.parametrize("value", [7, ["Ann"], "A" * 256, "An\x00n", None])
def test_a_name_that_is_no_line_of_text_is_left_out(value):
    found = read(changed({"name": value, "email": value, LTI + "context": value}))
    assert isinstance(found, Launch)
    assert (found.name, found.email, found.context) == ("", "", "")


@given(st.sampled_from(sorted(good_claims())), JSON)
def test_whatever_a_platform_writes_there_is_an_answer(name, value):
    read(good_claims() | {name: value})
