"""The walk of a person through a running Sifu: sign in, start the server, run a cell.

Also a program, for places where the tests themselves are not:
`python -m tests.image.walk FRONT NOTEBOOKS LINK` prints what the cell printed.
"""

import asyncio
import sys
from types import SimpleNamespace
from typing import Any, cast

from tests.system.installation import Installation
from tests.system.person import Person

FORTY_TWO = "print(6*7)"


async def walk(person: Person, link: str, *cells: str) -> tuple[dict[str, Any], list[str]]:
    """Sign in by the link, start the server, run cells; return the server and what they printed."""
    status, _, text = await person.visit(link)
    assert status == 200
    assert "Sign out" in text
    info = await person.start_server()
    assert info["state"] == "ready"
    await person.open_server(info["base_url"])
    async with person.kernel(info["base_url"]) as kernel:
        return info, [await kernel.run(cell) for cell in cells]


async def main(front: str, notebooks: str, link: str) -> None:
    place = cast("Installation", SimpleNamespace(front=front, notebooks=notebooks))
    async with Person(place) as person:
        _, (printed,) = await walk(person, link, FORTY_TWO)
    sys.stdout.write(printed)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
