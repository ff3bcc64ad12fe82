import pytest

from proxy.core.origin_diagnosis import Origins, examine_origins, is_loopback, may_be_one_site


def told(*arguments) -> list[str]:
    return [finding.wrong for finding in examine_origins(Origins(*arguments)).findings]


@pytest.mark.parametrize(
    "origins",
    [
        ("http://127.0.0.1:3334", "http://127.0.0.1:3335"),
        ("http://localhost:3334", "http://localhost:3335"),
        ("https://sifu.example.org", "https://sifu.example.org:8443"),
        ("https://sifu.example.org", "https://notebooks.example.org"),
        ("https://sifu.example.org", "https://nb.example.org", ("https://lms.example.com",)),
    ],
)
def test_addresses_that_will_do_are_praised(origins):
    assert told(*origins) == []


def test_plain_http_beyond_this_machine_is_told_for_both():
    found = told("http://sifu.example.org", "http://sifu.example.org:3335")
    assert len(found) == 2
    assert "plain http" in found[0]


def test_a_frame_needs_https_even_on_this_machine():
    found = told("http://127.0.0.1:3334", "http://127.0.0.1:3335", ("https://lms.example.com",))
    assert len(found) == 2
    assert "SIFU_LMS_ORIGINS" in found[0]


def test_one_address_for_both_is_told():
    (found,) = told("https://sifu.example.org", "https://sifu.example.org")
    assert "share the address" in found


def test_http_beside_https_is_told():
    found = told("https://sifu.example.org", "http://127.0.0.1:3335")
    assert any("differ in http and https" in wrong for wrong in found)


def test_two_sites_are_advice_only():
    examination = examine_origins(Origins("https://a.example.org", "https://b.example.net"))
    (finding,) = examination.findings
    assert not finding.is_problem


@pytest.mark.parametrize("host", ["localhost", "x.localhost", "127.9.9.9", "::1"])
def test_loopback_is_recognised(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "localhost.example.org", "10.0.0.1", "127.0.0.1.example.org"])
def test_what_only_looks_like_loopback_is_not(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a.example.org", "b.example.org", True),
        ("example.org", "b.example.org", True),
        ("example.org", "example.com", False),
        ("10.1.2.3", "99.9.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("alpha", "beta", False),
    ],
)
def test_one_site_is_judged_by_the_last_two_labels(one, other, same):
    assert may_be_one_site(one, other) is same
