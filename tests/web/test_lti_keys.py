"""`/lti/keys` is for everybody, and holds nothing secret."""

import json

from tests.web.page_front import Pages


async def test_anybody_may_have_our_public_keys_for_ten_minutes(pages: Pages) -> None:
    answer = await pages.ask_bare("GET", "/lti/keys")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    (key,) = json.loads(answer.text)["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
