"""Messages of git services: genuine ones, and what they ask for."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from proxy.core.webhook import Wish, is_genuine, make_secret, read_wish

SECRET = make_secret(b"k" * 32)
BODY = b'{"ref": "refs/heads/main"}'
NOW = 1_800_000_000.0


def hub(body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}


def standard(key: bytes, stamp: str = str(int(NOW)), before: str = "") -> dict[str, str]:
    signed = f"m1.{stamp}.".encode() + BODY
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": "m1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"{before}v1,{signature}",
    }


def test_an_example_of_githubs_own_documentation() -> None:
    headers = {
        "X-Hub-Signature-256": "sha256="
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    }
    assert is_genuine(headers, b"Hello, World!", "It's a Secret to Everybody", NOW)


def test_all_three_ways() -> None:
    assert is_genuine(hub(), BODY, SECRET, NOW)
    assert is_genuine({"X-Gitlab-Token": SECRET}, BODY, SECRET, NOW)
    for key in (b"k" * 32, SECRET.encode()):
        assert is_genuine(standard(key), BODY, SECRET, NOW)
    assert is_genuine(standard(b"k" * 32, before="v1,AAAA v1a,x "), BODY, SECRET, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Gitlab-Token": ""},
        {"X-Gitlab-Token": SECRET[:-1]},
        {"X-Gitlab-Token": "ü" + SECRET},
        {"X-Gitlab-Token": "\udcff"},
        hub(b"other"),
        hub(secret="other"),
        hub() | {"X-Hub-Signature-256": ""},
        # A signature that is wrong is not made good by a token.
        hub(b"other") | {"X-Gitlab-Token": SECRET},
        standard(b"other"),
        standard(b"k" * 32, stamp=str(int(NOW) - 301)),
        standard(b"k" * 32, stamp=str(int(NOW) + 301)),
        standard(b"k" * 32, stamp="x"),
        standard(b"k" * 32, stamp="9" * 40),
        standard(b"k" * 32) | {"webhook-id": "m2"},
        standard(b"k" * 32) | {"webhook-signature": "v1,"},
    ],
)
def test_all_others(headers: dict[str, str]) -> None:
    assert not is_genuine(headers, BODY, SECRET, NOW)


@given(st.binary(max_size=100), st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_sent_is_answered(body: bytes, text: str, more: str) -> None:
    for name in ("X-Hub-Signature-256", "X-Gitlab-Token", "webhook-signature"):
        assert not is_genuine({name: text, "webhook-timestamp": more}, body, SECRET, NOW)
    headers = {"X-GitHub-Event": "push", "Content-Type": more}
    assert read_wish(headers, body, "main") in Wish


@pytest.mark.parametrize(
    ("about", "branch", "wish"),
    [
        ({"ref": "refs/heads/main"}, "main", Wish.UPDATE),
        ({"ref": "refs/tags/main"}, "main", Wish.UPDATE),
        ({"ref": "refs/heads/other"}, "main", Wish.NOTHING),
        ({"ref": "main"}, "main", Wish.NOTHING),
        ({"ref": "refs/heads/x", "repository": {"default_branch": "x"}}, "", Wish.UPDATE),
        ({"ref": "refs/heads/x", "project": {"default_branch": "x"}}, "", Wish.UPDATE),
        ({"ref": "refs/heads/y", "project": {"default_branch": "x"}}, "", Wish.NOTHING),
        ({"ref": "refs/heads/y"}, "", Wish.UPDATE),
        ({"ref": "refs/tags/y"}, "", Wish.NOTHING),
        ({"ref": 1}, "main", Wish.NOTHING),
        ([], "main", Wish.NOTHING),
    ],
)
def test_only_the_courses_branch_counts(about: object, branch: str, wish: Wish) -> None:
    body = json.dumps(about).encode()
    for name, value in (("x-github-event", "push"), ("X-Gitlab-Event", "Push Hook")):
        assert read_wish(CIMultiDict({name: value}), body, branch) is wish


def test_forms_and_other_events() -> None:
    form = {"X-GitHub-Event": "push", "Content-Type": "application/x-www-form-urlencoded"}
    assert read_wish(form, b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fm%22%7D", "m") is Wish.UPDATE
    for event in ("ping", "", "issues"):
        assert read_wish({"X-GitHub-Event": event}, BODY, "main") is Wish.NOTHING
    deep = b"[" * 200_000
    assert read_wish({"X-GitHub-Event": "push"}, deep, "main") is Wish.NOTHING
