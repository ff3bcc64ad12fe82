import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.gateways import gateway_problem


@pytest.mark.parametrize(
    "url",
    [
        "http://gateway:8888",
        "https://gateway.example.org/base/path/",
        "http://10.0.0.1",
        "http://[::1]:8888/x",
        "http://localhost:1/~a_b-c.d",
    ],
)
def test_a_gateway_is_accepted(url):
    assert gateway_problem(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway:8888",
        "//gateway",
        "file:///etc/passwd",
        "unix:///run/sock",
        "HTTP://gateway",
        "http://",
        "http:///path",
        "http://:8888",
        "http://-x",
        "http://host:0",
        "http://host:65536",
        "http://host:port",
        "http://host?x=1",
        "http://host#x",
        "http://host/%2e%2e",
        "http://host/a b",
        "http://host/\n",
        "http://host\n",
        "http://hôte",
        "http://[::g]",
        "http://[:::::::]",
        "http://host\\evil",
        "http://host/" + "x" * 2000,
    ],
)
def test_what_is_no_gateway_is_refused(url):
    assert "looks like" in str(gateway_problem(url))


@pytest.mark.parametrize("url", ["http://user@host", "http://user:word@host", "http://a/@b"])
def test_credentials_are_refused_without_being_repeated(url):
    assert gateway_problem(url) == "A gateway's address may not hold a user name or password."


@given(st.text(st.characters(max_codepoint=127), max_size=4))
def test_nothing_that_a_configuration_could_misread_gets_in(tail):
    if gateway_problem("http://host/" + tail) is None:
        assert not set(tail) & set("%;\"'\\ \t\r\n\0,=@?#&$`")
