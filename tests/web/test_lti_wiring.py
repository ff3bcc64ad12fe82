"""Everything that learning platforms do for us stands on the application."""

from proxy.web import keys
from tests.web.page_front import Pages


async def test_keys_queue_and_rosters_are_there(pages: Pages) -> None:
    wanted = (keys.LAUNCH_VERIFIER, keys.LTI_KEYS, keys.ROSTERS, keys.SCORE_DELIVERY)
    for key in (*wanted, keys.SCORE_RATES):
        assert key in pages.app
    published = await pages.app[keys.LTI_KEYS].published()
    assert (pages.settings.data / "lti-keys.pem").exists()
    assert len(published["keys"]) == 1
    assert pages.app[keys.SCORE_DELIVERY].drain in pages.app.on_cleanup
