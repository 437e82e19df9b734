"""What `warder doctor` finds about memory: the kernel's keyring, the runtime folder, locked memory and swap."""

import dataclasses
import fcntl
import json
import os
import pathlib
import shutil
import subprocess

import pytest
from doctor import Case, cases, examined, goes_through, mend
from home import ORDINARY, PASSPHRASE
from system_certificates import SEPARATE
from test_doctor_store import remarks
from test_keyring import REFUSALS, REFUSING

SWAPS = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"


def through(home, *prefix):
    """From now on warder is started this way; gives how it was started before."""
    before = home.command
    home.command = lambda *arguments: [*map(str, prefix), *before(*arguments)]
    return before


def refuse_keys(home, how="not permitted"):
    return through(home, *REFUSING, *REFUSALS[how])


# The runtime folder


def exposed_folder(home):
    home.runtime.chmod(0o777)


def not_a_folder(home):
    (home.root / "file").write_text("")
    return {"XDG_RUNTIME_DIR": str(home.root / "file")}


def foreign_folder(home):
    os.chown(home.runtime, ORDINARY, ORDINARY)


def own_folder(home):
    os.chown(home.runtime, os.geteuid(), os.getegid())


RUNTIMES = [
    Case("others write to it", exposed_folder, "runtime_folder_unused", "XDG_RUNTIME_DIR"),
    Case("it is a file", not_a_folder, "runtime_folder_unused", "XDG_RUNTIME_DIR"),
]


@cases(*RUNTIMES)
def test_the_runtime_folder(home, case):
    goes_through(home, case)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives folders away")
@cases(Case("another user's", foreign_folder, "runtime_folder_unused", "XDG_RUNTIME_DIR"))
def test_a_foreign_runtime_folder(home, case):
    goes_through(home, case)


@pytest.mark.needs("strace")
@pytest.mark.parametrize("how", [key for key in REFUSALS if key != "over quota"])
def test_a_keyring_that_is_refused_with_a_folder_in_memory(home, how):
    refuse_keys(home, how)
    report = examined(home)
    assert report["findings"] == [] and "keyring_refused" in remarks(report)
    home.unlock()
    report = examined(home)
    assert report["findings"] == [] and "locked" not in remarks(report)


def no_folder(home):
    refuse_keys(home)
    del home.environment["XDG_RUNTIME_DIR"]


def folder_on_disk(home):
    refuse_keys(home)
    (home.root / "runtime").mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(home.root / "runtime")}


KEYRINGS = [
    Case("without a runtime folder", no_folder, "no_runtime_folder", "XDG_RUNTIME_DIR"),
    Case("with one on a disk", folder_on_disk, "keyring_refused", "XDG_RUNTIME_DIR"),
]


