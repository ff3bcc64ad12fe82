import pytest
from sifu_image.askpass import answer, main

ORIGIN = "https://git.example.org:443"


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text("s3cret\n")
    return str(path)


def test_the_host_that_was_meant_gets_it(token_file):
    assert answer(token_file, ORIGIN, "Password for 'https://robot@git.example.org': ") == "s3cret"
    assert answer(token_file, ORIGIN, "Username for 'https://git.example.org': ")


@pytest.mark.parametrize(
    "prompt",
    [
        "Password for 'https://evil.example.org': ",
        "Password for 'https://git.example.org@evil.example.org': ",
        "Password for 'https://git.example.org.evil.example.org': ",
        "Password for 'https://git.example.org:444': ",
        "Password for 'http://git.example.org': ",
        "Password for 'http://git.example.org:443': ",
        "Password for 'https://evil.example.org/https://git.example.org': ",
        "Password: ",
        "Password for 'https://git.example.org': Password for 'https://evil.example.org': ",
    ],
)
def test_nobody_else_gets_it(token_file, prompt):
    assert answer(token_file, ORIGIN, prompt) is None


def test_a_refusal_is_an_exit_status_and_silence(token_file, capsys):
    assert main([token_file, ORIGIN, "Password for 'https://evil.example.org': "]) == 1
    assert capsys.readouterr().out == ""


def test_without_a_token_there_is_no_answer():
    assert answer("", ORIGIN, "Password for 'https://git.example.org': ") is None
