"""`warder mfa`: whoever has a terminal answers for a process that has none."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import termios
import time

import pexpect
import pytest
from asking import until
from home import MFA, ORDINARY, TESTS, WARDER, exit_code

WAITING = pathlib.Path(os.environ.get("WAITING", TESTS.parent / ".build/debug/RemotePromptRunner"))
pytestmark = pytest.mark.skipif(not WAITING.exists(), reason=f"there is no {WAITING}: swift build --product RemotePromptRunner")
CALLER = "terraform (4711) in ~/infra"


class Process:
    """A process that waits for an answer, and has no terminal."""

    def __init__(self, home, kind="code", profile="prod", device=MFA, caller=CALLER, seconds=120, good="654321"):
        command = [WAITING, kind, profile, device, caller, str(seconds), good]
        self.process = subprocess.Popen(
            command, env=home.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )
        assert self.says() == "open"

    @property
    def pid(self):
        return self.process.pid

    def says(self):
        return self.process.stdout.readline().rstrip("\n")

    def answer_elsewhere(self):
        self.process.stdin.write("x")
        self.process.stdin.flush()

    def end(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def waiting(bare):
    """Starts processes that wait."""
    started = []

    def start(**options):
        started.append(Process(bare, **options))
        return started[-1]

    yield start
    for process in started:
        process.end()


def sockets(home):
    return [path.name for path in (home.runtime / "warder/asking").iterdir() if path.name != "watching"]


def is_stopped(process):
    return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_the_one_that_waits_is_asked_about_and_answered(bare, waiting):
    process = waiting()
    terminal = bare.terminal("mfa")
    terminal.expect_exact(f"MFA code for prod ({MFA}), wanted by {CALLER}: ")
    terminal.sendline("654321")
    terminal.expect_exact("prod: session until 20:13")
    assert exit_code(terminal) == 0
    assert process.says() == "code 654321"
    assert sockets(bare) == []


def test_a_code_in_the_arguments_answers_it(bare, waiting):
    process = waiting()
    result = bare.run("mfa", "654321")
    assert (result.code, result.out) == (0, "") and "prod: session until 20:13" in result.err
    assert process.says() == "code 654321"


def test_a_wrong_code_is_asked_for_again(bare, waiting):
    process = waiting()
    terminal = bare.terminal("mfa")
    terminal.expect_exact("infra: ")
    terminal.sendline("111111")
    terminal.expect_exact("wrong code")
    terminal.expect_exact("infra: ")
    terminal.sendline("654321")
    terminal.expect_exact("prod: session until 20:13")
    assert exit_code(terminal) == 0
    assert [process.says() for _ in range(3)] == ["code 111111", "open", "code 654321"]


def test_a_slip_and_a_used_code_are_asked_for_again(bare, waiting):
    process = waiting()
    terminal = bare.terminal("mfa")
    terminal.expect_exact("infra: ")
    terminal.sendline("")
    terminal.expect_exact("infra: ")
    terminal.sendline("1234")
    terminal.expect_exact("six digits, please")
    terminal.expect_exact("infra: ")
    terminal.sendline("000000")
    terminal.expect_exact("that code was used already; the next one in 2 s")
    terminal.expect_exact("infra: ")
    terminal.sendline("654321")
    terminal.expect_exact("prod: session until 20:13")
    assert exit_code(terminal) == 0
    assert process.says() == "code 654321"


def test_a_wrong_code_in_the_arguments_fails(bare, waiting):
    process = waiting()
    bare.run("mfa", "111111").err.index("wrong code")
    result = bare.run("mfa", "222222")
    assert result.code == 1 and "prod: code 222222" in result.err
    assert [process.says() for _ in range(3)] == ["code 111111", "open", "code 222222"]


@pytest.mark.parametrize("typed, said, code", [("y", "yes", 0), ("n", "no", 1), ("", "no", 1)])
def test_a_confirmation_is_yes_or_no(bare, waiting, typed, said, code):
    process = waiting(kind="confirmation", device="")
    terminal = bare.terminal("mfa")
    terminal.expect_exact(f"may {CALLER} use prod? [y/N] ")
    terminal.sendline(typed)
    assert exit_code(terminal) == code
    assert process.says() == said


def test_nobody_waits(bare):
    bare.run("mfa").failed(1, "no process waits for a code", "--watch")
    bare.run("mfa", "123456").failed(1, "no process waits for a code")
    assert bare.good("mfa", "--list") == "no process waits for a code\n"
    assert json.loads(bare.good("mfa", "--list", "--json")) == []


def test_without_a_terminal_it_takes_a_code_or_lists(bare, waiting):
    process = waiting()
    bare.run("mfa").failed(4, "no terminal", "warder mfa CODE")
    bare.run("mfa", "--no-prompt").failed(4, "switched off")
    rows = bare.good("mfa", "--list").splitlines()
    assert len(rows) == 2 and rows[0].split() == ["PID", "PROFILE", "WANTED", "BY", "SINCE", "LEFT"]
    assert rows[1].startswith(f"{process.pid}  ") and MFA in rows[1] and CALLER in rows[1]
    (listed,) = json.loads(bare.good("mfa", "--list", "--json"))
    assert listed["pid"] == process.pid and listed["kind"] == "code" and listed["profile"] == "prod"
    assert listed["mfa_serial"] == MFA and listed["caller"] == CALLER and listed["note"] is None
    assert 0 <= listed["waited_seconds"] <= 60 <= listed["left_seconds"] <= 120


def test_hostile_names_are_shown_as_they_are(bare, waiting):
    waiting(profile="p\x1b[2J\nq\u202e", caller="x\x1b]0;t\x07 %0A")
    listing = bare.good("mfa", "--list")
    assert "p\\u{1b}[2J\\u{a}q\\u{202e}" in listing and "x\\u{1b}]0;t\\u{7} %0A" in listing
    assert len(listing.splitlines()) == 2
    terminal = bare.terminal("mfa")
    terminal.expect_exact("MFA code for p\\u{1b}[2J\\u{a}q\\u{202e} ")
    terminal.sendcontrol("d")
    assert exit_code(terminal) == 4


def test_of_several_devices_one_is_chosen_by_its_process(bare, waiting):
    first = waiting()
    second = waiting(profile="dev", device="GAHT12345678", good="777777")
    result = bare.run("mfa", "777777")
    assert result.code == 2 and "--pid PID" in result.err and str(first.pid) in result.err and "GAHT" in result.err
    assert bare.run("mfa", "--pid", "1", "777777").code == 1
    assert bare.run("mfa", "--pid", second.pid, "777777").code == 0
    assert second.says() == "code 777777"
    assert [row["pid"] for row in json.loads(bare.good("mfa", "--list", "--json"))] == [first.pid]


def test_of_several_devices_one_is_chosen_from_a_list(bare, waiting):
    first = waiting()
    waiting(profile="dev", device="GAHT12345678")
    terminal = bare.terminal("mfa")
    terminal.expect(r"1  dev .*\n2  prod ")
    terminal.expect_exact("which one (1-2): ")
    terminal.sendline("3")
    terminal.expect_exact("which one (1-2): ")
    terminal.sendline("2")
    terminal.expect_exact("MFA code for prod")
    terminal.sendline("654321")
    terminal.expect_exact("prod: session until 20:13")
    assert exit_code(terminal) == 0
    assert first.says() == "code 654321"


def test_of_several_that_wait_for_one_device_the_first_is_answered(bare, waiting):
    first = waiting()
    waiting(profile="audit")
    assert bare.run("mfa", "654321").code == 0
    assert first.says() == "code 654321"
    assert [row["profile"] for row in json.loads(bare.good("mfa", "--list", "--json"))] == ["audit"]


def test_one_is_sent_away(bare, waiting):
    process = waiting()
    result = bare.run("mfa", "--dismiss")
    assert result.code == 0, result
    assert process.says() == "dismissed"


def test_a_prompt_is_taken_down_when_another_terminal_has_answered(bare, waiting):
    process = waiting()
    terminal = bare.terminal("mfa")
    terminal.expect_exact("infra: ")
    terminal.send("12")
    process.answer_elsewhere()
    terminal.expect_exact("answered elsewhere")
    terminal.expect_exact("prod: session until 20:14")
    assert exit_code(terminal) == 0


def test_what_is_half_typed_does_not_reach_the_shell(bare, waiting):
    process = waiting()
    shell = bare.terminal(command=["/bin/sh", "-c", f"{WARDER} mfa; read -r line; echo \"[$line]\""])
    shell.expect_exact("infra: ")
    shell.send("12")
    process.answer_elsewhere()
    shell.expect_exact("prod: session until 20:14")
    shell.sendline("echo")
    shell.expect_exact("[echo]")
    assert exit_code(shell) == 0


def test_a_process_that_dies_takes_its_prompt_with_it(bare, waiting):
    process = waiting()
    terminal = bare.terminal("mfa")
    terminal.expect_exact("infra: ")
    process.end()
    terminal.expect_exact("the process is gone")
    assert exit_code(terminal) == 1
    bare.run("mfa").failed(1, "no process waits")
    assert sockets(bare) == []


def test_watching_it_asks_whenever_somebody_waits(bare, waiting):
    watch = bare.terminal("mfa", "--watch")
    watch.expect_exact("Ctrl-C ends it")
    settings = termios.tcgetattr(watch.child_fd)
    for profile in ("prod", "dev"):
        process = waiting(profile=profile)
        watch.expect_exact(f"MFA code for {profile}")
        watch.sendline("654321")
        watch.expect_exact(f"{profile}: session until 20:13")
        assert process.says() == "code 654321"
    elsewhere = waiting()
    watch.expect_exact("infra: ")
    watch.send("12")
    elsewhere.answer_elsewhere()
    watch.expect_exact("answered elsewhere")
    wrong = waiting(profile="audit")
    watch.expect_exact("MFA code for audit")
    watch.sendline("111111")
    watch.expect_exact("wrong code")
    watch.expect_exact("MFA code for audit")
    wrong.end()
    watch.expect_exact("the process is gone")
    left = waiting(profile="left")
    watch.expect_exact("MFA code for left")
    watch.sendcontrol("d")
    assert bare.run("mfa", "654321").code == 0
    watch.expect_exact("left: session until 20:13")
    assert left.says() == "code 654321"
    waiting(profile="last")
    watch.expect_exact("MFA code for last")
    watch.sendintr()
    watch.expect(pexpect.EOF)
    watch.close()
    assert watch.signalstatus == signal.SIGINT
    assert settings[3] & termios.ECHO


def test_watching_survives_the_loss_of_its_folder(bare, waiting):
    watch = bare.terminal("mfa", "--watch")
    watch.expect_exact("Ctrl-C ends it")
    folder = bare.runtime / "warder/asking"
    # Else it may put the file back before the folder goes.
    watch.kill(signal.SIGSTOP)
    until(lambda: is_stopped(watch.pid))
    (folder / "watching").unlink()
    folder.rmdir()
    watch.kill(signal.SIGCONT)
    until((folder / "watching").exists)
    process = waiting()
    watch.expect_exact("infra: ")
    watch.sendline("654321")
    watch.expect_exact("session until 20:13")
    assert process.says() == "code 654321"
    watch.sendintr()
    watch.expect(pexpect.EOF)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_signals_leave_the_terminal_as_it_was(bare, waiting, name):
    process = waiting()
    # A debug build of Swift would explain SIGQUIT at the terminal.
    terminal = bare.terminal("mfa", env={"SWIFT_BACKTRACE": "enable=no"})
    before = termios.tcgetattr(terminal.child_fd)
    terminal.expect_exact("infra: ")
    assert termios.tcgetattr(terminal.child_fd) == before
    terminal.kill(getattr(signal, name))
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.signalstatus == getattr(signal, name)
    assert process.process.poll() is None and bare.run("mfa", "654321").code == 0


def test_a_stopped_process_holds_up_nobody(bare, waiting):
    stopped = waiting(profile="stopped")
    process = waiting()
    os.kill(stopped.pid, signal.SIGSTOP)
    assert [row["profile"] for row in json.loads(bare.good("mfa", "--list", "--json"))] == ["prod"]
    assert bare.run("mfa", "654321").code == 0
    assert process.says() == "code 654321"


def test_one_that_is_late_is_heard_where_nobody_else_waits(bare, waiting):
    process = waiting()
    os.kill(process.pid, signal.SIGSTOP)
    answer = bare.start("mfa", "654321")
    # Longer than others would be kept waiting by it.
    time.sleep(1.5)
    os.kill(process.pid, signal.SIGCONT)
    _, err = answer.communicate(timeout=60)
    assert answer.returncode == 0, err
    assert process.says() == "code 654321"


def test_a_server_that_says_nothing_or_nonsense_holds_up_nobody(bare, waiting):
    process = waiting()
    folder = bare.runtime / "warder/asking"
    with contextlib.ExitStack() as stack:
        for number, greeting in enumerate([None, b"\0" * 5000, b"ask 1 code since=1 until=2 profile=x\n", b"warder-hand-off 2 pid=1\n"]):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(str(folder / f"{number + 1}-0000000{number}"))
            server.listen()
            if greeting:
                # It waits in the connection that warder will have.
                pid = os.fork()
                if pid == 0:
                    connection, _ = server.accept()
                    connection.sendall(greeting)
                    time.sleep(60)
                    os._exit(0)
                stack.callback(lambda pid=pid: (os.kill(pid, signal.SIGKILL), os.waitpid(pid, 0)))
        assert [row["profile"] for row in json.loads(bare.good("mfa", "--list", "--json"))] == ["prod"]
        assert bare.run("mfa", "654321").code == 0
        assert process.says() == "code 654321"


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to become somebody else")
def test_another_user_is_not_let_in(bare, waiting):
    process = waiting()
    folder = bare.runtime / "warder/asking"
    (name,) = sockets(bare)
    connect = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "s.settimeout(20)\n"
        "try: s.connect(sys.argv[1])\n"
        "except PermissionError: sys.exit('refused')\n"
        "try: s.sendall(b'code 1 654321\\n')\n"
        "except OSError: pass\n"
        "try: print(s.recv(4096))\n"
        "except ConnectionResetError: print(b'')\n"
    )

    def tried():
        return subprocess.run(
            ["/usr/bin/python3", "-c", connect, folder / name], capture_output=True, text=True, cwd="/",
            user=ORDINARY, group=ORDINARY, extra_groups=[],
        )

    assert "refused" in tried().stderr
    # With every permission given away, who it is still counts.
    for path, mode in ((bare.runtime, 0o755), (folder.parent, 0o755), (folder, 0o755), (folder / name, 0o666)):
        path.chmod(mode)
    assert tried().stdout == "b''\n"
    assert bare.run("mfa", "654321").code == 0
    assert process.says() == "code 654321"


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to become somebody else")
def test_a_folder_or_a_socket_of_another_user_is_not_looked_at(bare, waiting):
    waiting()
    folder = bare.runtime / "warder/asking"
    (name,) = sockets(bare)
    os.chown(folder / name, ORDINARY, ORDINARY)
    bare.run("mfa", "654321").failed(1, "no process waits")
    assert sockets(bare) == [name]
    os.chown(folder, ORDINARY, ORDINARY)
    bare.run("mfa", "654321").failed(9, "belongs to user")
    os.chown(folder, 0, 0)
    folder.chmod(0o777)
    bare.run("mfa", "654321").failed(9, "can be used by others")


@pytest.mark.parametrize("arguments", [
    ("--watch", "123456"), ("--list", "--watch"), ("--json",), ("--list", "--pid", "1"), ("--dismiss", "123456"),
])
def test_options_that_exclude_each_other(bare, arguments):
    bare.run("mfa", *arguments).failed(2)


def test_without_a_runtime_folder_it_says_so(bare):
    if pathlib.Path(f"/run/user/{os.geteuid()}").exists():
        pytest.skip("there is one by custom")
    bare.run("mfa", env={"XDG_RUNTIME_DIR": ""}).failed(1, "no runtime folder", "XDG_RUNTIME_DIR")
