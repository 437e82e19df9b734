"""Unlocking: by a pinentry, for how long, and with the keys themselves."""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest
from home import ORDINARY, PASSPHRASE, exit_code, kernel_keys, random_key
from serving import wait_for
from stores import add_key_profile, lines

NO_KEYRING = ["strace", "-f", "-o", "/dev/null", "-e", "trace=add_key,keyctl,request_key", "-e",
              "inject=add_key,keyctl,request_key:error=EPERM"]


def unlocked(home):
    return json.loads(home.good("status", "--json"))["unlocked"]


# A pinentry


@pytest.fixture
def pinentry(home):
    """A home that asks by pinentry-tty."""
    if not shutil.which("pinentry-tty"):
        pytest.skip("pinentry-tty is not installed")
    home.settings("[warder]\npinentry = pinentry-tty\nprompt = pinentry\n")
    return home


def pinentries(session):
    """How many there are at a terminal; other tests may have some at theirs."""
    found = subprocess.run(["ps", "-o", "comm", "-s", str(session)], capture_output=True, text=True).stdout
    return found.split().count("pinentry-tty")


def test_a_pinentry_at_the_terminal(pinentry):
    terminal = pinentry.terminal("unlock")
    terminal.expect(str(pinentry.vault))
    terminal.expect(":")
    terminal.sendline(PASSPHRASE)
    assert exit_code(terminal) == 0
    assert PASSPHRASE not in terminal.before
    assert unlocked(pinentry)


def test_a_wrong_passphrase_is_asked_for_again(pinentry):
    terminal = pinentry.terminal("unlock")
    terminal.expect("(?i)passphrase: ?")
    terminal.sendline("wrong")
    terminal.expect("(?i)passphrase: ?")
    terminal.sendline(PASSPHRASE)
    assert exit_code(terminal) == 0
    assert unlocked(pinentry)


def test_ctrl_c_leaves_the_terminal_as_it_was(pinentry):
    """The shell that comes back echoes what is typed."""
    shell = pinentry.terminal(command=["sh", "-i"], env={"PS1": "ready> "})
    shell.expect("ready> ")
    shell.sendline("stty -a | grep -o -E -- '-?(echo|icanon|isig)\\b' | tr '\\n' ' '; echo done")
    shell.expect("\r\n(.*)done")
    before = shell.match[1]
    shell.expect("ready> ")
    shell.sendline(" ".join(pinentry.command("unlock")))
    shell.expect("(?i)passphrase: ?")
    assert pinentries(shell.pid) == 1
    shell.sendintr()
    shell.expect("ready> ")
    shell.sendline("stty -a | grep -o -E -- '-?(echo|icanon|isig)\\b' | tr '\\n' ' '; echo done")
    shell.expect("\r\n(.*)done")
    assert shell.match[1] == before and " -echo " not in f" {before} "
    shell.kill(signal.SIGKILL)
    shell.wait()
    shell.close()
    assert not unlocked(pinentry)
    wait_for(lambda: pinentries(shell.pid) == 0, "end of the pinentry")


def test_a_pinentry_that_is_not_there(home):
    home.settings("[warder]\npinentry = /nowhere/pinentry\nprompt = pinentry\n")
    terminal = home.terminal("unlock")
    terminal.expect("/nowhere/pinentry")
    assert exit_code(terminal) in (1, 4)
    assert not unlocked(home)


SCRIPTED = """\
#!/bin/sh
echo "OK ready"
while read -r command rest; do
    echo "$command $rest" >> "$0.log"
    case $command in
        GETPIN) {0} ;;
        BYE) echo OK; exit 0 ;;
        *) echo OK ;;
    esac
done
"""


def scripted(home, answer):
    program = home.root / "pinentry-scripted"
    program.write_text(SCRIPTED.replace("{0}", answer))
    program.chmod(0o755)
    home.settings(f"[warder]\npinentry = {program}\nprompt = pinentry\n")
    return program


def test_a_pinentry_of_the_desktop_needs_no_terminal(home):
    program = scripted(home, f'echo "D {PASSPHRASE}"; echo OK')
    home.good("unlock", env={"DISPLAY": ":99"})
    assert unlocked(home)
    sent = (home.root / "pinentry-scripted.log").read_text()
    assert str(home.vault) in sent.replace("%25", "%")
    assert PASSPHRASE not in sent and program.exists()


