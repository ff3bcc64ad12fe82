"""Webhooks: only who knows the secret gets anything done, and that is one look."""

import asyncio
import base64
import hashlib
import hmac
import io
import json
import secrets

import pytest

from proxy.core.course import Course
from proxy.store import course_jobs, courses
from proxy.web import course_hooks, keys
from tests.web.page_front import Pages

HOOK = "/hooks/courses/stats"
PUSH = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}


async def secret_of(pages: Pages, **more: str) -> str:
    course = Course("stats", "https://git.invalid/stats.git", 1.0, **more)  # type: ignore[arg-type]
    await pages.store.write(courses.add, course)
    return await pages.app[keys.COURSE_CHANGES].new_webhook_secret("stats")


def github(secret: str, body: bytes, event: str = "push") -> dict[str, str]:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/1",
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": f"sha256={signature}",
    }


async def number_of_jobs(pages: Pages) -> int:
    return len(await pages.store.read(course_jobs.list_of, "stats"))


async def test_a_signed_push_begins_an_update_and_its_replay_none_beside(pages: Pages) -> None:
    body = json.dumps(PUSH).encode()
    headers = github(await secret_of(pages), body)
    for _ in range(8):
        got = await pages.ask_bare("POST", HOOK, data=body, headers=headers)
        assert (got.status, got.headers["Content-Type"][:16]) == (202, "application/json")
    assert await number_of_jobs(pages) <= 3
    first = (await pages.store.read(course_jobs.list_of, "stats"))[-1]
    assert first.by == ""


async def test_gitlab_by_its_token_and_by_its_signature(pages: Pages) -> None:
    secret = await secret_of(pages)
    body = json.dumps(PUSH).encode()
    plain = {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": secret}
    assert (await pages.ask_bare("POST", HOOK, data=body, headers=plain)).status == 202
    stamp = str(int(pages.clock()))
    signed = f"msg_1.{stamp}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    standard = {
        "X-Gitlab-Event": "Push Hook",
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }
    assert (await pages.ask_bare("POST", HOOK, data=body, headers=standard)).status == 202
    pages.clock.advance(301)
    assert (await pages.ask_bare("POST", HOOK, data=body, headers=standard)).status == 404


async def test_no_course_no_secret_and_a_wrong_signature_answer_alike(pages: Pages) -> None:
    secret = await secret_of(pages)
    await pages.store.write(courses.add, Course("bare", "https://git.invalid/b.git", 1.0))
    body = json.dumps(PUSH).encode()
    wrong = github("whsec_" + secrets.token_urlsafe(32), body)
    answers = []
    for path, headers in (
        (HOOK, wrong),
        (HOOK, {}),
        (HOOK, {"X-Gitlab-Token": ""}),
        (HOOK, github(secret, body + b" ")),
        ("/hooks/courses/none", github(secret, body)),
        ("/hooks/courses/bare", github(secret, body)),
        ("/hooks/courses/bare", {"X-Gitlab-Token": ""}),
        ("/hooks/courses/..%2F..%2Fstats", github(secret, body)),
        ("/hooks/courses/" + "%F0%9F%90%8D" * 100, github(secret, body)),
    ):
        got = await pages.ask_bare("POST", path, data=body, headers=headers)
        told = json.loads(got.text)
        answers.append((got.status, told["detail"], sorted(got.headers)))
    assert {answer[0] for answer in answers} == {404}
    assert len({answer[1] for answer in answers}) == 1
    assert len({tuple(answer[2]) for answer in answers}) == 1
    assert await number_of_jobs(pages) == 0


@pytest.mark.parametrize(
    ("event", "changes", "status"),
    [
        ("push", {"ref": "refs/heads/other"}, 200),
        ("push", {"ref": "refs/tags/v1"}, 200),
        ("push", {"ref": ["refs/heads/main"]}, 200),
        ("ping", {}, 200),
        ("push", {"repository": {}}, 202),
    ],
)
async def test_only_a_push_to_the_branch_counts(
    pages: Pages, event: str, changes: dict[str, object], status: int
) -> None:
    body = json.dumps(PUSH | changes).encode()
    headers = github(await secret_of(pages), body, event)
    assert (await pages.ask_bare("POST", HOOK, data=body, headers=headers)).status == status
    assert await number_of_jobs(pages) == (status == 202)


async def test_a_new_secret_ends_the_old_one(pages: Pages) -> None:
    old = await secret_of(pages)
    await pages.app[keys.COURSE_CHANGES].new_webhook_secret("stats")
    body = json.dumps(PUSH).encode()
    got = await pages.ask_bare("POST", HOOK, data=body, headers=github(old, body))
    assert got.status == 404


async def test_a_page_of_another_site_cannot_send_one(pages: Pages) -> None:
    secret = await secret_of(pages)
    for more in (
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        headers = {"X-Gitlab-Token": secret, "X-Gitlab-Event": "Push Hook"} | more
        got = await pages.ask_bare("POST", HOOK, data=b"{}", headers=headers)
        assert got.status == 403


async def test_bodies_and_rates_have_their_bounds(pages: Pages) -> None:
    secret = await secret_of(pages)
    headers = {"X-Gitlab-Token": secret}
    large = io.BytesIO(b" " * (course_hooks.MOST_BYTES + 1))
    assert (await pages.ask_bare("POST", HOOK, data=large, headers=headers)).status == 413
    statuses = [
        (await pages.ask_bare("POST", HOOK, data=b"", headers=headers)).status for _ in range(40)
    ]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    pages.clock.advance(60)
    assert (await pages.ask_bare("POST", HOOK, data=b"", headers=headers)).status == 200


async def test_bodies_that_are_read_at_once_are_few(pages: Pages) -> None:
    secret = await secret_of(pages)
    held = pages.app[keys.HOOK_BODIES]
    for _ in range(course_hooks.MOST_AT_ONCE):
        await held.acquire()
    headers = {"X-Gitlab-Token": secret}
    assert (await pages.ask_bare("POST", HOOK, data=b"", headers=headers)).status == 429
    held.release()
    assert (await pages.ask_bare("POST", HOOK, data=b"", headers=headers)).status == 200


async def test_the_secret_is_in_no_log(pages: Pages, capsys: pytest.CaptureFixture[str]) -> None:
    secret = await secret_of(pages)
    for body in (b"{}", b"x"):
        await pages.ask_bare("POST", HOOK, data=body, headers={"X-Gitlab-Token": secret})
    await asyncio.sleep(0)
    written = capsys.readouterr()
    assert secret not in written.out + written.err
