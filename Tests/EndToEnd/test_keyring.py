"""Where the unlocked key lies: the kernel's keyring or, where the kernel refuses, a file in memory."""

import os
import subprocess

import pytest
from home import PASSPHRASE

REFUSING = ["strace", "-f", "-o", "/dev/null", "-e", "trace=add_key,keyctl,request_key"]
REFUSALS = {
    "not permitted": ["-e", "inject=add_key,keyctl,request_key:error=EPERM"],
    "no such call": ["-e", "inject=add_key,keyctl,request_key:error=ENOSYS"],
    "over quota": ["-e", "inject=add_key:error=EDQUOT"],
}


def in_memory(path):
    kind = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=True).stdout.strip()
    return kind in ("tmpfs", "ramfs")


@pytest.fixture(scope="module")
def keyring():
    # A name of its own: under the same one, another's would be the same key, and be taken away by whoever is first.
    command = ["keyctl", "padd", "user", f"warder-test-{os.getpid()}", "@u"]
    probe = subprocess.run(command, input=b"x", capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"this kernel gives no keyring: {probe.stderr.decode().strip()}")
    subprocess.run(["keyctl", "unlink", probe.stdout.decode().strip(), "@u"], capture_output=True, check=True)


@pytest.mark.needs("keyctl")
def test_the_key_is_in_the_user_s_keyring_for_a_time(home, keyring):
    assert home.kernel_key() is None
    home.unlock()
    described = subprocess.run(
        ["keyctl", "rdescribe", home.kernel_key()], capture_output=True, text=True, check=True
    ).stdout
    assert described.startswith("user;") and "warder:session-cache:" in described
    # Possessor only: no other session of the user reads it without linking it first.
    assert int(described.split(";")[3], 16) & 0x00FFFF3F == 0x00010000 & 0x00FFFF3F or "3f010000" in described
    assert list(home.runtime.rglob("*")) == []
    listed = subprocess.run(["cat", "/proc/keys"], capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in listed.splitlines() if f"{int(home.kernel_key()):08x}" in line]
    assert line.split()[3] not in ("perm", "expd")


@pytest.mark.needs("keyctl")
def test_locking_takes_it_away(unlocked, keyring):
    assert unlocked.kernel_key()
    unlocked.good("lock")
    assert unlocked.kernel_key() is None


@pytest.mark.needs("keyctl")
def test_another_login_session_finds_it(working, keyring):
    """A session keyring of its own, as each SSH login has one."""
    assert working.run("process", "prod", prefix=["keyctl", "session", "-"]).code == 0


@pytest.mark.needs("strace")
@pytest.mark.parametrize("refusal", REFUSALS)
def test_without_a_keyring_a_file_in_memory(home, sts, refusal):
    if not in_memory(home.runtime):
        pytest.skip("there is no file system in memory to use")
    prefix = REFUSING + REFUSALS[refusal]
    home.good("unlock", passphrase=True, prefix=prefix)
    home.good("refresh", "prod", "--mfa-code", "123456", passphrase=True, prefix=prefix)
    (file,) = home.runtime.rglob("warder:session-cache:*")
    assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o777 == 0o700
    assert PASSPHRASE.encode() not in file.read_bytes()
    assert '"Version":1' in home.good("process", "prod", prefix=prefix)
    home.good("lock", prefix=prefix)
    assert not file.exists()
    home.run("process", "prod", prefix=prefix).failed(3, "locked")


@pytest.mark.needs("strace")
def test_a_file_in_memory_has_its_time_too(home, sts):
    if not in_memory(home.runtime):
        pytest.skip("there is no file system in memory to use")
    prefix = REFUSING + REFUSALS["not permitted"]
    home.good("unlock", "--for", "1s", passphrase=True, prefix=prefix)
    subprocess.run(["sleep", "1.1"], check=True)
    home.run("process", "prod", prefix=prefix).failed(3, "locked")


@pytest.mark.needs("strace")
@pytest.mark.parametrize("where", ["nowhere", "on disk"])
def test_without_either_unlocking_is_an_error_that_says_so(home, where):
    env = {"XDG_RUNTIME_DIR": "" if where == "nowhere" else str(home.root)}
    if where == "on disk" and in_memory(home.root):
        pytest.skip("the tests' folder is itself in memory")
    result = home.run("unlock", passphrase=True, env=env, prefix=REFUSING + REFUSALS["not permitted"])
    result.failed(1, "XDG_RUNTIME_DIR")


@pytest.mark.needs("strace")
def test_without_either_a_passphrase_still_serves(home, sts):
    """What cannot be kept unlocked is opened each time."""
    prefix = REFUSING + REFUSALS["not permitted"]
    command = ["process", "prod", "--mfa-code", "123456"]
    result = home.run(*command, passphrase=True, env={"XDG_RUNTIME_DIR": ""}, prefix=prefix)
    assert result.code == 0 and '"Version":1' in result.out, result
