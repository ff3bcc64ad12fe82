"""XML-RPC against a real supervisord, and against things that are none."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.servers.supervisor_rpc import Fault, SupervisorFault, SupervisorRpc, SupervisorSilent
from tests.servers.supervision import Supervision, supervision


@pytest.fixture(scope="module")
def supervised() -> Iterator[Supervision]:
    with supervision() as made:
        made.start()
        yield made


@pytest.mark.system
async def test_answers_come_back_as_values(supervised: Supervision) -> None:
    rpc = SupervisorRpc(supervised.places.supervisor_socket)
    assert await rpc.call("supervisor.getState") == {"statecode": 1, "statename": "RUNNING"}
    answers = await asyncio.gather(*(rpc.call("supervisor.getState") for _ in range(50)))
    assert {answer["statename"] for answer in answers} == {"RUNNING"}


@pytest.mark.system
async def test_faults_carry_their_code_and_expected_ones_are_values(
    supervised: Supervision,
) -> None:
    rpc = SupervisorRpc(supervised.places.supervisor_socket)
    with pytest.raises(SupervisorFault) as fault:
        await rpc.call("supervisor.getProcessInfo", "nobody")
    assert fault.value.code == Fault.BAD_NAME
    assert fault.value.status == 503
    method = "supervisor.getProcessInfo"
    assert await rpc.call_expecting([Fault.BAD_NAME], method, "nobody") is Fault.BAD_NAME
    with pytest.raises(SupervisorFault):
        await rpc.call_expecting([Fault.SPAWN_ERROR], method, "nobody")


async def test_no_supervisord_is_silence(tmp_path: Path) -> None:
    with pytest.raises(SupervisorSilent, match="does not answer"):
        await SupervisorRpc(tmp_path / "none.sock").call("supervisor.getState")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno!"])
async def test_nonsense_is_silence(short_path: Path, answer: bytes) -> None:
    async def reply(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(reply, short_path / "x.sock"):
        with pytest.raises(SupervisorSilent):
            await SupervisorRpc(short_path / "x.sock").call("supervisor.getState")


async def test_a_hanging_supervisord_is_given_up(short_path: Path) -> None:
    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(5)
        finally:
            writer.close()

    async with await asyncio.start_unix_server(hang, short_path / "x.sock") as server:
        with pytest.raises(SupervisorSilent):
            await SupervisorRpc(short_path / "x.sock", seconds=0.2).call("supervisor.getState")
        server.close_clients() if hasattr(server, "close_clients") else None
