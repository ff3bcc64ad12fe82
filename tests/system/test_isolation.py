"""What a hostile student tries from inside a kernel, with a neighbour beside: all of it in vain.

Once with servers that are forked, once with servers that are started by exec.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession

from proxy.core.identity import ServerName
from proxy.servers.places import Places
from proxy.servers.server_files import read_identity_key
from tests.system.isolated import IsolatedInstallation, Resident, needs_accounts, residents
from tests.system.person import Person

PROCESSES, FILES = 160, 300

pytestmark = [pytest.mark.system, pytest.mark.timeout(300), needs_accounts()]


@pytest.fixture(scope="module", params=["on", "off"], ids=["forked", "by-exec"])
def at(request: pytest.FixtureRequest) -> Iterator[IsolatedInstallation]:
    made = IsolatedInstallation(
        SIFU_FORK_SERVER=request.param,
        SIFU_PROCESS_LIMIT=str(PROCESSES),
        SIFU_OPEN_FILES_LIMIT=str(FILES),
        SIFU_SECRET="a-signing-secret-that-nobody-may-ever-see",
    )
    made.start()
    if request.param == "on":
        made.await_fork_server()
    yield made
    made.stop()
    made.folder.cleanup()


def places_of(at: IsolatedInstallation) -> Places:
    return Places(at.root / "data/run", at.root / "data/logs", "python", at.passage)


ATTEMPT = """
import json, os, socket
def attempt(do):
    try:
        return repr(do())
    except Exception as refusal:
        return type(refusal).__name__
def connect(path):
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect(path)
"""


async def tries(who: Resident, **attempts: str) -> dict[str, str]:
    """Have each expression tried in the kernel; return what came of it."""
    lines = [f"    {name!r}: attempt(lambda: {code})," for name, code in attempts.items()]
    printed = await who.sees(ATTEMPT + "print(json.dumps({\n" + "\n".join(lines) + "\n}))")
    return dict(json.loads(printed))


def all_refused(outcomes: dict[str, str]) -> bool:
    return set(outcomes.values()) <= {"PermissionError"}


async def test_each_has_an_account_and_no_way_back(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        assert ada.uid != bob.uid
        first, _, last = at.environment["SIFU_UID_RANGE"].partition("-")
        assert {ada.uid, bob.uid} <= set(range(int(first), int(last) + 1))
        outcomes = await tries(
            ada,
            groups="(os.getresuid(), os.getresgid(), os.getgroups())",
            root="os.setuid(0)",
            bob=f"os.setuid({bob.uid})",
            group="os.setgroups([0])",
            terminal="os.open('/dev/tty', os.O_RDWR)",
            nice="os.nice(-1)",
            score="os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-500')",
            umask="os.umask(0o077)",
        )
        ids = (ada.uid,) * 3
        assert outcomes.pop("groups") == repr((ids, ids, []))
        assert outcomes.pop("umask") == repr(0o077)
        assert outcomes.pop("terminal") == "OSError"
        assert all_refused(outcomes), outcomes
        status = await ada.sees("print(open('/proc/self/status').read())")
        told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert (told["NoNewPrivs"], int(told["CapEff"], 16)) == ("1", 0)


async def test_the_neighbours_files_are_out_of_reach(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        assert await bob.sees("open('secret.txt', 'w').write('mine'); print('kept')") == "kept"
        notebooks = at.root / "notebooks"
        bobs = notebooks / "bob"
        outcomes = await tries(
            ada,
            names=f"os.listdir({str(notebooks)!r})",
            listing=f"os.listdir({str(bobs)!r})",
            reading=f"open({str(bobs / 'home/secret.txt')!r}).read()",
            opening=f"os.chmod({str(bobs)!r}, 0o777)",
            removing=f"os.rename({str(bobs)!r}, {str(notebooks / 'x')!r})",
            making=f"os.mkdir({str(notebooks / 'carl')!r})",
        )
        assert all_refused(outcomes), outcomes
        # Not through her own server either: it can do no more than she can.
        await ada.sees(f"os.symlink({str(bobs / 'home')!r}, 'beside')")
        status, told = await ada.person.jupyter("GET", f"{ada.base}api/contents/beside/secret.txt")
        assert status >= 400
        assert "mine" not in str(told)
        await ada.sees("os.unlink('beside')")
        assert await bob.sees("print(open('secret.txt').read())") == "mine"
        modes = {path.stat().st_mode & 0o777 for path in (bobs, bobs / "home")}
        assert modes == {0o700}


async def test_tmp_is_ones_own(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        code = "import tempfile; print(tempfile.mkdtemp(prefix='adas-'))"
        assert (await ada.sees(code)).startswith(("/tmp/", str(at.root / "notebooks/ada/.tmp")))
        seen = await bob.sees("import os; print(os.listdir('/tmp'), os.listdir('/dev/shm'))")
        assert "adas-" not in seen
        assert (at.root / "notebooks/ada/.tmp").stat().st_uid == ada.uid


async def test_the_neighbours_sockets_refuse(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        places, name = places_of(at), ServerName("bob", "home")
        own = places.own_folder(name)
        kernels = [str(path) for path in own.glob("kernel-*-ipc-*")]
        assert kernels
        connection_file = str(next(own.glob("kernel-*.json")))
        outcomes = await tries(
            ada,
            server=f"connect({str(places.server_socket(name))!r})",
            kernel=f"connect({kernels[0]!r})",
            key=f"open({str(places.server_folder(name) / 'identity.key')!r}).read()",
            settings=f"open({str(places.server_folder(name) / 'settings.json')!r}).read()",
            connection=f"open({connection_file!r}).read()",
            folders=f"os.listdir({str(places.sockets)!r})",
        )
        assert all_refused(outcomes), outcomes
        assert await bob.sees("print(1 + 1)") == "2"


async def test_nothing_can_be_put_in_the_place_of_ones_own_socket(
    at: IsolatedInstallation,
) -> None:
    """Front and relay open it as root: a link to supervisord's would be asked as root."""
    async with residents(at, "ada") as (ada,):
        places, name = places_of(at), ServerName("ada", "home")
        socket_file = str(places.server_socket(name))
        outcomes = await tries(
            ada,
            removing=f"os.unlink({socket_file!r})",
            replacing=f"os.rename({socket_file!r}, {socket_file + 'x'!r})",
            linking=f"os.symlink('/etc/passwd', {str(places.server_folder(name) / 'x')!r})",
            key=f"open({str(places.server_folder(name) / 'identity.key')!r}, 'w')",
            folder=f"os.rename({str(places.own_folder(name))!r}, {socket_file + 'x'!r})",
        )
        assert all_refused(outcomes), outcomes


