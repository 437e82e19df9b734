"""What `warder lock` took away stays away: whoever was about to unlock, and whoever has a passphrase of its own."""

import json
import os
import subprocess

import pytest
from asking import until
from crowds import Crowd, expect_one_answer, outcomes
from home import PASSPHRASE, exit_code
from locks import held, waiting_for
from serving import wait_for
from stores import add_key_profile
from test_lock_watch import logind  # noqa: F401

NO_KEYRING = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=add_key,keyctl,request_key", "-e",
              "inject=add_key,keyctl,request_key:error=EPERM"]


def is_unlocked(home):
    return json.loads(home.good("status", "--json"))["unlocked"]


class Gate:
    """A program that gives the passphrase when it is let through: whoever runs it has begun, and waits."""

    def __init__(self, home):
        self.begun, self.open = home.root / "begun", home.root / "open"
        program = home.root / "gate"
        program.write_text(
            f"#!/bin/sh\necho x >> {self.begun}\nwhile [ ! -e {self.open} ]; do sleep 0.05; done\necho '{PASSPHRASE}'\n")
        program.chmod(0o700)
        self.env = {"WARDER_PASSPHRASE_COMMAND": str(program)}

    def count(self):
        return len(self.begun.read_text().split()) if self.begun.exists() else 0

    def let_through(self):
        self.open.touch()


@pytest.fixture
def itself(home):
    """A profile that asks for the key itself."""
    add_key_profile(home, "itself", "alice")
    return home


# An unattended passphrase


@pytest.fixture(params=["variable", "descriptor", "command", "credential"])
def unattended(request, itself, tmp_path):
    """Runs warder with a passphrase that nobody types."""
    file = tmp_path / "warder.passphrase"
    file.write_text(PASSPHRASE + "\n")
    file.chmod(0o600)

    def run(*arguments):
        if request.param == "descriptor":
            with file.open("rb") as stream:
                number = stream.fileno()
                return itself.run(*arguments, env={"WARDER_PASSPHRASE_FD": str(number)}, pass_fds=[number])
        env = {
            "variable": {"WARDER_PASSPHRASE": PASSPHRASE}, "command": {"WARDER_PASSPHRASE_COMMAND": f"cat {file}"},
            "credential": {"CREDENTIALS_DIRECTORY": str(tmp_path)},
        }[request.param]
        return itself.run(*arguments, env=env)

    return run


@pytest.mark.parametrize("locked", [False, True], ids=["never locked", "locked"])
def test_an_unattended_passphrase_serves_its_own_process(itself, unattended, locked):
    if locked:
        itself.unlock()
        itself.good("lock")
    for command in [
        ["process", "prod", "--mfa-code", "123456"], ["refresh", "prod", "--mfa-code", "234567"], ["process", "itself"],
        ["vault", "verify"], ["whoami", "prod"], ["forget", "prod"], ["exec", "prod", "--mfa-code", "345678", "--", "true"],
    ]:
        result = unattended(*command)
        assert result.code == 0, result
        assert not is_unlocked(itself), command
        itself.run("process", "prod").failed(3, "locked")
    # It says outright that it is meant for all.
    assert unattended("unlock").code == 0 and is_unlocked(itself)


def test_what_a_crowd_shares_is_for_those_who_have_its_passphrase(home, sts):
    home.good("process", "prod", "--mfa-code", "123456", passphrase=True)
    assert not is_unlocked(home)
    home.run("process", "prod", passphrase="wrong").failed(3, "wrong passphrase")
    home.run("process", "prod").failed(3, "locked")
    home.run("process", "prod", env={"WARDER_PASSPHRASE_COMMAND": "echo wrong"}).failed(3, "wrong passphrase")
    # And is gone when it is locked.
    home.good("lock")
    assert home.good("process", "prod", passphrase=True)


def test_a_crowd_at_a_vault_that_was_locked(unlocked, sts):
    crowd = Crowd(unlocked, sts)
    unlocked.good("lock")
    expect_one_answer(outcomes(crowd.start(40)))
    crowd.expect_single_flight(40)
    assert not is_unlocked(unlocked)


