"""Something in front of us says who somebody is: the sign-in page, and sessions of others."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from proxy.auth.providers import ReadyProviders
from proxy.auth.trusted_headers import HeaderNames, TrustedHeaders
from proxy.auth.vouching import NamedVoucher, Vouching
from proxy.core.allow_rules import AllowRules, People
from proxy.core.events import EventKind
from proxy.store.database import Store
from proxy.web import keys
from tests.conftest import FakeClock
from tests.web.page_front import Answer, Pages, run_pages
from tests.web.test_audit import noted

NAMES = HeaderNames("remote-user", "remote-email", "remote-groups")
RULES = AllowRules(people=People(groups=frozenset({"staff"})))
STAFF = {"Remote-Groups": "staff"}


def trusting(network: str) -> ReadyProviders:
    voucher = TrustedHeaders(NAMES, [ip_network(network)])
    return ReadyProviders(vouching=Vouching([NamedVoucher("trusted_headers", RULES, voucher)]))


@pytest.fixture
async def pages(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Pages]:
    async with run_pages(store, clock, tmp_path, providers=trusting("127.0.0.0/8")) as running:
        yield running


async def visit(pages: Pages, user: str, path: str = "/sign-in", **headers: str) -> Answer:
    named = STAFF | {"Remote-User": user} | {k.replace("_", "-"): v for k, v in headers.items()}
    return await pages.ask("GET", path, headers=named)


async def test_whom_the_proxy_names_is_signed_in(pages: Pages) -> None:
    answer = await visit(pages, "eve", "/sign-in?next=/open/eve/home")
    assert (answer.status, answer.location) == (303, "/open/eve/home")
    home = await visit(pages, "eve", "/", Cookie=f"sifu={answer.session}")
    assert "Hello, eve" in home.text


async def test_a_session_of_somebody_else_counts_for_nobody(pages: Pages) -> None:
    answer = await visit(pages, "eve")
    other = await visit(pages, "mia", "/", Cookie=f"sifu={answer.session}")
    assert (other.status, other.location) == (303, "/sign-in")
    changed = await visit(pages, "mia", "/sign-in", Cookie=f"sifu={answer.session}")
    assert changed.session not in {"", answer.session}


async def test_who_has_the_same_name_here_is_another_person(pages: Pages) -> None:
    answer = await visit(pages, "root")
    home = await visit(pages, "root", "/", Cookie=f"sifu={answer.session}")
    assert "Hello, root-2" in home.text


async def test_who_is_not_let_in_reads_why(pages: Pages) -> None:
    answer = await visit(pages, "eve", Remote_Groups="guests")
    assert answer.status == 403
    (event,) = await noted(pages, EventKind.SIGN_IN_FAILED)
    assert event.about["reason"] == "not_allowed"


async def test_a_look_ahead_signs_nobody_in(pages: Pages) -> None:
    answer = await visit(pages, "eve", Sec_Purpose="prefetch")
    assert answer.status == 200
    assert not answer.cookies


async def test_who_signed_out_is_not_signed_in_again_at_once(pages: Pages) -> None:
    answer = await visit(pages, "eve")
    headers = STAFF | {"Remote-User": "eve", "Cookie": f"sifu={answer.session}"}
    out = await pages.ask("POST", "/sign-out", headers=headers)
    page = await visit(pages, "eve", out.location)
    assert page.status == 200
    assert "You are signed out." in page.text


async def test_from_elsewhere_the_headers_are_refused(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, providers=trusting("10.0.0.0/8")) as pages:
        assert (await visit(pages, "root")).status == 403
        # Nor do they ride along with a session.
        assert (
            await visit(pages, "root", "/", Cookie=f"sifu={pages.secrets['ada']}")
        ).status == 403
        reasons = {each.about["reason"] for each in await noted(pages, EventKind.SIGN_IN_FAILED)}
        assert reasons == {"network"}
        assert (await pages.ask("GET", "/", "ada")).status == 200


async def test_where_kernels_cannot_be_told_nothing_of_this_machine_is_believed(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    here = {"providers": trusting("127.0.0.0/8"), "local_peers": None}
    async with run_pages(store, clock, tmp_path, **here) as pages:
        assert (await visit(pages, "root")).status == 403


async def test_a_folder_that_is_there_is_nobodys_who_is_called_like_it(pages: Pages) -> None:
    (pages.app[keys.SETTINGS].notebooks / "eve").mkdir(parents=True)
    answer = await visit(pages, "eve")
    home = await visit(pages, "eve", "/", Cookie=f"sifu={answer.session}")
    assert "Hello, eve-2" in home.text
