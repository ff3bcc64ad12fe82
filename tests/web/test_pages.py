"""Over every route there is: none can be forgotten."""

from collections.abc import Iterator

import pytest
from aiohttp import web

from proxy.web.pages import routes
from tests.web.page_front import OWN, PAGE, Pages

# What anybody may ask for. Whoever adds a line here says why.
PUBLIC = {
    ("GET", "/static/{name}"),  # style and script of the sign-in page
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-out"),  # sends nobody to the sign-in
    ("POST", "/sign-out"),  # ends nobody's session
    ("GET", "/oidc/{provider}/sign-in"),  # leads nowhere but to a service of the providers' file
    ("GET", "/oidc/{provider}/back"),  # what it believes is signed, from the browser that set out
    ("GET", "/launch"),  # signed by a portal
    ("GET", "/healthz"),  # load balancers
    ("GET", "/lti/login"),  # platforms begin a launch, for whoever has no session yet
    ("POST", "/lti/login"),
    ("POST", "/lti/launch"),  # what it believes is signed
    ("GET", "/lti/arrived"),  # for browsers that did not keep the session's cookie
    ("POST", "/lti/arrived"),
    ("GET", "/lti/keys"),  # platforms verify with them what we sign
    ("POST", "/lti/choose"),  # what was asked is sealed in the form
    ("GET", "/lti/config.json"),  # Canvas, which has no account
    ("GET", "/lti/register"),  # whoever has an invitation
    ("POST", "/lti/register"),
    ("POST", "/hooks/courses/{course}"),  # what it believes is signed by the course's secret
    ("GET", "/snapshots/{token}"),  # whoever has the link; its secret is long
}
VALUES = {
    "{owner}": "ada",
    "{workspace}": "home",
    "{name}": "x",
    "{path}": "lab",
    "{id}": "x",
    "{act}": "enable",
    "{target:.*}": "stats/a/eve",
    "{target}": "stats/a/eve",
}


def guarded(app: web.Application) -> Iterator[tuple[str, str]]:
    for route in app.router.routes():
        resource = route.resource
        if resource is None or route.method == "HEAD":
            continue
        path = resource.canonical
        if (route.method, path) not in PUBLIC:
            yield route.method, path


def filled(path: str) -> str:
    for name, value in VALUES.items():
        path = path.replace(name, value)
    return path.replace("{", "").replace("}", "")


async def test_every_route_refuses_anonymous_scripts(pages: Pages) -> None:
    asked = list(guarded(pages.app))
    assert len(asked) > 8
    for method, path in asked:
        answer = await pages.ask_bare(method, filled(path), headers=OWN)
        assert answer.status == 401, (method, path)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert not pages.manager.records


async def test_every_route_refuses_a_bad_cookie(pages: Pages) -> None:
    for method, path in guarded(pages.app):
        headers = OWN | {"Cookie": "sifu=guess"}
        answer = await pages.ask_bare(method, filled(path), headers=headers)
        assert answer.status == 401, (method, path)


async def test_every_page_leads_anonymous_people_to_the_sign_in(pages: Pages) -> None:
    for method, path in guarded(pages.app):
        if path.startswith(("/api/", "/metrics")):
            continue
        answer = await pages.ask(method, filled(path))
        assert answer.status == 303, (method, path)
        assert answer.location.startswith("/sign-in"), (method, path)


async def test_every_change_is_refused_from_the_notebooks_port(pages: Pages) -> None:
    for method, path in [*guarded(pages.app), *PUBLIC]:
        if method in {"GET", "HEAD"}:
            continue
        for who in ("ada", None):
            answer = await pages.ask(
                method, filled(path), who, headers={"Sec-Fetch-Site": "same-site"}
            )
            assert answer.status == 403, (method, path, who)
    assert not pages.manager.records


async def test_no_get_changes_anything(pages: Pages) -> None:
    for method, path in guarded(pages.app):
        if method == "GET" and not path.endswith(("}/events", "/live")):
            for who in ("ada", "root"):
                await pages.ask("GET", filled(path), who)
    assert not pages.manager.records
    assert not pages.manager.starts


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/sign-out", "/start/ada/home", "/open/ada/home"]
)
async def test_head_works_and_has_no_body(pages: Pages, path: str) -> None:
    got, head = await pages.ask("GET", path, "ada"), await pages.ask("HEAD", path, "ada")
    assert head.status == got.status
    assert head.text == ""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
async def test_unknown_methods_are_405(pages: Pages, method: str) -> None:
    answer = await pages.ask(method, "/sign-in", "ada")
    assert answer.status == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(","))


async def test_an_unknown_address_is_404(pages: Pages) -> None:
    answer = await pages.ask_bare("GET", "/wp-admin.php", headers=PAGE)
    assert answer.status == 404
    assert "There is nothing here" in answer.text


def test_routes_are_of_pages_alone() -> None:
    assert not [route for route in routes() if route.path.startswith("/api/")]