def test_a_served_command_does_not_unlock_for_others(unlocked, sts):
    sts.lifetimes["AssumeRole"] = sts.lifetimes["GetSessionToken"] = 4
    asks = (
        "import os, sys, time, urllib.request\n"
        "print(flush=True); sys.stdin.readline(); time.sleep(5)\n"
        "for _ in range(3):\n"
        "    request = urllib.request.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],\n"
        "        headers={'Authorization': os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']})\n"
        "    print(urllib.request.urlopen(request, timeout=60).status, flush=True); time.sleep(0.3)\n")
    unlocked.add_profile("plain", "warder_session = off", "warder_key = alice",
                         "warder_role_arn = arn:aws:iam::444444444444:role/Plain")
    command = unlocked.start(
        "exec", "--serve", "plain", "--", "python3", "-c", asks, passphrase=True, stdin=subprocess.PIPE)
    command.stdout.readline()
    made = len(sts.requests)
    unlocked.good("lock")
    out, err = command.communicate(b"\n", timeout=90)
    assert out.split() == [b"200"] * 3, (out, err)
    until(lambda: len(sts.requests) > made)
    assert not is_unlocked(unlocked)


# An opening in flight


@pytest.mark.parametrize("arguments", [["unlock"], ["unlock", "--keys"], ["unlock", "--for", "1d"]], ids=" ".join)
def test_an_unlock_that_began_before_the_lock_loses(itself, arguments):
    gate = Gate(itself)
    processes = [itself.start(*arguments, env=gate.env) for _ in range(6)]
    until(lambda: gate.count() == 6)
    itself.good("lock")
    gate.let_through()
    for code, out, err in outcomes(processes):
        assert (code, out) == (3, "") and "was locked while" in err and "hint: run warder unlock" in err, err
    assert not is_unlocked(itself)
    itself.run("process", "itself").failed(3)
    itself.unlock()
    assert is_unlocked(itself)


@pytest.mark.parametrize("arguments, code", [(["refresh", "direct"], 0), (["unlock"], 3)], ids=["refresh", "unlock"])
def test_a_prompt_that_stood_when_it_was_locked(itself, sts, arguments, code):
    """`lock --watch` locks while somebody is about to type."""
    itself.add_profile("direct", "warder_session = off", "warder_key = alice",
                       "warder_role_arn = arn:aws:iam::444444444444:role/Direct")
    terminal = itself.terminal(*arguments)
    terminal.expect("passphrase for .*: ")
    itself.good("lock")
    terminal.sendline(PASSPHRASE)
    assert exit_code(terminal) == code
    assert not is_unlocked(itself)
    # Typed after the lock it opens as ever.
    terminal = itself.terminal("refresh", "direct")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    assert exit_code(terminal) == 0
    assert is_unlocked(itself)


@pytest.mark.needs("strace")
def test_the_same_where_the_kernel_has_no_keyring(itself):
    gate = Gate(itself)
    processes = [itself.start("unlock", "--keys", env=gate.env, prefix=NO_KEYRING) for _ in range(4)]
    until(lambda: gate.count() == 4)
    itself.good("lock", prefix=NO_KEYRING)
    gate.let_through()
    assert {code for code, _, _ in outcomes(processes)} == {3}
    itself.run("process", "itself", prefix=NO_KEYRING).failed(3)
    assert not json.loads(itself.good("status", "--json", prefix=NO_KEYRING))["unlocked"]
    itself.good("unlock", "--keys", passphrase=True, prefix=NO_KEYRING)
    assert itself.run("process", "itself", prefix=NO_KEYRING).code == 0
    itself.good("lock", prefix=NO_KEYRING)


