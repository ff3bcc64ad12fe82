import pytest

from proxy.core.credentials import hash_secret
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.store import servers, sessions, users
from proxy.store.records import ServerRecord
from tests import feed

PASSWORD = "correct horse battery\n"


def test_an_account_stands_in_the_list_with_its_role(installed, sifu):
    result = sifu("user", "list")
    rows = [line.split()[:3] for line in result.stdout.splitlines()]
    assert rows == [["NAME", "ROLE", "PASSWORD"], ["ann", "admin", "yes"], ["bob", "user", "yes"]]


def test_an_empty_list_says_how_to_begin(sifu):
    result = sifu("user", "list")
    assert result.exit_code == 0
    assert "sifu user add NAME --admin" in result.stderr


def test_a_name_is_taken_once(installed, sifu):
    result = sifu("user", "add", "bob", "--generate")
    assert result.exit_code == 1
    assert result.stderr == "There is a user “bob” already.\n"


@pytest.mark.parametrize("name", ["", " ann", "a\tb", "x" * 129])
def test_names_that_cannot_be_are_refused_with_a_sentence(sifu, name):
    result = sifu("user", "add", "--generate", "--", name)
    assert result.exit_code == 1
    assert result.stderr.startswith("A user name may")


def test_a_link_is_alone_on_standard_output(sifu, installed):
    result = sifu("user", "add", "carl", "--link")
    assert result.stdout.startswith("http://127.0.0.1:13700/sign-in?code=")
    assert len(result.stdout.splitlines()) == 1
    carl = installed.read_now(users.find, "carl")
    assert carl is not None
    assert not carl.has_password


def open_session(installed, name: str) -> None:
    person = installed.read_now(users.find, name)
    installed.write_now(
        sessions.open_session,
        session_id="s1",
        secret_hash=hash_secret("x"),
        user_id=person.id,
        now=0.0,
        expires=9e9,
    )


def test_a_new_password_signs_its_person_out_everywhere(installed, sifu):
    open_session(installed, "bob")
    result = sifu("user", "passwd", "bob", "--password-stdin", stdin=PASSWORD)
    assert result.exit_code == 0
    session = installed.read_now(sessions.get, "s1")
    assert session is not None
    assert session.ended is not None
    told = [change.key for change in installed.read_now(feed.since, 0)]
    assert told == ["s1"]


def test_a_link_leaves_password_and_sessions_alone(installed, sifu):
    open_session(installed, "bob")
    assert sifu("user", "passwd", "bob", "--link").stdout.startswith("http://")
    session = installed.read_now(sessions.get, "s1")
    assert session is not None
    assert session.ended is None


def test_signing_out_ends_sessions_and_tells_the_relays(installed, sifu):
    open_session(installed, "bob")
    assert sifu("user", "sign-out", "ann").exit_code == 0
    assert installed.read_now(feed.since, 0) == []
    assert sifu("user", "sign-out", "--everybody").exit_code == 0
    assert [change.key for change in installed.read_now(feed.since, 0)] == ["s1"]


@pytest.mark.parametrize("arguments", [(), ("bob", "--everybody")])
def test_signing_out_needs_one_of_its_two_forms(sifu, arguments):
    assert sifu("user", "sign-out", *arguments).exit_code == 2


def test_the_last_admin_stays(installed, sifu):
    result = sifu("user", "remove", "ann", "--yes")
    assert result.exit_code == 1
    assert "last admin" in result.stderr
    assert installed.read_now(users.find, "ann") is not None


def test_an_admin_may_go_when_there_is_another(installed, sifu):
    assert sifu("user", "add", "carl", "--admin", "--link").exit_code == 0
    assert sifu("user", "remove", "ann", "--yes").exit_code == 0
    assert installed.read_now(users.find, "ann") is None


def test_removing_asks_first(installed, sifu):
    assert sifu("user", "remove", "bob", stdin="n\n").exit_code == 1
    assert installed.read_now(users.find, "bob") is not None
    assert sifu("user", "remove", "bob", stdin="y\n").exit_code == 0
    assert installed.read_now(users.find, "bob") is None


def test_a_server_that_is_left_running_is_told(installed, sifu):
    record = ServerRecord(ServerName("bob", "home"), State.READY)
    installed.write_now(servers.put, record, 1.0)
    assert "bob/home still runs" in sifu("user", "remove", "bob", "--yes").stderr


@pytest.mark.parametrize(
    "arguments", [("remove", "nobody", "--yes"), ("passwd", "nobody", "--link")]
)
def test_nobody_is_named_in_a_sentence(installed, sifu, arguments):
    result = sifu("user", *arguments)
    assert result.exit_code == 1
    assert "no user “nobody”" in result.stderr


def test_a_folder_that_cannot_be_made_is_a_sentence(sifu, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    result = sifu("user", "list")
    assert result.exit_code == 1
    assert "sifu doctor" in result.stderr
    assert "Traceback" not in result.output


def test_settings_that_cannot_be_used_are_all_told(sifu):
    result = sifu("user", "list", SIFU_FRONT_PORT="x", SIFU_COLOUR="red")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
