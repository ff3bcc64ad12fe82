import os
import pty
import subprocess
import sys

from argon2 import PasswordHasher

from proxy.store import users
from proxy.store.database import Store

PASSWORD = "correct horse battery"


def stored_hash(settings, name: str) -> str:
    store = Store(settings.store_url)
    try:
        person = store.read_now(users.find, name)
        assert person is not None
        kept = store.read_now(users.password_hash, person.id)
        assert kept is not None
        return kept
    finally:
        store.close()


def type_at_a_terminal(environment, arguments, answers) -> tuple[int, str]:
    """Run `sifu` at a terminal of its own; give each answer when its question stands there."""
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "proxy", *arguments]
    process = subprocess.Popen(
        command,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        env=os.environ | environment,
        start_new_session=True,
    )
    os.close(inner)
    shown = ""
    for question, answer in answers:
        while question not in shown:
            shown += os.read(outer, 1024).decode()
        os.write(outer, answer.encode() + b"\n")
    status = process.wait(timeout=30)
    shown += os.read(outer, 4096).decode()
    os.close(outer)
    return status, shown


def test_the_prompt_asks_twice_and_shows_nothing(environment, settings):
    answers = [("Password:", PASSWORD), ("Once more:", PASSWORD)]
    status, shown = type_at_a_terminal(environment, ["user", "add", "ann"], answers)
    assert status == 0
    assert PASSWORD not in shown
    assert PasswordHasher().verify(stored_hash(settings, "ann"), PASSWORD)


def test_without_a_terminal_the_prompt_names_the_other_ways(sifu):
    result = sifu("user", "add", "ann")
    assert result.exit_code == 1
    assert "--password-stdin" in result.stderr


def test_standard_input_loses_its_line_end_only(sifu, settings):
    assert sifu("user", "add", "ann", "--password-stdin", stdin=f" {PASSWORD} \r\nx").exit_code == 0
    assert PasswordHasher().verify(stored_hash(settings, "ann"), f" {PASSWORD} ")


def test_a_generated_password_is_alone_on_standard_output(sifu, settings):
    result = sifu("user", "add", "ann", "--generate")
    assert PasswordHasher().verify(stored_hash(settings, "ann"), result.stdout.removesuffix("\n"))


def test_a_short_password_makes_no_account(sifu):
    result = sifu("user", "add", "ann", "--password-stdin", stdin="short\n")
    assert result.exit_code == 1
    assert "characters" in result.stderr
    assert "ann" not in sifu("user", "list").stdout


def test_a_password_cannot_be_an_argument(sifu):
    assert sifu("user", "add", "ann", f"--password={PASSWORD}").exit_code == 2
