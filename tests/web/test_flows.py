"""Ways to other services: cookies in frames and by forms, and who comes back."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from proxy.core.cookies import CookieStyle
from proxy.core.errors import Forbidden
from proxy.core.sign_in_flow import nonce_of
from proxy.store.database import Store
from proxy.web import flows, keys
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages


def request_of(pages: Pages, cookie: str = "", **headers: str) -> web.Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookie:
        named["Cookie"] = cookie
    return make_mocked_request("GET", "/x", headers=named, app=pages.app)


def kept(way: flows.SettingOut) -> str:
    return way.cookies[-1].partition(";")[0]


async def test_who_set_out_comes_back(pages: Pages) -> None:
    page = "https://lms.example.org"
    way = flows.set_out(request_of(pages), "lti:7", "/x", storage="_parent", page=page)
    back = request_of(pages, kept(way))
    flow = flows.read_flow(back, [way.state], "lti:")
    assert (flow.provider, flow.target, flow.storage) == ("lti:7", "/x", "_parent")
    assert flow.page == page
    assert flows.secret_of(back, flow) == way.secret
    assert nonce_of(way.secret, flow.id) not in way.state
    await flows.use_up(back, flow)
    with pytest.raises(Forbidden):
        await flows.use_up(back, flow)


async def test_what_a_frame_told_counts_as_the_cookie_would(pages: Pages) -> None:
    way = flows.set_out(request_of(pages), "lti:7", "/x")
    back = request_of(pages)
    flow = flows.read_flow(back, [way.state], "lti:7")
    assert flows.secret_of(back, flow) == ""
    assert flows.secret_of(back, flow, told=way.secret) == way.secret
    with pytest.raises(Forbidden):
        flows.secret_of(back, flow, told="another")


async def test_a_provider_that_only_begins_alike_is_another(pages: Pages) -> None:
    way = flows.set_out(request_of(pages), "oidc:school", "/x")
    for provider in ("oidc:schoo", "oidc:school2", "lti:", ""):
        with pytest.raises(Forbidden):
            flows.read_flow(request_of(pages), [way.state], provider)


async def test_cookies_cross_sites_where_they_must_and_nowhere_else(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    framers = {"lms_origins": ("https://lms.example",)}
    async with run_pages(store, clock, tmp_path, **framers) as pages:
        pages.app._state[keys.COOKIE_STYLE] = CookieStyle(secure=True)
        plain = flows.set_out(request_of(pages), "oidc:a", "/")
        assert plain.cookies[0].startswith("__Host-sifu-flow-")
        assert "SameSite=Lax" in plain.cookies[0]
        framed = flows.set_out(request_of(pages, Sec_Fetch_Dest="iframe"), "oidc:a", "/")
        posted = flows.set_out(request_of(pages), "lti:1", "/", comes_back_by_post=True)
        for way in (framed, posted):
            assert "SameSite=None; Partitioned" in way.cookies[0]
            assert "Secure" in way.cookies[0]
