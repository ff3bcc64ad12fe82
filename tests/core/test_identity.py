import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.identity import RESERVED_OWNERS, SHARED, SLUG, ServerName, helped_server


@pytest.mark.parametrize(
    ("owner", "workspace"),
    [
        ("", "home"),
        ("ada", ""),
        ("Ada", "home"),
        ("-ada", "home"),
        ("ada-", "home"),
        ("a.b", "home"),
        ("a/b", "home"),
        ("..", "home"),
        ("ada", "home\n"),
        ("ädä", "home"),
        ("ada", "h" * 49),
        ("\u0661", "home"),
    ],
)
def test_what_is_no_slug_names_no_server(owner, workspace):
    assert ServerName.parse(owner, workspace) is None


def test_a_name_stands_in_paths_and_programs():
    name = ServerName.parse("ada", "home")
    assert name is not None
    assert name.prefix == "/user/ada/home/"
    assert name.program == "ada.home"
    assert str(name) == "ada/home"


@given(st.from_regex(SLUG, fullmatch=True), st.from_regex(SLUG, fullmatch=True))
def test_every_name_is_safe_wherever_it_is_written_and_read_back_whole(owner, workspace):
    name = ServerName.parse(owner, workspace)
    assert name is not None
    assert name.program.split(".") == [owner, workspace]
    assert name.prefix.split("/") == ["", "user", owner, workspace, ""]
    assert not set(str(name)) & set(" \\%?#;:'\"\n\0")


@given(st.text(max_size=60))
def test_a_parsed_name_is_a_slug_and_nothing_more(text):
    assert (ServerName.parse(text, "home") is None) == (SLUG.fullmatch(text) is None)


def test_the_shared_servers_owner_is_nobody():
    assert SHARED.owner in RESERVED_OWNERS


def test_what_a_helping_session_names_is_its_server_or_none_that_opens():
    assert helped_server("") is None
    assert helped_server("ada/home") == ServerName("ada", "home")
    for text in ("ada", "/", "ada/home/x", "../home"):
        assert helped_server(text) is not None
        assert ServerName.parse(*text.split("/", 1)) is None if "/" in text else True
