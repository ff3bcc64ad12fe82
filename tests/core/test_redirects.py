"""Open redirects: where `next=` may lead."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.redirects import safe_next

HOSTILE = [
    "",
    "evil",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example/",
    "javascript:alert(1)",
    "JaVaScRiPt://x%0aalert(1)",
    "data:text/html,x",
    "?next=//evil.example",
    "@evil.example",
    "/open//evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/a\r\nSet-Cookie: x=y",
    "/a\x85b",
    "/／evil.example",  # noqa: RUF001 (a full-width slash is the hazard)
    "／／evil.example",  # noqa: RUF001
    "/a b",
    '/"><script>',
    "/a#//evil.example",
    "/\u2028",
    "/" + "a" * 5000,
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_next_leads_home(hostile: str) -> None:
    assert safe_next(hostile) == "/"


@pytest.mark.parametrize(
    "good",
    [
        "/",
        "/open/ada/home/lab",
        "/open/ada/home/lab/tree/a%20b/%C3%BC.ipynb?reset&x=1+2",
        "/start/ada/home?next=lab/tree/x%3Fy",
        "/open/ada/home/files/[1].txt",
        "/%2F/evil.example",
        "/@evil.example",
        "/a:b@c",
    ],
)
def test_a_path_of_ours_is_kept_byte_for_byte(good: str) -> None:
    assert safe_next(good) == good


def test_no_next_leads_home() -> None:
    assert safe_next(None) == "/"


@given(st.text() | st.text(alphabet="/\\.:@?#%&evil\t\r\n ", max_size=12).map("/{}".format))
def test_nothing_leads_off_the_site(text: str) -> None:
    origin = "https://sifu.example.org"
    there = urlsplit(urljoin(origin + "/sign-in", safe_next(text)))
    assert f"{there.scheme}://{there.netloc}" == origin
    assert safe_next(text).isprintable()