@pytest.mark.parametrize(
    "answer, code",
    [
        ('echo "ERR 83886179 canceled"', 4), ('echo "ERR 83886278 fully canceled"', 4),
        ('echo "ERR 83886142 timeout"', 4),
        ("exit 0", 1), ("kill -9 $$", 1), ('echo "D wrong"; echo OK', 3), ("echo garbage", 1),
        ("yes x | head -c 1000000", 1),
        ('echo "ERR 83886165 no pinentry"', 3),
    ],
    ids=["canceled", "fully-canceled", "timeout", "ends", "dies", "wrong", "garbage", "endless", "no-pinentry"],
)
def test_a_pinentry_that_gives_no_passphrase(home, answer, code):
    scripted(home, answer)
    before = home.vault.read_bytes()
    result = home.run("unlock", env={"DISPLAY": ":99"})
    assert result.code == code or (code == 1 and result.code == 4), result
    result.explained()
    assert home.vault.read_bytes() == before and not unlocked(home)


def test_no_prompt_asks_no_pinentry(home):
    scripted(home, f'echo "D {PASSPHRASE}"; echo OK')
    home.run("unlock", "--no-prompt", env={"DISPLAY": ":99"}).failed(3)
    assert not (home.root / "pinentry-scripted.log").exists()


@pytest.mark.parametrize("allowed", [False, True])
def test_process_asks_a_pinentry_only_where_it_may(home, allowed):
    program = scripted(home, f'echo "D {PASSPHRASE}"; echo OK')
    if allowed:
        settings = home.root / "config/warder/config"
        settings.write_text(settings.read_text() + "process_prompt = terminal, pinentry\n")
    add_key_profile(home, "itself", "alice")
    result = home.run("process", "itself", env={"DISPLAY": ":99"})
    assert (result.code == 0) is allowed, result
    assert program.with_name(program.name + ".log").exists() is allowed


# For how long


@pytest.mark.parametrize("time_given", ["0s", "-1h", "ten", "1y", "999999h", ""])
def test_a_time_that_is_none(home, time_given):
    result = home.run("unlock", f"--for={time_given}", passphrase=True)
    assert result.code == 2, result
    assert not unlocked(home)


# With the keys themselves


@pytest.fixture
def signing(home):
    """A role without MFA, signed for by the key itself; and the key as a profile of its own."""
    add_key_profile(home, "itself", "alice")
    home.add_profile(
        "direct", "warder_session = off", "warder_key = alice",
        "warder_role_arn = arn:aws:iam::444444444444:role/Direct",
    )
    yield home
    home.run("lock")


def test_unlocked_with_keys_process_signs_with_the_key(signing, sts):
    signing.unlock("--keys")
    assert signing.run("process", "direct").code == 0
    assert sts.only("AssumeRole").access_key_id == signing.key[0]
    assert json.loads(signing.good("process", "itself"))["SecretAccessKey"] == signing.key[1]


def test_unlocked_without_keys_it_does_not(signing, sts):
    signing.unlock()
    signing.run("process", "direct").failed(3, "no cached session for direct lasts", "key alice", "warder unlock --keys")
    signing.run("process", "itself").failed(3, "only its sessions are not", "warder unlock --keys")
    assert sts.requests == []


def test_a_session_that_has_ended_needs_more_than_another_unlocking(home, sts):
    home.unlock("--for", "30d")
    sts.lifetimes["GetSessionToken"] = 2
    home.good("refresh", "alice", "--mfa-code", "123456", passphrase=True)
    time.sleep(2.1)
    for command in (["process", "prod"], ["exec", "--min-ttl", "1h", "prod", "--", "true"]):
        home.run(*command).failed(
            3, "no cached session for prod lasts", "the key alice, which is locked", "warder refresh prod",
            "warder unlock --keys")
    every = home.run("refresh", "--all")
    assert every.code == 3 and "warder unlock --keys" in every.err, every
    assert "run warder unlock in" not in every.err


def test_locking_takes_both_away(signing):
    signing.unlock("--keys")
    signing.good("lock")
    signing.run("process", "itself").failed(3, "locked")
    assert not unlocked(signing)


def test_the_keys_have_a_shorter_time_than_the_sessions(signing, sts):
    """Five minutes, unless another time is given; looked up in the kernel's own list."""
    signing.unlock("--keys")
    own = signing.vault.read_bytes()[16:32].hex()
    listed = [line.split() for line in open("/proc/keys") if own in line]
    if not listed:
        pytest.skip("this kernel gives no keyring")
    times = {line[8].rstrip(":").split(":")[1]: line[3] for line in listed}
    assert len(times) == 2, times
    assert times.pop("session-cache")[-1] in "hd"
    (left,) = times.values()
    assert left in ("4m", "5m"), left


