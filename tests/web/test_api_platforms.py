from typing import Any

import pytest

from tests.web.api_front import Front, run_front
from tests.web.test_platforms import BODY


@pytest.fixture
async def front(store: Any, clock: Any, tmp_path: Any) -> Any:
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def test_only_administrators_see_or_change_platforms(front: Front) -> None:
    for method, path, body in (
        ("GET", "/api/platforms", None),
        ("POST", "/api/platforms", BODY),
        ("GET", "/api/platforms/1", None),
        ("PUT", "/api/platforms/1", BODY),
        ("DELETE", "/api/platforms/1", None),
        ("POST", "/api/platform-invitations", {"title": "Moodle"}),
    ):
        assert (await front.ask(method, path, "ada", json=body))[0] == 403, path
        assert (await front.ask(method, path, json=body))[0] == 401, path


async def test_a_platform_is_registered_shown_changed_and_removed(front: Front) -> None:
    made = (await front.ask("POST", "/api/platforms", "root", json=BODY))[1]
    assert made | BODY == made
    assert made["people"] == 0
    path = f"/api/platforms/{made['id']}"
    assert (await front.ask("GET", path, "root"))[1] == made
    wish = BODY | {"deployments": ["2"], "audience": "https://moodle.example.org"}
    changed = (await front.ask("PUT", path, "root", json=wish))[1]
    assert changed == made | wish
    assert (await front.ask("GET", "/api/platforms", "root"))[1] == [changed]
    assert (await front.ask("DELETE", path, "root"))[0] == 200
    assert (await front.ask("GET", path, "root"))[0] == 404


async def test_the_same_client_twice_is_a_conflict(front: Front) -> None:
    await front.ask("POST", "/api/platforms", "root", json=BODY)
    other = (await front.ask("POST", "/api/platforms", "root", json=BODY | {"client_id": "c"}))[1]
    assert (await front.ask("POST", "/api/platforms", "root", json=BODY))[0] == 409
    assert (await front.ask("PUT", f"/api/platforms/{other['id']}", "root", json=BODY))[0] == 409


@pytest.mark.parametrize(
    "change",
    [
        {"deployments": []},
        {"deployments": [1]},
        {"deployments": "1"},
        {"issuer": ""},
        {"issuer": "a\u202eb"},
        {"keys_url": "http://moodle.example.org/keys"},
        {"keys_url": "https://moodle.example.org/ keys"},
        {"token_url": "javascript:alert(1)"},
        {"audience": "a\nb"},
        {"title": " "},
        {"secret": "x"},
    ],
)
async def test_what_cannot_be_is_refused(front: Front, change: dict[str, Any]) -> None:
    status, problem, _ = await front.ask("POST", "/api/platforms", "root", json=BODY | change)
    assert status == 422
    assert problem["detail"]
    assert (await front.ask("GET", "/api/platforms", "root"))[1] == []
