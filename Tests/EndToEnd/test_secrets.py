"""Where secrets must not be: arguments, environments, messages, files, memory that can be dumped, core files."""

import base64
import os
import pathlib
import re
import resource
import secrets
import signal
import subprocess
import sys
import time

import pytest
import recording_sts
import vault_v1 as v1
from home import PASSPHRASE, ROLE
from leaks import forms, holds

# The tests' usual one is typed by programs of other tests at the same time, and stands in their arguments.
OWN = "a passphrase " + secrets.token_hex(16)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to read another process's memory")


@pytest.fixture
def waiting(unlocked, sts):
    """warder while it waits for an STS that says nothing: the vault was opened, and the key has signed."""
    sts.always("GetSessionToken", recording_sts.hang)
    vault = unlocked.read_vault()
    given = vault.identifier, vault.data_key, OWN.encode(), os.urandom(32), bytes([15])
    vault.slots = [v1.make_slot(v1.PASSPHRASE, *given)]
    unlocked.vault.write_bytes(v1.write(vault))
    reader, writer = os.pipe()
    os.write(writer, OWN.encode() + b"\n")
    os.close(writer)
    process = unlocked.start(
        "process", "prod", "--mfa-code", "123456", env={"WARDER_PASSPHRASE_FD": str(reader)}, pass_fds=[reader],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    )
    os.close(reader)
    assert sts.waiting.acquire(timeout=60)
    yield process
    process.kill()
    process.communicate()


def test_the_search_finds_what_is_there():
    secret = "an/example+secret"
    for prefix in ("", "x", "xy", "xyz"):
        assert holds(b"..." + (prefix + secret).encode() + b"...", secret)
        assert holds(base64.b64encode((prefix + secret + "tail").encode()), secret)
        assert holds(base64.urlsafe_b64encode((prefix + secret).encode()), secret)
        assert holds((prefix + secret).encode().hex().encode(), secret)
        for encoding in ("utf-16-le", "utf-16-be"):
            assert holds((prefix + secret).encode(encoding), secret)
    assert not holds(b"another", secret)


def test_arguments(unlocked, waiting):
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = entry.read_bytes()
        except OSError:
            continue
        assert not holds(text, unlocked.key[1]) and not holds(text, OWN)


@pytest.mark.parametrize("setting", ["mfa_process", "exec"])
def test_the_environment_of_children(unlocked, setting):
    env = {"WARDER_NEW_PASSPHRASE": "another one of mine"}
    if setting == "exec":
        unlocked.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
        text = unlocked.good("exec", "prod", "--", "env", "-0", passphrase=True, env=env)
    else:
        unlocked.add_profile(
            "child", f"warder_role_arn = {ROLE}", "warder_source_profile = alice",
            f"mfa_process = sh -c 'env -0 > {unlocked.root}/seen; echo 123456'",
        )
        unlocked.good("process", "child", passphrase=True, env=env)
        text = (unlocked.root / "seen").read_text()
    assert "HOME=" in text
    for secret in (unlocked.key[1], PASSPHRASE, "another one of mine"):
        assert not holds(text.encode(), secret)


def test_files(working):
    working.good("vault", "backup", working.root / "backup", passphrase=True)
    working.good("env", "prod")
    working.good("list")
    for secret in (working.key[1], PASSPHRASE, "temporary+secret"):
        for form in forms(secret):
            for folder in (working.root, working.runtime):
                found = [path for path in folder.rglob("*") if path.is_file() and form in path.read_bytes()]
                assert found == []


def test_messages_of_a_server_that_echoes(unlocked, sts):
    """Even what STS says about a request is shown without the request's own secrets."""
    sts.always("AssumeRole", lambda sts, request: recording_sts.error(403, "AccessDenied", f"not you, {request.token}"))
    result = unlocked.run("process", "prod", "--mfa-code", "123456", passphrase=True)
    assert result.code == 5
    assert not holds(result.err.encode(), unlocked.key[1])


# Memory


def mappings(pid):
    """Each readable mapping: start, end, name, flags."""
    found = None
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line)
        if head:
            found = (int(head[1], 16), int(head[2], 16), head[3], head[4])
        elif line.startswith("VmFlags:") and found[2].startswith("r"):
            yield (*found, line.split()[1:])


