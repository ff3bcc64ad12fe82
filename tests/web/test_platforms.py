"""What may be done with platforms, and what a token may not."""

from dataclasses import replace
from typing import Any

import pytest

from proxy.core.lti_platform import provider_of
from proxy.store import identities, platforms
from proxy.store.identities import Subject
from tests.core.test_lti_platform import GOOD
from tests.web.api_front import Front, run_front

BODY = {
    "title": GOOD.title,
    "issuer": GOOD.issuer,
    "client_id": GOOD.client,
    "authorization_url": GOOD.authorization,
    "token_url": GOOD.token,
    "keys_url": GOOD.keys,
    "deployments": ["1"],
}


@pytest.fixture
async def front(store: Any, clock: Any, tmp_path: Any) -> Any:
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def an_administrator_came_by(front: Front) -> None:
    who = Subject(provider_of(GOOD.client), GOOD.issuer, "subject")
    await front.store.write(identities.find_or_add, who, "eva", is_admin=True, now=front.clock())


async def test_a_token_registers_platforms_as_it_makes_accounts(front: Front) -> None:
    status, made, got = await front.ask("POST", "/api/platforms", "root", json=BODY)
    assert (status, got.headers["Location"]) == (201, f"/api/platforms/{made['id']}")


async def test_a_token_touches_none_by_which_an_administrator_signs_in(front: Front) -> None:
    """Who says what the keys are could sign in as them, and go on when the token has ended."""
    added = await front.store.write(platforms.add, GOOD, front.clock())
    other = await front.store.write(platforms.add, replace(GOOD, client="client-2"), front.clock())
    await an_administrator_came_by(front)
    elsewhere = f"/api/platforms/{other.id}"
    for method, path, body in (
        ("PUT", f"/api/platforms/{added.id}", BODY),
        ("PUT", f"/api/platforms/{added.id}", BODY | {"client_id": "client-3"}),
        ("DELETE", f"/api/platforms/{added.id}", None),
        ("PUT", elsewhere, BODY),
    ):
        status, problem, _ = await front.ask(method, path, "root", json=body)
        assert (status, "administrator signs in" in problem["detail"]) == (403, True), path
    headers = await front.sign_in("root")
    assert (await front.ask("DELETE", f"/api/platforms/{added.id}", headers=headers))[0] == 200
    # Nor by registering it anew.
    assert (await front.ask("POST", "/api/platforms", "root", json=BODY))[0] == 403
    assert (await front.ask("POST", "/api/platforms", headers=headers, json=BODY))[0] == 201


async def test_a_token_makes_no_invitation(front: Front) -> None:
    wish = {"title": "Moodle"}
    asked = await front.ask("POST", "/api/platform-invitations", "root", json=wish)
    assert asked[0] == 403
    headers = await front.sign_in("root")
    status, made, _ = await front.ask(
        "POST", "/api/platform-invitations", headers=headers, json=wish
    )
    assert status == 201
    assert made["url"].startswith(f"{front.origin}/lti/register?invite=")
    assert made["expires"] == front.clock() + 24 * 3600


async def test_each_act_is_an_event_that_names_the_platform(front: Front) -> None:
    made = (await front.ask("POST", "/api/platforms", "root", json=BODY))[1]
    await front.ask("PUT", f"/api/platforms/{made['id']}", "root", json=BODY)
    await front.ask("DELETE", f"/api/platforms/{made['id']}", "root")
    headers = await front.sign_in("root")
    await front.ask("POST", "/api/platform-invitations", headers=headers, json={"title": "Moodle"})
    shown = (await front.ask("GET", "/api/events", "root"))[1]["events"]
    kinds = ["invited", "removed", "changed", "added"]
    assert [each["kind"] for each in shown[:4]] == [f"admin_platform_{kind}" for kind in kinds]
    assert shown[1]["about"] == {"by": "token", "issuer": GOOD.issuer, "platform": GOOD.title}
    assert "invite=" not in str(shown)


@pytest.mark.parametrize("number", ["0", "x", "-1", "1e3", "9" * 30, "%20", "٣"])
async def test_a_number_that_is_none_is_not_found(front: Front, number: str) -> None:
    for method, body in (("GET", None), ("PUT", BODY), ("DELETE", None)):
        asked = await front.ask(method, f"/api/platforms/{number}", "root", json=body)
        assert asked[0] == 404


async def test_the_same_deployment_twice_is_kept_once(front: Front) -> None:
    wish = BODY | {"deployments": ["1", "2", "1"]}
    made = (await front.ask("POST", "/api/platforms", "root", json=wish))[1]
    assert made["deployments"] == ["1", "2"]
