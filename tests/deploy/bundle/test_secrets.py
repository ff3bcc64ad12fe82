"""What people leave lying about does not travel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.bundle.secrets import find_secrets, is_secret_name


@pytest.mark.parametrize(
    "path", ["proxy/secrets.toml", "docker/aws-credentials.json", "nginx/token.txt", "proxy/.env"]
)
def test_secrets_are_known_by_their_names(path):
    assert is_secret_name(path)


@pytest.mark.parametrize(
    "path", ["proxy/core/credentials.py", "ebextensions/hooks/01_hand_over_token.sh", "LICENSE"]
)
def test_code_may_be_about_secrets(path):
    assert not is_secret_name(path)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a" * 36,
        "github_pat_" + "a" * 70,
        "glpat-" + "a" * 20,
        "git+https://x-access-token:" + "hunter2@git.example.org/a.git",
        "https://:" + "hunter2@git.example.org/a.git",
    ],
)
def test_secrets_are_known_by_their_marks(text):
    (remark,) = find_secrets(f"one\ntwo {text}\n".encode())
    assert remark.line == 2
    assert text not in remark.reason


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org:8080/@x",
        "https://${USER}:${TOKEN}@git.example.org",
        "ghp_short",
        "AKIA",
    ],
)
def test_other_texts_are_not_taken_for_secrets(text):
    assert list(find_secrets(text.encode())) == []


@given(st.binary(max_size=100))
def test_any_bytes_can_be_searched(data):
    assert len(list(find_secrets(data))) <= 5
