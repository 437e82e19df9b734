"""What warder is started with: closed descriptors, limits, folders of others, a kernel that has no more to give."""

import json
import os
import pathlib
import pwd
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest
from asking import WAITS, is_waited_for, keys, open_home, until, waiting_home
from home import WARDER, exit_code
from recording_sts import denied


def closing(*numbers):
    """How to start a program with these descriptors closed."""
    return ["sh", "-c", "exec " + " ".join(f"{number}>&-" for number in numbers) + '; exec "$0" "$@"']


# Closed descriptors


@pytest.mark.parametrize("numbers", [(0,), (2,), (0, 2)])
def test_an_answer_does_not_need_the_streams_that_it_leaves_alone(shared, numbers):
    result = shared.run("process", "prod", prefix=closing(*numbers))
    assert result.code == 0 and json.loads(result.out)["Version"] == 1, result


@pytest.mark.parametrize("numbers", [(1,), (0, 1), (1, 2), (0, 1, 2)])
def test_an_answer_that_goes_nowhere_is_a_failure(shared, numbers):
    result = shared.run("process", "prod", prefix=closing(*numbers))
    assert result.code == 1 and result.out == "", result
    if 2 not in numbers:
        result.failed(1, "standard output")
    for command in (["status"], ["list"], ["env", "prod"]):
        assert shared.run(*command, prefix=closing(*numbers)).code == 1


