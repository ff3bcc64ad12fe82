"""Snapshots: a page on the disk and a row that says whose it is.

Promises: the page is there before the row, and goes after it, so that a link shows a whole page or
nothing, whenever we are killed; what is left of that is cleared away by `clear`, which also ends
those whose time is over. Twice at once makes two. Must not: know who may share what.
"""

import asyncio
from pathlib import Path

from proxy.core.clock import Clock
from proxy.core.credentials import RandomText
from proxy.core.identity import User
from proxy.core.snapshot import TOKEN_BYTES, Lifetime, Snapshot, expiry_of, is_token, token_of
from proxy.courses.snapshot_files import SPARE_BYTES, SnapshotFiles
from proxy.store import snapshots
from proxy.store.database import Store
from proxy.store.snapshots import NewSnapshot


class Snapshots:
    """Of one installation."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        clock: Clock,
        random: RandomText,
        *,
        spare: int = SPARE_BYTES,
    ) -> None:
        self._files = SnapshotFiles(folder, spare=spare)
        self._store = store
        self._clock = clock
        self._random = random
        self._strangers: set[str] = set()

    async def create(
        self, owner: User, page: bytes, *, course: str, path: str, title: str, lifetime: Lifetime
    ) -> Snapshot:
        """Store a page; raises `Conflict` where there may be no other, or no room for it."""
        now = self._clock()
        new = NewSnapshot(
            token=token_of(self._random(TOKEN_BYTES)),
            course=course,
            path=path,
            title=title,
            size=len(page),
            created=now,
            expires=expiry_of(lifetime, now),
        )
        await self._store.read(snapshots.refuse_too_many, owner.id, len(page))
        await asyncio.to_thread(self._files.write, new.token, page)
        try:
            return await self._store.write(snapshots.create, owner, new)
        except Exception:
            await asyncio.to_thread(self._files.remove, new.token)
            raise

    async def refuse_too_many(self, owner: User) -> None:
        """Raise `Conflict` if this person may have no other: to be asked before the work begins."""
        await self._store.read(snapshots.refuse_too_many, owner.id, 1)

    async def page_of(self, token: str) -> Path | None:
        """Return the file that a link shows; None if it is no link of ours, or over."""
        if not is_token(token):
            return None
        found = await self._store.read(snapshots.find_by_token, token, self._clock())
        if found is None or not await asyncio.to_thread(self._files.has, found.token):
            return None
        return self._files.place(found.token)

    async def remove(self, snapshot: Snapshot) -> bool:
        """End it; False if somebody did meanwhile."""
        was_there = await self._store.write(snapshots.remove, snapshot.id)
        await asyncio.to_thread(self._files.remove, snapshot.token)
        return was_there

    async def clear(self) -> None:
        """End what is over, and put right what a sudden end left.

        A file without a row goes when it was so the last time, too: before, one may be under way.
        """
        await self._store.write(snapshots.remove_expired, self._clock())
        known = await self._store.read(snapshots.tokens)
        there = await asyncio.to_thread(self._files.names)
        if lost := {token for token in known if self._files.name(token) not in there}:
            await self._store.write(snapshots.remove_tokens, lost)
        strangers = there - {self._files.name(token) for token in known}
        await asyncio.to_thread(self._files.clear, strangers & self._strangers)
        self._strangers = strangers
