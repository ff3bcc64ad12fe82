"""Hypothesis plays with the table, the queue and the room, against a plain list as the model."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from proxy.core.errors import Conflict
from proxy.core.identity import ServerName
from proxy.core.lifecycle import _TABLE, PENDING, RUNNING, Event, State, step
from proxy.core.queueing import Room, has_room, in_order, ticket

NAMES = [ServerName(owner, "home") for owner in "abcdefgh"]
# What the world may do to a server at any time; who is started when is the queue's part.
HAPPENINGS = sorted(set(Event) - {Event.START, Event.QUEUE, Event.ADMIT}, key=lambda e: e.value)
WAY_OUT = (
    (State.STARTING, Event.ANSWERED),
    (State.READY, Event.STOP),
    (State.STOPPING, Event.EXITED),
)
names = st.sampled_from(NAMES)


def able_to_end() -> set[State]:
    """The states from which some way leads to one that is not pending."""
    found = set(State) - PENDING
    for _ in State:
        found |= {at for (at, _), to in _TABLE.items() if to in found}
    return found


CAN_END = able_to_end()


class Life(RuleBasedStateMachine):
    """`rows` is what the store would hold, `line` the model of who waits."""

    @initialize(servers=st.integers(0, 5), starts=st.integers(0, 3))
    def open(self, servers: int, starts: int) -> None:
        self.room = Room(servers, starts)
        self.now = 1_800_000_000.0
        self.rows = dict.fromkeys(NAMES, (State.STOPPED, 0.0))
        self.line: list[ServerName] = []
        self.adopted: set[ServerName] = set()
        self.slow: set[ServerName] = set()

    @rule(seconds=st.floats(-1e6, 1e6, allow_nan=False))
    def time_passes_or_is_put_back(self, seconds: float) -> None:
        self.now = max(0.0, self.now + seconds)

    @rule(name=names)
    def somebody_wishes(self, name: ServerName) -> None:
        if self.state(name) not in {State.STOPPED, State.FAILED}:
            return
        if not self.line and has_room(self.counted(), self.room, len(self.slow)):
            self.move(name, Event.START)
            return
        newest = max((since for state, since in self.waiting()), default=0.0)
        self.move(name, Event.QUEUE, since=ticket(self.now, newest))
        self.line.append(name)

    @rule()
    def the_queue_is_served(self) -> None:
        while self.order() and has_room(self.counted(), self.room, len(self.slow)):
            head = self.order()[0]
            assert head == self.line.pop(0)
            self.move(head, Event.ADMIT)

    @rule(name=names, event=st.sampled_from(HAPPENINGS))
    def something_happens(self, name: ServerName, event: Event) -> None:
        before = self.rows[name]
        try:
            self.move(name, event)
        except Conflict:
            assert (before[0], event) not in _TABLE
            assert self.rows[name] == before
            return
        assert self.state(name) is _TABLE[before[0], event]
        if event is Event.FOUND:
            self.adopted.add(name)
        if before[0] is State.QUEUED:
            self.line.remove(name)

    @rule(name=names)
    def a_start_goes_on_and_on(self, name: ServerName) -> None:
        if self.state(name) is State.STARTING:
            self.slow.add(name)

    @rule(order=st.permutations(NAMES))
    def front_is_killed_and_reads_the_rows_again(self, order: list[ServerName]) -> None:
        self.rows = {name: self.rows[name] for name in order}

    @invariant()
    def everybody_who_waits_keeps_the_place(self) -> None:
        assert self.order() == self.line

    @invariant()
    def never_more_than_there_is_room_for(self) -> None:
        running = [name for name in NAMES if self.state(name) in RUNNING]
        ours = [name for name in running if name not in self.adopted]
        starting = [
            name for name in ours if self.state(name) is State.STARTING and name not in self.slow
        ]
        assert not self.room.servers or len(ours) <= self.room.servers
        assert not self.room.starts or len(starting) <= self.room.starts

    @invariant()
    def whatever_is_pending_can_come_to_an_end(self) -> None:
        assert {state for state, _ in self.rows.values()} <= CAN_END

    def teardown(self) -> None:
        """With time and nobody new, the queue is empty or everything is full."""
        if not hasattr(self, "rows"):
            return
        while self.order():
            waiting = len(self.order())
            for name in NAMES:
                for state, event in WAY_OUT:
                    if self.state(name) is state:
                        self.move(name, event)
            self.the_queue_is_served()
            assert len(self.order()) < waiting

    def state(self, name: ServerName) -> State:
        return self.rows[name][0]

    def counted(self) -> Counter[State]:
        return Counter(state for state, _ in self.rows.values())

    def waiting(self) -> list[tuple[State, float]]:
        return [row for row in self.rows.values() if row[0] is State.QUEUED]

    def order(self) -> list[ServerName]:
        return in_order(
            (since, name) for name, (state, since) in self.rows.items() if state is State.QUEUED
        )

    def move(self, name: ServerName, event: Event, since: float | None = None) -> None:
        state, before = self.rows[name]
        self.rows[name] = (step(state, event), before if since is None else since)
        if self.state(name) not in RUNNING:
            self.adopted.discard(name)
        if self.state(name) is not State.STARTING:
            self.slow.discard(name)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
