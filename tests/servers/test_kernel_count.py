from proxy.core.lifecycle import State
from proxy.servers.kernel_count import count_kernels
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB, KEY, PretendJupyter

AT = "2027-01-15T08:00:00Z"


async def test_of_a_server_that_does_not_answer_nothing_is_told(clock: FakeClock) -> None:
    ada, bob = PretendJupyter(ADA, KEY, clock), PretendJupyter(BOB, KEY, clock, status=500)
    ada.kernels = [{"execution_state": "idle", "last_activity": AT}] * 2
    try:
        records = [
            ServerRecord(ADA, State.READY, address=await ada.open(), identity_key=KEY),
            ServerRecord(BOB, State.READY, address=await bob.open(), identity_key=KEY),
            ServerRecord(BOB, State.STOPPED),
        ]
        assert await count_kernels(records, clock) == {ADA: 2}
    finally:
        await ada.close()
        await bob.close()
    assert await count_kernels(records, clock) == {}
    assert ada.users == ["sifu"]
