"""A folder with blanks and brackets in its name is a folder like any other."""

import asyncio

import pytest

from tests.system.installation import Installation
from tests.system.person import Person

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


async def test_a_server_starts_and_stops_in_a_folder_with_blanks() -> None:
    installation = Installation()
    awkward = installation.root / "my [own] notes é"
    awkward.mkdir()
    installation.environment["SIFU_DATA"] = str(awkward / "the data")
    installation.environment["SIFU_NOTEBOOKS"] = str(awkward / "the books")
    try:
        await asyncio.to_thread(installation.start)
        async with Person(installation) as person:
            await person.visit(installation.link)
            info = await person.start_server()
            assert info["notebook_dir"] == str(awkward / "the books")
            await person.open_server(info["base_url"])
            async with person.kernel(info["base_url"]) as kernel:
                assert await kernel.run("print(6*7)") == "42\n"
            status, _ = await person.api("DELETE", "servers/everyone/shared")
            assert status == 200
        assert await asyncio.to_thread(installation.stop) < 10
        assert installation.left == []
    finally:
        await asyncio.to_thread(installation.stop)
        installation.folder.cleanup()
