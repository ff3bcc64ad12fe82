import pytest
from sifu_image.address import origin_of, read_address, read_prompt
from sifu_image.refusal import Refusal


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://git.example.org/maths/one.git", "https://git.example.org:443"),
        ("https://Git.Example.org:8443/one", "https://git.example.org:8443"),
        ("https://robot@git.example.org/one.git", "https://git.example.org:443"),
        ("http://127.0.0.1:8000/one.git", "http://127.0.0.1:8000"),
        ("http://localhost/one.git", "http://localhost:80"),
        ("http://[::1]:8000/one.git", "http://[::1]:8000"),
    ],
)
def test_origin_is_scheme_host_and_port(url, origin):
    assert read_address(url).origin == origin
    assert read_address(url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "one.git",
        "/srv/one.git",
        "../one.git",
        "git@git.example.org:maths/one.git",
        "ssh://git@git.example.org/one.git",
        "file:///etc",
        "ext::sh -c id",
        "--upload-pack=id",
        "http://git.example.org/one.git",
        "http://127.0.0.1.example.org/one.git",
        "http://localhost.example.org/one.git",
        "https://git.example.org\\@evil.example.org/one.git",
        "https://git.example.org/one.git\n",
        "https://git.example.org /one.git",
        "https://git.exämple.org/one.git",
        "https://[2001:db8::1]/one.git",
        "https://git..example.org/one.git",
        "https://-git.example.org/one.git",
        "https://git.example.org:99999/one.git",
        "https:///one.git",
    ],
)
def test_only_https_or_loopback_is_an_address(url):
    assert origin_of(url) is None
    with pytest.raises(Refusal):
        read_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.org/",
        "https://git.example.org",
        "https://git.example.org/../one.git",
        "https://git.example.org/a/.git/one",
        "https://git.example.org/a//one.git",
        "https://git.example.org/-one",
        "https://git.example.org/a%2f..%2fone.git",
        "https://git.example.org/one.git?ref=x",
        "https://git.example.org/one.git#x",
        "https://ro%62ot@git.example.org/one.git",
    ],
)
def test_a_path_has_one_spelling(url):
    with pytest.raises(Refusal):
        read_address(url)


def test_a_password_in_an_address_is_refused_without_being_repeated():
    with pytest.raises(Refusal) as refused:
        read_address("https://robot:hunter2@git.example.org/one.git")
    assert "hunter2" not in str(refused.value)
    assert "secret" in str(refused.value)


def test_an_address_that_is_none_is_not_repeated_with_its_password():
    with pytest.raises(Refusal) as refused:
        read_address("ftp://robot:hunter2@git.example.org/one.git")
    assert "hunter2" not in str(refused.value)


def test_git_s_questions_are_understood():
    assert read_prompt("Username for 'https://git.example.org': ") == (
        "Username",
        "https://git.example.org:443",
    )
    assert read_prompt("Password for 'https://robot@git.example.org:444': ") == (
        "Password",
        "https://git.example.org:444",
    )


@pytest.mark.parametrize(
    "prompt",
    ["", "Passphrase for key '/x': ", "Password for ' https://git.example.org': ", "x" * 99],
)
def test_other_questions_have_no_origin(prompt):
    assert read_prompt(prompt)[1] is None
