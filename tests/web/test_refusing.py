"""A refusal is an event with its own word, and for people its sentence."""

from aiohttp.test_utils import make_mocked_request

from proxy.core.errors import Forbidden
from proxy.core.events import EventKind
from proxy.web.keys import CLIENT_ADDRESS
from proxy.web.refusing import refused_sign_in
from tests.web.page_front import Pages
from tests.web.test_audit import noted


async def test_a_refusal_is_noted_with_its_word(pages: Pages) -> None:
    request = make_mocked_request("GET", "/x", app=pages.app)
    request[CLIENT_ADDRESS] = "203.0.113.9"
    for refusal in (Forbidden("No.", detail="nonce"), Forbidden("No.")):
        assert refused_sign_in(request, "lti", refusal) is refusal
    first, second = await noted(pages, EventKind.SIGN_IN_FAILED)
    assert first.about == {"way": "lti", "reason": "nonce", "address": "203.0.113.9"}
    assert second.about["reason"] == Forbidden.title