def places(pid, secret):
    """Where a process has a secret: the names and flags of the mappings."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, _, name, flags in mappings(pid):
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:
                continue
            found += [(name, flags)] * (content is not None and secret in content)
    return found


@as_root
def test_the_memory_search_finds_what_is_there(tmp_path):
    secret = "planted/" + tmp_path.name
    program = "import sys, time; text = sys.stdin.read(); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1) as process:
        process.stdin.write(secret.encode())
        process.stdin.close()
        process.stdout.readline()
        assert any("dd" not in flags for _, flags in places(process.pid, secret.encode()))
        process.kill()


@as_root
@pytest.mark.parametrize("form", ["raw", "hex", "base64", "base64url"])
def test_memory_that_could_be_dumped(unlocked, waiting, form):
    """`dd` in VmFlags: left out of core dumps, as SecretBytes asks for; anything else is somewhere it slipped to."""
    encode = {
        "raw": lambda raw: raw,
        "hex": lambda raw: raw.hex().encode(),
        "base64": lambda raw: base64.b64encode(raw).rstrip(b"="),
        "base64url": lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"="),
    }[form]
    for secret in (unlocked.key[1], OWN):
        assert [place for place in places(waiting.pid, encode(secret.encode())) if "dd" not in place[1]] == []


@as_root
def test_a_session_s_memory_that_could_be_dumped(working, sts):
    """The same while a role is asked for, which the MFA session signs: its secret and its token are secrets too."""
    sts.always("AssumeRole", recording_sts.hang)
    process = working.start("process", "audit")
    assert sts.waiting.acquire(timeout=60)
    token = sts.requests[0].token.encode()
    for secret in (b"00000001/temporary+secret", token):
        assert [place for place in places(process.pid, secret) if "dd" not in place[1]] == []
    # The session signed: it was there, so the search above could have found it elsewhere.
    assert sts.requests[0].access_key_id == "ASIATEMPORARY0000001"
    process.kill()
    process.communicate()


@as_root
def test_a_terminal_s_passphrase_in_memory(home, sts):
    sts.always("GetSessionToken", recording_sts.hang)
    terminal = home.terminal("process", "prod", "--mfa-code", "123456")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    assert sts.waiting.acquire(timeout=60)
    found = [place for place in places(terminal.pid, PASSPHRASE.encode()) if "dd" not in place[1]]
    terminal.kill(signal.SIGKILL)
    terminal.wait()
    assert found == []


def dumps_cores(cwd):
    """Whether a process that aborts here leaves a core."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    process = subprocess.Popen(["sleep", "60"], preexec_fn=limit, cwd=cwd)
    time.sleep(0.2)
    process.send_signal(signal.SIGABRT)
    return os.WCOREDUMP(os.waitpid(process.pid, 0)[1])


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV], ids=["abort", "segmentation-fault"])
def test_no_core(unlocked, waiting, tmp_path, number):
    if not dumps_cores(tmp_path):
        pytest.skip("no process leaves a core on this machine")
    waiting.send_signal(number)
    status = os.waitpid(waiting.pid, 0)[1]
    waiting.returncode = -number
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == number
    assert not os.WCOREDUMP(status)
    assert list(unlocked.root.glob("core*")) == []


READ_MEMORY = """
import sys
try:
    open(f"/proc/{sys.argv[1]}/mem", "rb")
    print("read")
except PermissionError:
    print("refused")
"""


def test_the_user_s_other_programs_cannot_read_its_memory(home, sts):
    """Root may read everything, so where the tests are root, this one is not."""
    ordinary = home.as_ordinary_user()
    sts.always("GetSessionToken", recording_sts.hang)
    process = home.start("process", "prod", "--mfa-code", "123456", passphrase=True, **ordinary)
    assert sts.waiting.acquire(timeout=60)
    del ordinary["executable"]
    command = ["/usr/bin/python3", "-c", READ_MEMORY]
    with subprocess.Popen(["sleep", "60"], **ordinary) as readable:
        said = [
            subprocess.run(command + [str(pid)], capture_output=True, text=True, **ordinary)
            for pid in (process.pid, readable.pid)
        ]
        readable.kill()
    process.kill()
    process.communicate()
    assert [result.stdout for result in said] == ["refused\n", "read\n"], said