async def test_nobody_elses_process_can_be_signalled_or_looked_into(
    at: IsolatedInstallation,
) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        bobs_kernel = int(await bob.sees("import os; print(os.getpid())"))
        front = at.processes("proxy.front_app")[0].pid
        assert at.process is not None
        others = {"server": bob.pid, "kernel": bobs_kernel, "front": front, "up": at.process.pid}
        others |= {f"stub{each.pid}": each.pid for each in at.processes("stub.py")}
        others |= {f"fork{each.pid}": each.pid for each in at.processes("fork_server")}
        for name, pid in others.items():
            outcomes = await tries(
                ada,
                kill=f"os.kill({pid}, 9)",
                environ=f"open('/proc/{pid}/environ').read()",
                memory=f"open('/proc/{pid}/mem', 'rb').read(1)",
                files=f"os.listdir('/proc/{pid}/fd')",
                folder=f"os.readlink('/proc/{pid}/cwd')",
            )
            assert all_refused(outcomes), (name, outcomes)
        assert await bob.sees("print(os.getpid())") == str(bobs_kernel)


async def test_our_own_files_are_out_of_reach(at: IsolatedInstallation) -> None:
    async with residents(at, "ada") as (ada,):
        data = at.root / "data"
        run = data / "run"
        outcomes = await tries(
            ada,
            listing=f"os.listdir({str(data)!r})",
            store=f"open({str(data / 'sifu.db')!r}, 'rb').read(1)",
            secret=f"open({str(run / 'secrets/sifu_secret')!r}).read()",
            run=f"os.listdir({str(run)!r})",
            supervisord=f"connect({str(run / 'supervisor.sock')!r})",
            fork_server=f"connect({str(run / 'fork.sock')!r})",
            log=f"open({str(data / 'logs/front.log')!r}).read(1)",
            request=f"open({str(run / 'starts/ada.home.json')!r}).read()",
        )
        assert all_refused(outcomes), outcomes


