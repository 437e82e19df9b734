"""What a rotation leaves for later, and where the store needs its passphrase for the key: it is found, and named."""

import subprocess
import time

import pytest
from home import PASSPHRASE, exit_code
from rotating import Rotation
from test_rotate_beside import cut_off


@pytest.fixture
def left(rotation):
    """A vault that opens by its passphrase alone, with the session cache unlocked, as in the morning."""

    def lock_keys():
        rotation.home.unlock()
        name = f"warder:vault-key:{rotation.home.vault.read_bytes()[16:32].hex()}"
        found = subprocess.run(["keyctl", "search", "@u", "user", name], capture_output=True, text=True)
        if found.returncode == 0:
            subprocess.run(["keyctl", "unlink", found.stdout.strip(), "@u"], capture_output=True, check=True)

    rotation.lock_keys = lock_keys
    return rotation


@pytest.mark.parametrize("how", ["a grace that is over", "a run that was killed"])
def test_it_is_finished_by_a_run_without_a_name(left, how):
    if how == "a grace that is over":
        left.good("--grace", "1s")
        time.sleep(1.1)
    else:
        cut_off(left, "UpdateAccessKey")
    left.lock_keys()
    assert left.home.run("rotate", "--no-prompt").code in (3, 4)
    for command in (["status"], ["list"]):
        assert "the rotation of alice is unfinished: warder rotate alice" in left.home.run(*command).err
    terminal = left.home.terminal("rotate")
    terminal.expect("assphrase")
    terminal.sendline(PASSPHRASE)
    terminal.expect("deleted " + left.first.id)
    assert exit_code(terminal) == 0
    left.check_that_it_is_over()
    assert "unfinished" not in left.home.run("status").err


def test_a_grace_that_runs_is_left_alone(left):
    left.good("--grace", "1h")
    left.lock_keys()
    result = left.home.run("rotate", "--no-prompt")
    assert result.code == 0 and "no key is old enough" in result.err, result
    assert "unfinished" not in left.home.run("status").err


def test_without_a_list_the_store_is_read(left):
    """Where nothing can be noted, as on a full disk, no key is taken for no key."""
    cache = left.home.root / "cache"
    if cache.exists():
        subprocess.run(["rm", "-rf", cache], check=True)
    cache.write_text("no folder")
    result = left.run(names=())
    assert result.code == 0 and "alice" in result.err, result
    left.check_that_it_is_over()


@pytest.mark.parametrize("command", ["remove", "replace"])
def test_a_key_that_may_be_lost_is_spoken_of(rotation, command):
    cut_off(rotation, "CreateAccessKey")
    if command == "remove":
        result = rotation.store.run("remove", "alice", "--yes")
    else:
        other = rotation.account.key(rotation.account.user("other", device=False))
        result = rotation.store.add("alice", (other.id, other.secret), "--replace")
    assert result.code == 0, result
    assert "AWS may have made one more key" in result.err and "aws iam list-access-keys" in result.err


def test_at_a_terminal_remove_asks_twice(rotation):
    cut_off(rotation, "CreateAccessKey")
    terminal = rotation.home.terminal("remove", "alice", passphrase=True)
    terminal.expect("delete the key alice")
    terminal.sendline("y")
    terminal.expect("delete alice all the same")
    terminal.sendline("n")
    terminal.expect("first: warder rotate alice")
    assert exit_code(terminal) == 4
    rotation.check_that_next_run_finishes()


def test_a_damaged_item_does_not_stop_the_others(desktop_rotation):
    desktop_rotation.home.keyring.put("AccessKey", "nonsense\n", "warder: bad (AKIAXXXXXXXXXXXXXXXX)", name="bad")
    result = desktop_rotation.run(names=())
    assert result.code == 9 and "bad" in result.err, result
    desktop_rotation.check_that_it_is_over()


def test_a_slow_keyring_still_shows_the_other_name(mocked, iam):
    mocked.keyring = mocked.service
    rotation = Rotation("libsecret", mocked, iam)
    assert rotation.store.add("bob", (rotation.first.id, rotation.first.secret)).code == 0
    mocked.start_anew()
    mocked.service.start("slow=0.2")
    result = rotation.store.run("rotate", "alice", timeout=150)
    mocked.service.start()
    assert result.code == 0, result
    stored = rotation.store.stored()
    assert stored["alice"] == stored["bob"] and stored["alice"][0] != rotation.first.id
