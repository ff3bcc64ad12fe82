import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from proxy.core.errors import Forbidden, Unauthenticated
from proxy.core.identity import Identity, User
from proxy.web.api_endpoint import Caller, Endpoint, guarded
from proxy.web.keys import IDENTITY

ADA = Identity(User(1, "ada", "ada", False, 0.0, True))
ROOT = Identity(User(2, "root", "root", True, 0.0, True))


async def forgetful(_request):
    """A handler that asks nobody who they are."""
    return web.Response(text="done")


def row(path="/api/things/{id}", caller=Caller.SIGNED_IN):
    return Endpoint("GET", path, forgetful, "Show a thing", (), caller)


@pytest.mark.parametrize(
    ("caller", "identity", "refusal"),
    [
        (Caller.ANYBODY, None, None),
        (Caller.SIGNED_IN, None, Unauthenticated),
        (Caller.SIGNED_IN, ADA, None),
        (Caller.ADMIN, None, Unauthenticated),
        (Caller.ADMIN, ADA, Forbidden),
        (Caller.ADMIN, ROOT, None),
    ],
)
async def test_a_handler_that_forgets_to_ask_is_guarded_all_the_same(caller, identity, refusal):
    request = make_mocked_request("GET", "/api/things/1")
    request[IDENTITY] = identity
    if refusal is None:
        assert (await guarded(row(caller=caller))(request)).status == 200
    else:
        with pytest.raises(refusal):
            await guarded(row(caller=caller))(request)


def test_a_row_without_a_word_about_its_callers_is_not_for_anybody():
    assert Endpoint("GET", "/x", forgetful, "", ()).caller is Caller.SIGNED_IN


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ("/api/servers", "servers"),
        ("/api/servers/{owner}/{workspace}/log", "servers"),
        ("/api/me", "users"),
        ("/metrics", "operations"),
        ("/healthz", "operations"),
    ],
)
def test_rows_are_grouped_by_what_they_are_about(path, tag):
    assert row(path).tag == tag
    assert row(path).name == "forgetful"
