"""What the executable itself is: what it loads, where from, and how large it is."""

import re
import subprocess

import pytest
from home import WARDER

NEEDED = {"libcrypto.so.3", "libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"}


@pytest.fixture(scope="module")
def dynamic():
    return subprocess.run(["readelf", "-d", "-W", WARDER], capture_output=True, text=True, check=True).stdout


@pytest.mark.needs("readelf")
def test_libraries(dynamic):
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    assert needed - {name for name in needed if name.startswith("ld-linux")} <= NEEDED
    assert "libcrypto.so.3" in needed


@pytest.mark.needs("readelf")
def test_no_folder_is_searched_before_the_system_s(dynamic):
    """A library that somebody puts into such a folder would be part of warder; and each start looks there."""
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic


@pytest.mark.needs("readelf")
def test_hardened(dynamic):
    header = subprocess.run(["readelf", "-h", "-l", "-W", WARDER], capture_output=True, text=True, check=True).stdout
    assert "GNU_RELRO" in header
    assert re.search(r"GNU_STACK.* RW ", header)
    assert "TEXTREL" not in dynamic
    assert "BIND_NOW" in dynamic or re.search(r"FLAGS_1.*NOW", dynamic)


@pytest.mark.needs("readelf")
def test_constants_are_read_only():
    sections = subprocess.run(["readelf", "-S", "-W", WARDER], capture_output=True, text=True, check=True).stdout
    assert set(re.search(r" \.rodata +PROGBITS +(?:[0-9a-f]+ +){4}(\w+)", sections)[1]) <= set("AMSo"), sections


def test_size():
    assert WARDER.stat().st_size <= 10_750_000


@pytest.mark.needs("strace")
def test_a_warm_answer_loads_no_more_and_asks_nobody(working, tmp_path):
    log = tmp_path / "log"
    prefix = ["strace", "-f", "-o", log, "-e", "trace=openat,open,socket,connect,execve,clone,clone3,fork,vfork"]
    assert working.run("process", "prod", prefix=prefix).code == 0
    text = log.read_text()
    assert "libcurl" not in text and "libexpat" not in text and "openssl.cnf" not in text
    assert "socket(" not in text and "connect(" not in text and "fork(" not in text and "clone" not in text
    assert text.count("execve(") == 1


@pytest.mark.needs("strace")
def test_no_program_for_crashes_is_looked_for(working, tmp_path):
    log = tmp_path / "log"
    found = working.run("process", "prod", prefix=["strace", "-f", "-o", log, "-e", "trace=%file"])
    assert found.code == 0 and "swift" not in log.read_text().replace(str(working.root), "")


@pytest.mark.needs("strace")
@pytest.mark.parametrize("command", ["process", "env", "explain"])
def test_a_warm_command_looks_at_the_vault_once(working, tmp_path, command):
    log = tmp_path / "log"
    prefix = ["strace", "-f", "-o", log, "-e", "trace=open,openat"]
    assert working.run(command, "prod", prefix=prefix).code == 0
    assert log.read_text().count(f'"{working.vault}"') == 1


@pytest.mark.needs("strace")
def test_a_warm_answer_is_one_write(working, tmp_path):
    log = tmp_path / "log"
    assert working.run("process", "prod", prefix=["strace", "-f", "-o", log, "-e", "trace=write,writev"]).code == 0
    assert len(re.findall(r"write\(1, ", log.read_text())) == 1