def test_the_keys_time_may_be_given(signing):
    signing.unlock("--keys", "--for", "5s")
    assert signing.run("process", "itself").code == 0
    time.sleep(5.2)
    signing.run("process", "itself").failed(3)


def test_what_is_unlocked_still_notices_a_changed_vault(signing):
    """The data key opens what the vault is now, and nothing that somebody put in its place."""
    signing.unlock("--keys")
    bob = random_key()
    signing.good("add", "bob", "--stdin", "--no-verify", input=lines(bob), passphrase=True)
    add_key_profile(signing, "bob")
    assert json.loads(signing.good("process", "bob"))["SecretAccessKey"] == bob[1]
    content = bytearray(signing.vault.read_bytes())
    content[-40] ^= 1
    signing.vault.write_bytes(content)
    result = signing.run("process", "bob")
    assert result.code in (3, 9) and result.out == "", result
    signing.run("process", "bob", passphrase=True).failed(9)


def test_rekeyed_the_unlocked_key_is_of_no_use(signing):
    signing.good("vault", "slots", "add", "recovery", passphrase=True)
    signing.unlock("--keys")
    signing.good("vault", "slots", "remove", "recovery", "--rekey", passphrase=True)
    result = signing.run("process", "itself")
    assert result.code in (0, 3), result
    assert signing.run("process", "itself", passphrase=True).code == 0


@pytest.mark.needs("strace")
def test_the_keys_are_not_unlocked_where_there_is_no_memory_for_them(signing):
    """Neither a keyring nor a file system in memory."""
    result = signing.run("unlock", "--keys", passphrase=True, env={"XDG_RUNTIME_DIR": ""}, prefix=NO_KEYRING)
    result.failed(1, "XDG_RUNTIME_DIR")
    result = signing.run("process", "itself", passphrase=True, env={"XDG_RUNTIME_DIR": ""}, prefix=NO_KEYRING)
    assert result.code == 0, result


@pytest.mark.needs("strace")
def test_in_a_file_in_memory_they_are_wiped_by_lock(signing):
    if signing.runtime.parent != type(signing.runtime)("/dev/shm"):
        pytest.skip("there is no file system in memory to use")
    vault = signing.read_vault()
    signing.good("unlock", "--keys", passphrase=True, prefix=NO_KEYRING)
    files = list(signing.runtime.rglob("warder:*"))
    assert len(files) == 2 and {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert all(PASSPHRASE.encode() not in file.read_bytes() for file in files)
    assert signing.run("process", "itself", prefix=NO_KEYRING).code == 0
    signing.good("lock", prefix=NO_KEYRING)
    assert [file for file in signing.runtime.rglob("*") if file.is_file() and vault.data_key in file.read_bytes()] == []
    signing.run("process", "itself", prefix=NO_KEYRING).failed(3)


@pytest.mark.needs("keyctl")
def test_another_user_cannot_read_what_is_unlocked(signing):
    """A real second uid, with the serial number in its hand."""
    if os.geteuid() != 0:
        pytest.skip("root is needed to become somebody else")
    start = signing.as_ordinary_user()
    executable = start.pop("executable")
    command = [executable, "unlock", "--keys"]
    done = subprocess.run(command, env=signing.variables(True), cwd=signing.root, capture_output=True, **start)
    assert done.returncode == 0, done
    listed = kernel_keys(signing.ordinary, {signing.vault.read_bytes()[16:32].hex()})
    if not listed:
        pytest.skip("this kernel gives no keyring")
    assert len(listed) == 2
    other = {"user": ORDINARY - 1, "group": ORDINARY - 1, "extra_groups": []}
    for number in listed:
        for what in (["read", number], ["pipe", number], ["link", number, "@s"], ["describe", number]):
            tried = subprocess.run(["keyctl", *what], capture_output=True, text=True, cwd="/", **other)
            assert tried.returncode != 0, (what, tried)
    subprocess.run([executable, "lock"], env=signing.variables(), cwd=signing.root, check=True, **start)


@pytest.mark.needs("systemd-run")
def test_a_real_credential_of_systemd(signing, tmp_path):
    running = subprocess.run(["systemctl", "is-system-running"], capture_output=True, text=True).stdout.strip()
    if running not in ("running", "degraded"):
        pytest.skip("systemd does not run here")
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    variables = [f"--setenv={name}={value}" for name, value in signing.variables().items()]
    command = ["systemd-run", "--quiet", "--pipe", "--wait", "--collect", *variables]
    command += [f"--property=LoadCredential=warder.passphrase:{file}", *signing.command("process", "itself")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["SecretAccessKey"] == signing.key[1]