@pytest.mark.needs("strace")
@cases(*KEYRINGS)
def test_the_keyring_is_refused(home, case):
    made = pathlib.Path(f"/dev/shm/runtime-{os.geteuid()}")
    if subprocess.run(["stat", "-f", "-c", "%T", home.root], capture_output=True, text=True).stdout.strip() == "tmpfs":
        pytest.skip("the home is in memory")
    # One after the other: the folder is the user's, and goes at the end.
    with open(f"/dev/shm/warder-test-{os.geteuid()}", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        was = made.exists()
        try:
            goes_through(home, dataclasses.replace(case, mends=mends_here))
            home.unlock()
            assert "locked" not in remarks(examined(home))
        finally:
            if not was:
                shutil.rmtree(made, ignore_errors=True)


def mends_here(home):
    """Runs what is printed; it sets a variable that the home did not have, or had otherwise."""
    home.environment.setdefault("XDG_RUNTIME_DIR", "")
    (found,) = examined(home)["findings"]
    mend(home, found["command"])


@pytest.mark.needs("strace")
def test_a_refused_keyring_and_a_vault_that_opens_by_itself(home):
    """As in a container with a keyfile: each call opens the vault."""
    home.good("vault", "slots", "add", "keyfile", home.root / "key", passphrase=True)
    home.environment["WARDER_KEYFILE"] = str(home.root / "key")
    no_folder(home)
    report = examined(home)
    assert report["findings"] == [] and "keyring_refused" in remarks(report)


@pytest.mark.needs("strace")
def test_a_refused_keyring_and_a_passphrase_that_is_given(home):
    """As in a CI job: each call opens the vault, and asks nobody."""
    no_folder(home)
    home.environment["WARDER_PASSPHRASE"] = PASSPHRASE
    report = examined(home)
    assert report["findings"] == [] and "keyring_refused" in remarks(report)


# Swap


def device():
    """A disk that is not encrypted, as the kernel knows it."""
    for folder in sorted(pathlib.Path("/sys/class/block").glob("*")):
        node = pathlib.Path("/dev") / folder.name
        plain = not folder.name.startswith(("loop", "ram", "zram", "dm-", "sr", "nbd", "md", "zd"))
        if plain and node.is_block_device() and not any((folder / "slaves").glob("*")):
            return node
    pytest.skip("this machine has no disk")


def swapping(home, area):
    """In a namespace of mounts, over the machine's own table."""
    if subprocess.run([*SEPARATE, "true"], capture_output=True).returncode != 0:
        pytest.skip("the kernel refuses a mount namespace")
    table = home.root / "swaps"
    table.write_text(SWAPS + (f"{area}                partition\t1048572\t\t0\t\t-2\n" if area else ""))
    return through(home, *SEPARATE, "sh", "-c", 'mount --bind "$0" /proc/swaps && exec "$@"', table)


def limited(home, soft, hard):
    """With so much memory to lock, and without root's way around it."""
    through(home, "setpriv", "--bounding-set=-ipc_lock", "prlimit", f"--memlock={soft}:{hard}")


@pytest.mark.needs("setpriv")
@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to bind /proc/swaps")
def test_memory_that_cannot_be_locked(home):
    node, plain = device(), home.command
    for soft, hard, command in [
        (65536, 65536, "/etc/security/limits.d/warder.conf"), (0, 0, "limits.d"), (65536, 8 << 20, "ulimit -l 8192"),
    ]:
        home.command = plain
        limited(home, soft, hard)
        swapping(home, node)
        (found,) = examined(home)["findings"]
        assert found["code"] == "memory_lock_limit" and command in found["command"], found
        assert f"{soft // 1024} KiB" in found["message"] and str(node) in found["message"]
    # The last one mends it where it is run.
    line = " ".join(map(str, home.command("doctor", "--json")[-3:]))
    prefix = home.command()[: -1]
    shell = ["bash", "-c", f"{found['command']} && {line}"]
    done = subprocess.run([*prefix, *shell], env=home.environment, cwd=home.root, capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout)["findings"] == [], done
    # Without swap there is nothing to fear.
    home.command = plain
    limited(home, 0, 0)
    swapping(home, None)
    assert examined(home)["findings"] == []


@pytest.mark.needs("setpriv")
@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to bind /proc/swaps")
def test_memory_that_can_be_locked(home):
    """128 KiB is what a command takes: half a MiB is enough."""
    limited(home, 512 << 10, 512 << 10)
    swapping(home, device())
    report = examined(home)
    assert report["findings"] == [] and "swap" in remarks(report)


def swapped(home):
    """The key of cached sessions is in a file in memory."""
    swapping(home, device())
    refuse_keys(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to bind /proc/swaps")
@pytest.mark.needs("strace")
def test_an_unlocked_key_that_is_swapped(home):
    plain, node = home.command, device()
    assert examined(home)["findings"] == []
    swapped(home)
    (found,) = examined(home)["findings"]
    assert found["code"] == "swap_unencrypted" and found["place"] == str(node)
    assert found["command"] == f"swapoff {node}"
    # As that leaves it.
    home.command = plain
    swapping(home, None)
    refuse_keys(home)
    assert examined(home)["findings"] == []
    # What is in the kernel's keyring is not swapped.
    home.command = plain
    swapping(home, node)
    assert examined(home)["findings"] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to bind /proc/swaps")
@pytest.mark.needs("strace")
@pytest.mark.parametrize("area", ["/nowhere/swapfile", "/dev/null", "/dev/dm-nothing", "(unreachable)/swapfile"])
def test_a_swap_area_of_another_machine(home, area):
    """As a container sees its host's."""
    swapping(home, area)
    refuse_keys(home)
    report = examined(home)
    assert report["findings"] == [] and "swap" in remarks(report)


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to bind /proc/swaps")
@pytest.mark.needs("strace")
def test_swap_in_memory(home):
    """zram is never written to a disk."""
    if not pathlib.Path("/dev/zram0").is_block_device():
        pytest.skip("this machine has no zram")
    swapping(home, "/dev/zram0")
    refuse_keys(home)
    report = examined(home)
    assert report["findings"] == [] and "swap" not in remarks(report)