async def test_a_forged_identity_opens_nothing(at: IsolatedInstallation) -> None:
    """Neither at the neighbour's socket nor through the relay, whatever it is signed with."""
    async with residents(at, "ada", "bob") as (ada, bob):
        url = f"{at.notebooks}{bob.base}api/contents"
        code = f"""
import sys, urllib.request, urllib.error
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from proxy.core.tokens import AssertedIdentity, mint_identity
import time
key = Path({str(places_of(at).server_folder(ServerName("ada", "home")) / "identity.key")!r})
token = mint_identity(key.read_text(), AssertedIdentity("bob", "Bob", "bob/home", time.time() + 60))
asking = urllib.request.Request({url!r}, headers={{"X-Sifu-Identity": token}})
try:
    print(urllib.request.urlopen(asking).status)
except urllib.error.HTTPError as refused:
    print(refused.code)
"""
        assert await ada.sees(code) == "401"
        status, _ = await ada.person.jupyter("GET", f"{bob.base}api/contents")
        assert status in {401, 403}


async def test_no_secret_of_ours_is_in_a_server(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        kernel = int(await ada.sees("import os; print(os.getpid())"))
        for pid in (ada.pid, kernel):
            found = await asyncio.to_thread(psutil.Process(pid).environ)
            assert found["HOME"] == str(at.root / "notebooks/ada/home")
            assert found["USER"] == "ada"
            assert not [name for name in found if name.startswith("SIFU_")]
        places = places_of(at)
        bobs_key = await asyncio.to_thread(read_identity_key, places, ServerName("bob", "home"))
        for secret in (bobs_key, at.environment["SIFU_SECRET"]):
            assert not await asyncio.to_thread(holds, ada.pid, secret.encode())
            for each in at.processes("fork_server"):
                assert not await asyncio.to_thread(holds, each.pid, secret.encode())
        adas_key = await asyncio.to_thread(read_identity_key, places, ServerName("ada", "home"))
        assert await asyncio.to_thread(holds, ada.pid, adas_key.encode())  # the search can find
        assert bob.pid != ada.pid


def holds(pid: int, text: bytes) -> bool:
    """Is this text anywhere in a process's own memory?"""
    about = Path(f"/proc/{pid}")
    with (about / "mem").open("rb", 0) as memory:
        for line in (about / "maps").read_text().splitlines():
            span, mode = line.split()[:2]
            first, last = (int(part, 16) for part in span.split("-"))
            if not mode.startswith("rw"):
                continue
            memory.seek(first)
            try:
                if text in memory.read(last - first):
                    return True
            except OSError:
                continue
    return False


FORK_BOMB = """
import os, time
children = []
try:
    for _ in range(5000):
        pid = os.fork()
        if pid == 0:
            while True:
                try:
                    if os.fork() == 0:
                        continue
                except OSError:
                    pass
                time.sleep(30)
                os._exit(0)
        children.append(pid)
        time.sleep(0.001)
except OSError as refused:
    print(type(refused).__name__, len(children), flush=True)
"""


async def test_a_fork_bomb_hurts_its_owner_alone(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        printed = (await ada.sees(FORK_BOMB)).split()
        assert printed[0] == "BlockingIOError"
        assert int(printed[1]) < PROCESSES

        assert await asyncio.to_thread(threads_of, ada.uid) <= PROCESSES
        began = time.monotonic()
        assert await bob.sees("print(6 * 7)") == "42"
        assert (await bob.person.visit(f"{at.front}/healthz"))[0] == 200
        assert time.monotonic() - began < 10
        status, _ = await ada.person.api("DELETE", "servers/ada/home")
        assert status in {200, 204}
        assert await asyncio.to_thread(processes_of, ada.uid) == []
        assert (await ada.person.start_server())["state"] == "ready"


async def test_open_files_have_an_end(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        code = """
import resource
held = []
try:
    while True:
        held.append(open('/dev/null'))
except OSError as refused:
    print(refused.errno, len(held), resource.getrlimit(resource.RLIMIT_NOFILE))
held.clear()
"""
        number, opened, *limits = (await ada.sees(code)).split()
        assert (number, "".join(limits)) == ("24", f"({FILES},{FILES})")
        assert int(opened) < FILES
        assert await bob.sees("print(6 * 7)") == "42"


def threads_of(uid: int) -> int:
    total = 0
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            total += each.num_threads() if each.uids().real == uid else 0
    return total


DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3, 100):
            try:
                os.close(number)
            except OSError:
                pass
        os.execvp('sleep', ['sleep', '600'])
    os._exit(0)
time.sleep(0.5)
print('gone its own way')
"""


async def test_a_stop_ends_what_left_its_parents(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        assert await ada.sees(DAEMON) == "gone its own way"
        sleeping = [
            each
            for each in await asyncio.to_thread(processes_of, ada.uid)
            if each.name() == "sleep"
        ]
        assert sleeping
        await ada.person.api("DELETE", "servers/ada/home")
        assert await asyncio.to_thread(processes_of, ada.uid) == []
        assert await bob.sees("print(6 * 7)") == "42"


async def test_a_removed_persons_programs_end_too(at: IsolatedInstallation) -> None:
    async with residents(at, "eve") as (eve,):
        assert await eve.sees(DAEMON) == "gone its own way"
        async with Person(at) as admin:
            await admin.visit(at.link_of("admin"))
            status, told = await admin.api("DELETE", "users/eve")
            assert status < 300, told
        assert await asyncio.to_thread(processes_of, eve.uid) == []


def processes_of(uid: int) -> list[psutil.Process]:
    """Return what an account still runs, after giving it a moment to be reaped."""
    deadline = time.monotonic() + 5
    while True:
        found = [
            each
            for each in psutil.process_iter(["uids", "status"])
            if each.info["uids"]
            and each.info["uids"].real == uid
            and each.info["status"] != psutil.STATUS_ZOMBIE
        ]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


async def test_a_link_in_the_place_of_ones_own_folders_leads_nowhere(
    at: IsolatedInstallation,
) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        top = at.root / "notebooks/ada"
        code = f"""
import os
os.rename({str(top / ".tmp")!r}, {str(top / "old")!r})
os.symlink({str(at.root / "data/logs")!r}, {str(top / ".tmp")!r})
print('done')
"""
        assert await ada.sees(code) == "done"
        await ada.person.api("DELETE", "servers/ada/home")
        await ada.person.start_server()
        await ada.person.open_server(ada.base)
        async with ada.person.kernel(ada.base) as kernel:
            printed = await kernel.run("import os; print(sorted(os.listdir('/tmp'))[:50])")
            assert "front.log" not in printed
            assert "servers" not in printed
        (top / ".tmp").unlink(missing_ok=True)
        assert (at.root / "data/logs").stat().st_uid == 0
        assert await bob.sees("print(6 * 7)") == "42"


async def test_an_identity_of_the_system_is_kept_for_good(at: IsolatedInstallation) -> None:
    async with residents(at, "ada") as (ada,):
        before = ada.uid
        await ada.person.api("DELETE", "servers/ada/home")
        info = await ada.person.start_server()
        assert psutil.Process(info["pid"]).uids().real == before


FORGE = """
import http.client
said = set()
for _ in range(30):
    front = http.client.HTTPConnection("127.0.0.1", {port})
    headers = {{
        "Origin": "http://127.0.0.1:{port}",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": "198.51.100.7",
    }}
    front.request("POST", "/sign-in", "name=bob&password=guess", headers)
    said.add(front.getresponse().status)
    front.close()
print(sorted(said))
"""


async def test_a_kernel_speaks_for_nobody_elses_address(at: IsolatedInstallation) -> None:
    """As a web server on this machine may; so it cannot use up another's tries to sign in."""
    async with residents(at, "ada") as (ada,):
        assert await ada.sees(FORGE.format(port=at.front_port)) == "[403, 429]"
    statuses = []
    async with ClientSession() as client:
        for address in ("198.51.100.7", "127.0.0.1"):
            answer = await client.post(
                f"{at.front}/sign-in",
                data={"name": "bob", "password": "guess"},
                headers={"Origin": at.front, "X-Forwarded-For": address},
            )
            statuses.append(answer.status)
    assert statuses == [403, 429]
