"""What a browser may do with our pages."""

from pathlib import Path

import pytest

from proxy.store.database import Store
from proxy.web.headers import security_headers
from tests.conftest import FakeClock
from tests.web.page_front import NOTEBOOK_PORT, Pages, run_pages

LMS = "https://moodle.example.org"


def policy(path: str, framers: tuple[str, ...] = ()) -> dict[str, str]:
    headers = security_headers(path, notebook_origin="https://n.example", framers=framers)
    parts = headers["Content-Security-Policy"].split("; ")
    return dict(part.partition(" ")[::2] for part in parts)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/start/ada/home", "/open/ada/home/lab", "/x"])
def test_no_page_may_run_or_style_inline(path: str) -> None:
    for name, value in policy(path).items():
        assert "unsafe" not in value
        assert "*" not in value
        assert "data:" not in value
        assert "http:" not in value, name
    assert policy(path)["default-src"] == "'none'"
    assert policy(path)["base-uri"] == "'none'"


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/start/ada/home", "/open/ada/home/lab", "/lti/login", "/lti/arrived"],
)
def test_what_leads_to_a_notebook_may_be_framed_by_the_course_page(path: str) -> None:
    # The notebook's own origin too: a page that lost its server shows the way back in a frame.
    assert policy(path, (LMS,))["frame-ancestors"] == f"'self' {LMS} https://n.example"
    assert policy(path)["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("path", ["/snapshots", "/snapshots/new", "/courses/stats/reset"])
def test_what_a_notebook_in_a_frame_opens_is_shown_there(path: str) -> None:
    assert policy(path, (LMS,))["frame-ancestors"] == f"'self' {LMS} https://n.example"
    assert policy(path)["frame-ancestors"] == "'self'"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sign-out",
        "/stop/ada/home",
        "/api/users",
        "/lti",
        "/ltis/x",
        "/snapshots/a-token",
        "/snapshots/1/remove",
        "/courses/stats",
        "/courses/stats/reset/x",
        "/courses/stats/people/ada/reset",
    ],
)
def test_everything_else_may_be_framed_by_nobody(path: str) -> None:
    assert policy(path, (LMS,))["frame-ancestors"] == "'none'"


async def test_every_kind_of_answer_carries_them_once(pages: Pages) -> None:
    for path in ("/", "/sign-in", "/nothing", "/static/app.js", "/api/openapi.json", "/healthz"):
        answer = await pages.ask_bare("GET", path)
        policies = answer.headers.getall("Content-Security-Policy")  # type: ignore[attr-defined]
        assert len(policies) == 1
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in answer.headers


async def test_pages_are_never_kept(pages: Pages) -> None:
    for path in ("/", "/sign-in", "/sign-out", "/nothing", "/start/ada/home"):
        answer = await pages.ask("GET", path, "ada")
        assert answer.headers["Cache-Control"] == "no-store", path


async def test_signing_in_may_end_in_a_notebook(pages: Pages) -> None:
    answer = await pages.ask("GET", "/sign-in")
    allowed = f"form-action 'self' http://127.0.0.1:{NOTEBOOK_PORT};"
    assert allowed in answer.headers["Content-Security-Policy"]


async def test_the_course_page_of_the_settings_may_frame(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, lms_origins=(LMS,)) as pages:
        answer = await pages.ask("GET", "/sign-in")
        assert f"frame-ancestors 'self' {LMS}" in answer.headers["Content-Security-Policy"]


async def test_an_error_under_a_framed_address_is_seen_in_the_frame(pages: Pages) -> None:
    answer = await pages.ask("GET", "/open/bob/home/lab", "ada")
    assert answer.status == 403
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_a_form_that_goes_elsewhere_goes_to_one_origin() -> None:
    headers = security_headers(
        "/lti/choose", notebook_origin="https://n.example", framers=(), form_target=LMS
    )
    assert f"; form-action {LMS}; " in headers["Content-Security-Policy"]
    assert policy("/lti/choose")["form-action"] == "'self' https://n.example"
