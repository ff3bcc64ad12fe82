"""Memory that several processes share, and processes of other people."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from proxy.servers.shared_pages import read_pages

MIB = 1024 * 1024
# 40 MiB, then as many processes that share them.
PARENT = """
import os, sys, time
held = bytearray(os.urandom(1024) * 40 * 1024)
children = int(sys.argv[1])
for _ in range(children):
    if os.fork() == 0:
        time.sleep(60)
print(1, flush=True)
time.sleep(60)
"""
# A shell that holds 20 MB; every account may run one.
HOLDING = "x=$(head -c 20000000 /dev/zero | tr '\\0' x); echo 1; sleep 60; : $x"
# Reads as root without the capabilities that a container's root has not either.
WITHOUT_CAPABILITIES = """
import ctypes, sys
from proxy.servers.shared_pages import read_pages
class Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]
class Data(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]
libc = ctypes.CDLL(None)
header, data = Header(0x20080522, 0), (Data * 2)()
libc.capget(ctypes.byref(header), data)
for number in (19, 21, 38):  # CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_PERFMON
    data[number // 32].effective &= ~(1 << number % 32)
    data[number // 32].permitted &= ~(1 << number % 32)
assert libc.capset(ctypes.byref(header), data) == 0
pid, uid = map(int, sys.argv[1:])
try:
    open(f"/proc/{pid}/smaps_rollup").read()
    print("not refused")
except PermissionError:
    print("refused")
print(read_pages(pid, uid).pss)
print(libc.setfsuid(-1), libc.setfsgid(-1))
"""


@contextmanager
def program(*command: str, uid: int | None = None) -> Iterator[int]:
    account = {} if uid is None else {"user": uid, "group": uid, "extra_groups": ()}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
        **account,  # type: ignore[call-overload]
    )
    process.stdout.readline()
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, 9)
        process.wait()
        process.stdout.close()


def read_without_capabilities(pid: int, uid: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_CAPABILITIES, str(pid), str(uid)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_shared_pages_count_by_their_part() -> None:
    parent = (sys.executable, "-c", PARENT)
    with program(*parent, "0") as alone, program(*parent, "3") as sharing:
        whole, part = read_pages(alone), read_pages(sharing)
    assert whole is not None
    assert part is not None
    assert 40 * MIB < whole.pss < 80 * MIB
    assert part.pss < 25 * MIB


def test_who_is_gone_uses_nothing_that_is_known() -> None:
    assert read_pages(2**22 + 1) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="needs accounts of others, so root")
def test_other_peoples_processes_are_read_without_capabilities() -> None:
    with program("/bin/sh", "-c", HOLDING, uid=64321) as pid:
        refused, pss, identity = read_without_capabilities(pid, 64321)
        expected = read_pages(pid, 64321)
    assert refused == "refused"
    assert expected is not None
    assert expected.pss > 19_000_000
    assert abs(int(pss) - expected.pss) < MIB
    assert identity == "0 0"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs accounts of others, so root")
def test_who_hides_is_judged_by_all_its_own_pages(short_path: Path) -> None:
    short_path.chmod(0o755)
    shell = short_path / "sh"
    shutil.copy("/bin/sh", shell)
    shell.chmod(0o711)  # who may not read a program may not look into its processes (proc(5))
    with program(str(shell), "-c", HOLDING, uid=64321) as pid:
        refused, pss, _ = read_without_capabilities(pid, 64321)
    assert refused == "refused"
    assert int(pss) > 19_000_000


# As the kernel writes them (proc(5)), with 300 MB of a process swapped out.
ROLLUP = b"""55d0c0a00000-7ffd3c3f1000 ---p 00000000 00:00 0                          [rollup]
Rss:               40960 kB
Pss:               20480 kB
Pss_Anon:          16384 kB
Pss_File:           3072 kB
Pss_Shmem:          1024 kB
Swap:             409600 kB
SwapPss:          307200 kB
Locked:                0 kB
"""
STATUS = b"""Name:\tpython
VmRSS:\t   40960 kB
RssAnon:\t   16384 kB
RssFile:\t   23552 kB
RssShmem:\t    1024 kB
VmSwap:\t  307200 kB
"""


def test_what_is_swapped_out_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.servers.shared_pages._read", lambda path: ROLLUP)
    pages = read_pages(os.getpid())
    assert pages is not None
    assert (pages.pss, pages.shmem) == (320 * MIB, MIB)


def test_what_is_swapped_out_counts_for_who_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: str) -> bytes:
        if path.endswith("smaps_rollup"):
            raise PermissionError(path)
        return STATUS

    monkeypatch.setattr("proxy.servers.shared_pages._read", read)
    pages = read_pages(os.getpid())
    assert pages is not None
    assert (pages.pss, pages.shmem) == (317 * MIB, MIB)


def test_the_kernel_has_these_lines() -> None:
    rollup, status = (Path(f"/proc/self/{name}").read_text() for name in ("smaps_rollup", "status"))
    assert "\nSwapPss:" in rollup
    assert "\nVmSwap:" in status
