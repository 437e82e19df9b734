"""Who is taken for a program of `warder_callers`, and for a server's renewal: what proves it, and what is only a name."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import textwrap

import pytest
from home import WARDER

ROLE = "arn:aws:iam::222222222222:role/Admin"
ASK = f"[{str(WARDER)!r}, 'process', 'known', '--no-prompt']"
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000


@pytest.fixture
def trusted(working):
    """A home whose profile `known` is given to a program of its own without a question; it is a Python."""
    program = pathlib.Path(shutil.copy(os.path.realpath(sys.executable), working.root / "trusted"))
    working.environment["PYTHONHOME"] = sys.base_prefix
    working.add_profile(
        "known", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", f"warder_callers = {program}")
    working.good("refresh", "known")
    working.trusted = program
    return working


def asks(home, program, code, **options):
    """What a Python says that runs `code`, in which `ask()` is (exit code, stdout, stderr) of a `process`."""
    code = textwrap.dedent(f"""\
        import ctypes, os, subprocess, sys, time
        def ask():
            done = subprocess.run({ASK}, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            return done.returncode, "Secret" in done.stdout, done.stderr
        """) + textwrap.dedent(code)
    done = subprocess.run(
        [program, "-c", code], env=home.environment, cwd=home.root, capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL, start_new_session=True, **options)
    assert done.returncode == 0, done.stderr
    return eval(done.stdout)  # Of the test's own program.


def test_the_program_itself(trusted):
    assert asks(trusted, trusted.trusted, "print(ask())")[:2] == (0, True)
    link = trusted.root / "another-path"
    link.symlink_to(trusted.trusted)
    assert asks(trusted, link, "print(ask())")[:2] == (0, True)
    assert asks(trusted, sys.executable, "print(ask())")[:2] == (4, False)


@pytest.mark.parametrize("mark", ["\u0600", "\u200d", "\u0301", "\U000110bd", ")", "", "\udcff"])
def test_a_name_does_not_say_whose_child_it_is(trusted, mark):
    """A shell that runs a command, which its own name calls the child of a program that need not ask."""
    other = subprocess.Popen([trusted.trusted, "-c", "import time; time.sleep(100)"], env=trusted.environment)
    try:
        name = f"x) S {other.pid} ".encode() + mark.encode(errors="surrogateescape")
        assert len(name) <= 15
        octal = "".join(f"\\{byte:03o}" for byte in name)
        line = f"printf '{octal}' > /proc/$$/comm; cat /proc/$$/stat >&2; {WARDER} process known --no-prompt; exit $?"
        done = subprocess.run(
            ["/bin/sh", "-c", line], env=trusted.environment, cwd=trusted.root, capture_output=True,
            stdin=subprocess.DEVNULL, start_new_session=True)
        assert name in done.stderr and done.returncode == 4 and done.stdout == b"", done
    finally:
        other.kill()
        other.wait()


def test_a_file_mounted_over_its_path_is_another_file(trusted):
    """Any user may do that in a user namespace; to everybody else the kernel shows the path that it has there."""
    evil = shutil.copy(os.path.realpath(sys.executable), trusted.root / "evil")
    flags = CLONE_NEWNS | (0 if os.geteuid() == 0 else CLONE_NEWUSER)
    if os.geteuid() != 0:
        if subprocess.run(["unshare", "-Urm", "true"], check=False).returncode != 0:
            pytest.skip("there are no user namespaces here")
    # The child stays where it was, and its parent becomes the impostor.
    code = f"""
        here, there = os.pipe()
        if os.fork() == 0:
            os.close(there)
            os.read(here, 1)
            open("seen", "w").write(os.readlink(f"/proc/{{os.getppid()}}/exe"))
            os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT), 1)
            os.dup2(os.open("err", os.O_WRONLY | os.O_CREAT), 2)
            os.execv({str(WARDER)!r}, ["warder", "process", "known", "--no-prompt"])
        os.close(here)
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.unshare({flags}) == 0, ctypes.get_errno()
        assert libc.mount(None, b"/", None, 0x44000, None) == 0, ctypes.get_errno()
        assert libc.mount({str(evil).encode()!r}, {str(trusted.trusted).encode()!r}, None, 4096, None) == 0
        os.set_inheritable(there, True)
        wait = f"import os; os.close({{there}}); print(os.waitstatus_to_exitcode(os.wait()[1]))"
        os.execv({str(trusted.trusted)!r}, ["trusted", "-c", wait])
    """
    assert asks(trusted, evil, code) == 4
    assert (trusted.root / "seen").read_text() == str(trusted.trusted)
    assert (trusted.root / "out").read_text() == ""
    said = (trusted.root / "err").read_text()
    assert f"runs another file than {trusted.trusted} is now" in said, said


def test_a_program_that_was_replaced_is_told_so(trusted):
    """As by an upgrade: it is asked about until it is started again."""
    code = f"""
        import shutil
        shutil.copy({str(trusted.trusted)!r}, "new")
        os.rename("new", {str(trusted.trusted)!r})
        print(ask())
    """
    status, has_secret, said = asks(trusted, trusted.trusted, code)
    assert (status, has_secret) == (4, False)
    assert f"runs another file than {trusted.trusted} is now" in said and "upgraded" in said, said
    assert asks(trusted, trusted.trusted, "print(ask())")[:2] == (0, True)


def test_a_path_that_only_looks_the_same_is_another(trusted):
    composed, decomposed = trusted.root / "caf\u00e9", trusted.root / "cafe\u0301"
    for path in (composed, decomposed):
        shutil.copy(trusted.trusted, path)
    text = trusted.config_file.read_text().replace(f"warder_callers = {trusted.trusted}", f"warder_callers = {composed}")
    trusted.config_file.write_text(text)
    assert asks(trusted, composed, "print(ask())")[:2] == (0, True)
    assert asks(trusted, decomposed, "print(ask())")[:2] == (4, False)


def test_a_program_called_warder_hides_nobody(trusted):
    """One that keeps its memory to itself can only be known by its name, which any program may take."""
    if os.geteuid() == 0:
        # root reads every file's name; only an ordinary user is refused it.
        start = trusted.as_ordinary_user()
        binary, options = start["executable"], {key: start[key] for key in ("user", "group", "extra_groups")}
    else:
        binary, options = str(WARDER), {}
    code = f"""
        if os.fork() == 0:
            libc = ctypes.CDLL(None)
            libc.prctl(15, b"warder", 0, 0, 0)
            libc.prctl(4, 0, 0, 0, 0)
            done = subprocess.run([{binary!r}, "process", "known", "--no-prompt"], capture_output=True, text=True)
            print(repr((done.returncode, "Secret" in done.stdout)), flush=True)
            os._exit(0)
        os.wait()
    """
    status, has_secret = asks(trusted, trusted.trusted, code, **options)
    assert not has_secret and status in (3, 4)


# The renewals of exec --serve


@pytest.fixture
def sure(working):
    working.add_profile(
        "sure", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_confirm = true")
    working.good("refresh", "sure")
    return working


@pytest.mark.parametrize("text", [b"", b"\n", b"0" * 64, b"0" * 64 + b"\n", b"0" * 64 + b"\n\n", b"f" * 64 + b"\n"])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_yes_is_not_gone_round_by_who_looks_like_the_server(sure, text, hidden):
    (sure.root / "serve").write_text(
        textwrap.dedent(f"""\
            import ctypes, subprocess, sys
            ctypes.CDLL(None).prctl(15, b"warder", 0, 0, 0)
            if {hidden}: ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
            done = subprocess.run([{str(WARDER)!r}, "renew-served", "--no-prompt", "--", "sure"], input={text!r},
                                  capture_output=True)
            sys.stdout.buffer.write(done.stdout)
            sys.exit(done.returncode)
            """))
    done = subprocess.run(
        ["bash", "-c", f"exec -a warder {sys.executable} serve"], env=sure.environment, cwd=sure.root,
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (2, 4) and "Secret" not in done.stdout, done
    assert "was not allowed" in done.stdout or done.stdout == ""


def test_a_server_of_ones_own_renews_nothing_that_wants_a_yes(sure, sts):
    """A process can start `warder serve` as `exec` does; what it cannot make is the pass of its renewals."""
    sts.requests.clear()
    code = """
        import socket, urllib.request
        listener = socket.create_server(("127.0.0.1", 0))
        given, give = os.pipe()
        ready, say = os.pipe()
        life = os.pidfd_open(os.getpid())
        os.write(give, b"token\\n" + b"0" * 64 + b"\\n" + b"1 0\\n{}\\n")
        os.close(give)
        if os.fork() == 0:
            nothing = os.open("/dev/null", os.O_RDWR)
            for number, place in enumerate([os.dup(n) for n in (given, say, nothing, listener.fileno(), life)]):
                os.dup2(place, 100 + number)
            for number in range(5):
                os.dup2(100 + number, number)
            os.closerange(5, 200)
            os.execv(WARDER, ["warder", "serve", "--", "sure"])
        os.close(say)
        assert os.read(ready, 1) == b"\\n"
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/warder/credentials"
        try:
            said = urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": "token"}), timeout=30)
            print(repr((said.status, said.read().decode())))
        except urllib.error.HTTPError as error:
            print(repr((error.code, error.read().decode())))
    """.replace("WARDER", repr(str(WARDER)))
    status, said = asks(sure, sys.executable, code)
    assert status >= 400 and "was not allowed" in said and "Secret" not in said, said


def test_a_yes_to_exec_is_one_for_its_renewals(sure, sts):
    sts.lifetimes["AssumeRole"] = 3
    sure.add_profile(
        "brief", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_confirm = true",
        "warder_role_session_name = brief")
    fetch = (
        "import json, os, time, urllib.request\n"
        "url, token = (os.environ['AWS_CONTAINER_' + n] for n in ('CREDENTIALS_FULL_URI', 'AUTHORIZATION_TOKEN'))\n"
        "time.sleep(4)\n"
        "request = urllib.request.Request(url, headers={'Authorization': token})\n"
        "print(json.load(urllib.request.urlopen(request, timeout=60))['Expiration'], 'renewed')\n"
    )
    (sure.root / "fetch.py").write_text(fetch)
    terminal = sure.terminal("exec", "--serve", "brief", "--", sys.executable, "fetch.py")
    terminal.expect_exact("use brief? [y/N] ")
    terminal.sendline("y")
    terminal.expect_exact("renewed")
    terminal.expect(["\n"])
    terminal.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts /proc")
def test_renewals_need_no_proc_that_shows_others(working, serve_hidden, sts):
    """Where /proc hides other users' processes, and a server's, a renewal still shows what it is."""
    assert json.loads(serve_hidden)["Token"]


@pytest.fixture
def serve_hidden(working, sts):
    sts.lifetimes["AssumeRole"] = 3
    working.add_profile(
        "short", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_role_session_name = short")
    start = working.as_ordinary_user()
    code = (
        "import os, time, urllib.request\n"
        "url, token = (os.environ['AWS_CONTAINER_' + n] for n in ('CREDENTIALS_FULL_URI', 'AUTHORIZATION_TOKEN'))\n"
        "time.sleep(4)\n"
        "request = urllib.request.Request(url, headers={'Authorization': token})\n"
        "print(urllib.request.urlopen(request, timeout=60).read().decode())\n"
    )
    line = (
        "mount --make-rprivate / && mount -t proc -o hidepid=2 proc /proc && "
        f"exec setpriv --reuid {start['user']} --regid {start['group']} --clear-groups "
        '"$0" exec --serve short -- "$1" -c "$2"'
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", line, start["executable"], sys.executable, code],
        env=working.variables(passphrase=True), cwd=working.root, capture_output=True, text=True, timeout=120,
        start_new_session=True, check=False)
    assert done.returncode == 0, done
    return done.stdout
