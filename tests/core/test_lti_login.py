import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.lti_login import (
    LoginAsk,
    LoginFault,
    authorization_address,
    choose_platform,
    origin_of,
    parameters_of,
    read_login,
)
from proxy.core.lti_platform import Platform, PlatformEntry
from tests.hostile_targets import hostile_targets

TARGET = "https://sifu.example.org/lti/launch"
GOOD = {
    "iss": "https://lms.example.org",
    "login_hint": "17",
    "target_link_uri": TARGET,
    "client_id": "client-7",
    "lti_deployment_id": "1",
    "lti_message_hint": '{"cmid":7}',
    "lti_storage_target": "_parent",
}
ENTRY = PlatformEntry(
    issuer="https://lms.example.org",
    client="client-7",
    title="Courses",
    authorization="https://lms.example.org/auth",
    token="https://lms.example.org/token",
    keys="https://lms.example.org/keys",
    deployments=("1", "2"),
)
PLATFORM = Platform(1, ENTRY, 0.0)


def read(**changes):
    said = {name: text for name, text in (GOOD | changes).items() if text is not None}
    return read_login(list(said.items()), TARGET)


def test_a_login_says_who_asks_and_for_whom():
    assert read() == LoginAsk(
        "https://lms.example.org", "17", "client-7", "1", '{"cmid":7}', "_parent"
    )


def test_only_three_parameters_are_needed():
    needed = [(name, GOOD[name]) for name in ("iss", "login_hint", "target_link_uri")]
    assert read_login(needed, TARGET) == LoginAsk("https://lms.example.org", "17")


def test_what_we_do_not_know_is_not_looked_at():
    pairs = [*GOOD.items(), ("canvas_region", "x"), ("canvas_region", "\x00" * 9000)]
    assert isinstance(read_login(pairs, TARGET), LoginAsk)


@pytest.mark.parametrize("name", GOOD)
def test_what_comes_twice_is_refused(name):
    pairs = [*GOOD.items(), (name, GOOD[name])]
    assert read_login(pairs, TARGET) is LoginFault.DOUBLED


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("text", ["x" * 5000, "a\x00b", "a\nb", "\ud800"])
def test_what_is_too_long_or_no_line_of_text_is_refused(name, text):
    assert read(**{name: text}) is LoginFault.PARAMETER


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("iss", LoginFault.ISSUER),
        ("login_hint", LoginFault.LOGIN_HINT),
        ("target_link_uri", LoginFault.TARGET),
    ],
)
def test_what_is_needed_must_be_there(name, fault):
    assert read(**{name: None}) is fault
    assert read(**{name: ""}) is fault


@pytest.mark.parametrize("frame", ["a b", "a/b", "javascript:x", "*", "x" * 64 + "y", "é"])
def test_a_frame_that_could_have_no_such_name_is_refused(frame):
    assert read(lti_storage_target=frame) in {LoginFault.STORAGE, LoginFault.PARAMETER}


def test_no_other_target_than_ours_is_taken():
    tried = list(hostile_targets())
    assert len(tried) >= 300
    variants = [TARGET + "/", TARGET + "?x=1", TARGET + "#x", TARGET.upper(), f" {TARGET}"]
    for hostile in [*tried, *variants, *(TARGET + each for each in tried)]:
        found = read(target_link_uri=hostile)
        assert found in {LoginFault.TARGET, LoginFault.PARAMETER}, hostile


def test_one_platform_is_meant_or_none():
    ask = read()
    assert isinstance(ask, LoginAsk)
    assert choose_platform([PLATFORM], ask) == PLATFORM
    assert choose_platform([], ask) is LoginFault.PLATFORM
    assert choose_platform([PLATFORM, Platform(2, ENTRY, 0.0)], ask) is LoginFault.CLIENT


def test_a_deployment_that_is_named_must_be_registered():
    for deployment, expected in (("2", PLATFORM), ("", PLATFORM), ("3", LoginFault.DEPLOYMENT)):
        ask = read(lti_deployment_id=deployment)
        assert isinstance(ask, LoginAsk)
        assert choose_platform([PLATFORM], ask) == expected


def test_the_way_to_the_platform_keeps_what_its_address_has():
    ask = read()
    assert isinstance(ask, LoginAsk)
    entry = PlatformEntry(
        **{name: getattr(ENTRY, name) for name in ENTRY.__slots__ if name != "authorization"},
        authorization="https://lms.example.org/auth?tenant=a%20b",
    )
    address = authorization_address(entry, ask, target=TARGET, state="s&t", nonce="n")
    assert address.startswith("https://lms.example.org/auth?tenant=a%20b&scope=openid&")
    assert "&state=s%26t&nonce=n&lti_message_hint=%7B%22cmid%22%3A7%7D" in address


def test_the_same_login_can_begin_once_more():
    ask = read()
    assert isinstance(ask, LoginAsk)
    assert read_login(list(parameters_of(ask, TARGET).items()), TARGET) == ask
    assert "lti_storage_target" not in parameters_of(ask, TARGET, with_storage=False)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://lms.example.org/auth?x=1", "https://lms.example.org"),
        ("https://LMS.example.org:443/auth", "https://lms.example.org"),
        ("https://lms.example.org:8443/auth", "https://lms.example.org:8443"),
        ("http://127.0.0.1:80/auth", "http://127.0.0.1"),
        ("http://[::1]:8080/auth", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(address, origin):
    assert origin_of(address) == origin


@given(st.lists(st.tuples(st.sampled_from([*GOOD, "x"]), st.text())))
def test_whatever_is_said_there_is_an_answer(pairs):
    read_login([*GOOD.items(), *pairs], TARGET)
    read_login(pairs, TARGET)
