"""Who is compared, and in which ways of starting."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bench.servers import hub, sifu
from bench.servers.house import PEOPLE, Rival

HUB: Final = "jupyterhub"
_ALL = len(PEOPLE)


def list_rivals(store: Path, people: Sequence[str] = PEOPLE) -> tuple[Rival, ...]:
    """Return all of them; `store` is where what was fetched is kept between runs."""
    forked = partial(sifu.start, people, forks=True)
    return (
        Rival(
            "sifu",
            f"servers are forked, SIFU_CONCURRENT_STARTS={_ALL}",
            sifu.version,
            partial(forked, at_once=_ALL),
        ),
        Rival(
            "sifu-default",
            "servers are forked, SIFU_CONCURRENT_STARTS as it is by default",
            sifu.version,
            partial(forked, at_once=None),
            is_whole=False,
        ),
        Rival(
            "sifu-exec",
            f"SIFU_FORK_SERVER=off, SIFU_CONCURRENT_STARTS={_ALL}",
            sifu.version,
            partial(sifu.start, people, forks=False, at_once=_ALL),
            is_brief=True,
        ),
        Rival(
            HUB,
            "SimpleLocalProcessSpawner, jupyterhub-singleuser",
            partial(hub.install, store),
            partial(hub.start_hub, people, store),
        ),
    )