@pytest.mark.parametrize("numbers", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_no_file_gets_what_is_meant_for_a_stream(home, numbers):
    """Whatever is opened while a session is made: the vault, its lock, the cache's, the state's."""
    home.run("process", "nobody-of-that-name", prefix=closing(*numbers))
    home.run("refresh", "prod", "--mfa-code", "123456", prefix=closing(*numbers), passphrase=True)
    home.run("process", "prod", prefix=closing(*numbers), passphrase=True)
    for path in home.root.rglob("*"):
        if path.is_file() and path != home.config_file and home.config_file.parent not in path.parents:
            text = path.read_bytes()
            assert b"warder: " not in text and b"hint: " not in text and b"AccessKeyId" not in text, path
    assert home.read_vault().access_keys()
    assert not any(path.stat().st_size for path in home.root.rglob("*lock"))


def test_a_command_finds_closed_what_was_closed(shared):
    show = ["sh", "-c", 'for n in 0 2; do if [ -e /proc/$$/fd/$n ]; then echo $n open; else echo $n closed; fi; done']
    assert shared.good("exec", "prod", "--", *show, prefix=closing(0, 2)) == "0 closed\n2 closed\n"


# A limit to files


def limited(size=0):
    return ["sh", "-c", f'ulimit -f {size}; exec "$0" "$@"']


def test_a_file_that_may_not_grow_is_a_failure_and_no_death(unlocked, sts):
    """Under a limit to the size of files the kernel sends a signal, which ends who does not ignore it."""
    result = unlocked.run("refresh", "prod", "--mfa-code", "123456", prefix=limited(), passphrase=True)
    assert result.code >= 0, result
    result = unlocked.run("process", "prod", prefix=limited())
    assert result.code == 0 and json.loads(result.out)["Version"] == 1 and result.err == "", result


def test_a_command_gets_its_signals_back(shared):
    ignored = int(shared.good("exec", "prod", "--", "grep", "SigIgn", "/proc/self/status").split()[1], 16)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        assert not ignored & 1 << (number - 1), number


def test_other_programs_get_their_signals_back(working):
    """A `credential_process` that warder runs."""
    out = working.root / "ignored"
    working.config(
        working.config_file.read_text() + "\n[profile other]\n"
        f"credential_process = sh -c 'grep SigIgn /proc/self/status > {out}; echo {{}}'\n\n[profile behind]\n"
        "warder_role_arn = arn:aws:iam::222222222222:role/Admin\nwarder_source_profile = other\n")
    working.run("process", "behind")
    ignored = int(out.read_text().split()[1], 16)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        assert not ignored & 1 << (number - 1), number


# The runtime folder


@pytest.mark.skipif(os.geteuid() != 0, reason="root gives a folder to another user")
def test_the_runtime_folder_of_another_user_is_not_used(waiting_home):
    """As after `su` or `sudo -E`: what it holds is another user's, and what is put there is for them to take."""
    with tempfile.TemporaryDirectory(dir=waiting_home.runtime.parent) as foreign:
        os.chown(foreign, 4711, 4711)
        env = {"XDG_RUNTIME_DIR": foreign}
        waiting_home.run("process", "alice", env=env).failed(4)
        waiting_home.run("mfa", "--list", env=env)
        assert list(pathlib.Path(foreign).iterdir()) == []
        said = waiting_home.run("status", env=env).err
        assert said == f"warder: XDG_RUNTIME_DIR is not used, as if it were not set: {foreign}: it belongs to user 4711\n"


def test_a_runtime_folder_that_others_write_to_is_not_used(shared):
    with tempfile.TemporaryDirectory(dir=shared.runtime.parent) as exposed:
        os.chmod(exposed, 0o777)
        result = shared.run("status", env={"XDG_RUNTIME_DIR": exposed})
        assert result.code == 0 and "others can write to it (mode 777)" in result.err, result
        os.chmod(exposed, 0o1777)
        assert shared.run("status", env={"XDG_RUNTIME_DIR": exposed}).err == ""
    assert shared.run("process", "prod", env={"XDG_RUNTIME_DIR": "/dev/null"}).err == ""


# An SDK that reads both streams as one


def read_only(home):
    """How to start a program for which the cache cannot be written to."""
    if os.geteuid() != 0:
        pytest.skip("root alone makes a file system read-only")
    script = 'mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    return ["unshare", "-m", "sh", "-c", script, home.cache.parent]


NO_KEYRING = ["strace", "-f", "-o", "/dev/null", "-e", "trace=add_key,keyctl,request_key", "-e",
              "inject=add_key,keyctl,request_key:error=EPERM"]


@pytest.mark.needs("strace")
def test_an_answer_that_cannot_be_kept_is_an_answer_and_no_word_more(home, sts):
    home.cache.mkdir(parents=True)
    home.config(home.config_file.read_text().replace("mfa_serial", "# mfa_serial"))
    prefix = [*read_only(home), *NO_KEYRING]
    env = {"XDG_RUNTIME_DIR": ""}
    result = home.run("process", "prod", prefix=prefix, env=env, passphrase=True)
    assert result.code == 0 and result.err == "" and json.loads(result.out)["Version"] == 1, result
    # Somebody who looks is told.
    result = home.run("env", "prod", prefix=prefix, env=env, passphrase=True)
    assert result.code == 0 and "not kept for the next call" in result.err, result
    terminal = home.terminal(command=[*map(str, prefix), *home.command("process", "prod")], env=env, passphrase=True)
    terminal.expect_exact("not kept for the next call")
    assert exit_code(terminal) == 0
    # And so is whoever reads why it failed.
    sts.always("AssumeRole", denied)
    result = home.run("process", "prod", prefix=prefix, env=env, passphrase=True)
    assert result.code == 5 and "not kept for the next call" in result.err, result


@pytest.mark.parametrize("setting", ["credential_process", "mfa_process", "passphrase"])
def test_what_other_programs_say_is_not_said_with_an_answer(home, sts, setting):
    """Nobody reads it where there is no terminal, and SDKs may take it for a part of the answer."""
    loud = home.root / "loud"
    answer = {
        "credential_process": json.dumps({"Version": 1, "AccessKeyId": "AKIAOTHER00000000000", "SecretAccessKey": "s"}),
        "mfa_process": "123456", "passphrase": "correct horse battery staple",
    }[setting]
    loud.write_text(f"#!/bin/sh\necho loud and clear >&2\ncat <<'EOF'\n{answer}\nEOF\n")
    loud.chmod(0o755)
    env = {}
    if setting == "credential_process":
        home.config(
            home.config_file.read_text() + f"\n[profile other]\ncredential_process = {loud}\n\n[profile behind]\n"
            "warder_role_arn = arn:aws:iam::222222222222:role/Admin\nwarder_source_profile = other\n")
    elif setting == "mfa_process":
        home.config(home.config_file.read_text().replace("[profile alice]", f"[profile alice]\nmfa_process = {loud}"))
    else:
        env = {"WARDER_PASSPHRASE_COMMAND": str(loud)}
        home.config(home.config_file.read_text().replace("mfa_serial", "# mfa_serial"))
    profile = "behind" if setting == "credential_process" else "prod"
    result = home.run("process", profile, env=env, passphrase=setting != "passphrase")
    assert result.code == 0 and result.err == "" and "loud" not in result.out, result


# Nothing left to watch a folder by


INSTANCES = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
while libc.inotify_init1(0x80000) >= 0: pass
print("used up", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def used_up(waiting_home):
    """A home of a user to whom the kernel gives no more inotify instances; how that user starts warder."""
    if os.geteuid() != 0:
        pytest.skip("root alone becomes a user whom nobody else minds")
    user = 61_000 + os.getpid() % 1000
    binary = shutil.copy(WARDER, waiting_home.root / "warder")
    for folder in (waiting_home.root, waiting_home.runtime):
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user, user)
    who = {"user": user, "group": user, "extra_groups": []}
    limit = int(pathlib.Path("/proc/sys/fs/inotify/max_user_instances").read_text())
    hogs = []
    for _ in range(limit // 1000 + 1):
        hogs.append(subprocess.Popen(
            [sys.executable, "-c", INSTANCES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **who,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (2048, 2048))))
        assert hogs[-1].stdout.readline() == b"used up\n"
    yield who | {"executable": binary}
    for hog in hogs:
        hog.kill()
        hog.wait()


def test_a_code_is_given_where_no_folder_can_be_watched(used_up, waiting_home):
    options = used_up | {"passphrase": True}
    assert waiting_home.good("mfa", "--list", **used_up) == "no process waits for a code\n"
    process = waiting_home.start("process", "alice", **options)
    until(lambda: is_waited_for(waiting_home))
    assert "alice" in waiting_home.good("mfa", "--list", **used_up)
    result = waiting_home.run("mfa", "123456", **used_up)
    assert result.code == 0, result
    assert keys(process)["Version"] == 1


def test_who_stays_sees_who_comes_where_no_folder_can_be_watched(used_up, waiting_home):
    command = ["setpriv", "--reuid", str(used_up["user"]), "--regid", str(used_up["group"]), "--clear-groups",
               str(used_up["executable"]), "mfa", "--watch"]
    terminal = waiting_home.terminal(command=command)
    terminal.expect_exact("waiting for processes that need an answer")
    process = waiting_home.start("process", "alice", **used_up, passphrase=True)
    terminal.expect_exact("code for")
    terminal.sendline("123456")
    assert keys(process)["Version"] == 1
    terminal.sendintr()
    terminal.close()


# What sudo has left


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone leaves files to root")
@pytest.mark.parametrize("mode", [0o700, 0o755])
@pytest.mark.parametrize("which", ["cache/warder", "data/warder", "config/warder"])
def test_what_root_owns_is_named_with_the_way_to_get_it_back(home, which, mode):
    home.unlock()
    nobody = pwd.getpwnam("nobody").pw_uid
    start = home.as_ordinary_user(nobody)
    folder = home.root / which
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder.parent, nobody, nobody)
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, 0, 0)
        path.chmod(mode if path.is_dir() else 0o600)
    result = home.run("refresh", "prod", "--mfa-code", "123456", passphrase=True, **start)
    assert f"sudo chown -R nobody {folder}" in result.err, result