def test_a_store_that_opens_by_itself_stays_locked(itself):
    itself.good("vault", "slots", "add", "keyfile", "key", passphrase=True)
    env = {"WARDER_KEYFILE": str(itself.root / "key")}
    # They have looked whether it is held back, and wait for the vault.
    with held(itself.data / "vault.lock"):
        processes = [itself.start("process", "itself", env=env) for _ in range(8)]
        until(lambda: waiting_for(itself.data / "vault.lock") == 8)
        itself.good("lock")
    assert {code for code, _, _ in outcomes(processes)} == {0}
    assert not is_unlocked(itself)
    itself.run("process", "itself", env=env).failed(3, "by warder lock")
    # On a slow machine that time is over before the process looks, which then opens the store and unlocks it itself.
    itself.settings("[warder]\nunlock_time = 1s\n")
    itself.good("unlock", "--for", "1s", env=env)
    assert itself.run("process", "itself", env=env).code == 0
    # That it was unlocked counts until it is locked again, however short the time was.
    until(lambda: not is_unlocked(itself))
    assert itself.run("process", "itself", env=env).code == 0
    itself.good("lock")
    itself.run("process", "itself", env=env).failed(3, "by warder lock")


def test_unlocks_and_locks_at_once(itself):
    """Whatever comes between what: an unlock that says so was not begun before the last lock that was through."""
    for _ in range(6):
        processes = [itself.start("unlock", passphrase=True) for _ in range(5)]
        locks = [itself.start("lock") for _ in range(3)]
        processes += [itself.start("unlock", "--keys", passphrase=True) for _ in range(3)]
        codes = [code for code, _, _ in outcomes(processes)]
        assert {code for code, _, _ in outcomes(locks)} == {0} and set(codes) <= {0, 3}
        assert not is_unlocked(itself) or 0 in codes
        itself.good("lock")
        assert not is_unlocked(itself)
        itself.run("process", "itself").failed(3)


def test_the_watching_one_wins_over_an_unlock_in_flight(itself, logind):  # noqa: F811
    watch = itself.start("lock", "--watch", env={"DBUS_SYSTEM_BUS_ADDRESS": logind.bus.address})
    try:
        wait_for(logind.delays_sleep, "inhibitor")
        gate = Gate(itself)
        unlock = itself.start("unlock", "--keys", env=gate.env)
        until(lambda: gate.count() == 1)
        logind.emit("Manager", "PrepareForSleep", "b", "<true>")
        wait_for(lambda: not logind.delays_sleep(), "sleep")
        gate.let_through()
        ((code, _, err),) = outcomes([unlock])
        assert code == 3 and "was locked while" in err
        assert not is_unlocked(itself)
    finally:
        watch.kill()
        watch.communicate()


# What cannot be taken away


@pytest.mark.needs("strace")
@pytest.mark.parametrize("error", ["EPERM", "ENOSYS"])
def test_a_lock_that_may_not_revoke_says_so(itself, error):
    itself.unlock("--keys")
    if itself.kernel_key() is None:
        pytest.skip("this kernel gives no keyring")
    refusing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=keyctl", "-e", f"inject=keyctl:error={error}"]
    itself.run("lock", prefix=refusing).failed(1, "could not be deleted", "keyctl")
    itself.good("lock")
    assert not is_unlocked(itself)


@pytest.mark.needs("strace")
@pytest.mark.parametrize("number", range(1, 25))
def test_a_lock_of_which_any_call_is_refused(itself, number):
    """It fails, or nothing is unlocked."""
    itself.unlock("--keys")
    refusing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=keyctl,add_key", "-e",
                f"inject=keyctl,add_key:error=EACCES:when={number}"]
    result = itself.run("lock", prefix=refusing)
    assert result.code == 1 or (not is_unlocked(itself) and itself.run("process", "itself").code == 3), result
    assert itself.kernel_key() is None or result.code == 1


def test_a_lock_that_is_killed_anywhere_leaves_it_locked_or_as_it_was(itself):
    """And the next one is through."""
    for number in range(1, 20):
        itself.unlock()
        killing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=keyctl,add_key", "-e",
                   f"inject=keyctl,add_key:signal=SIGKILL:when={number}"]
        itself.run("lock", prefix=killing)
        itself.good("lock")
        assert not is_unlocked(itself)
    assert os.path.exists(itself.vault)
