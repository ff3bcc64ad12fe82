"""Without providers nobody vouches for anybody."""

from proxy.web import keys
from tests.web.page_front import Pages


async def test_an_installation_without_a_file_has_nobody_who_vouches(pages: Pages) -> None:
    found = pages.app[keys.PROVIDERS]
    assert (found.services, found.portals, bool(found.vouching)) == ({}, {}, False)
    page = await pages.ask("GET", "/sign-in")
    assert "/oidc/" not in page.text
    assert (await pages.ask("GET", "/launch?jwt=a.b.c")).status == 403
