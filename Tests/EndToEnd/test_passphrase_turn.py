"""Whose turn it is to ask for the passphrase, and what becomes of it where the prompt is stopped or not needed."""

import json
import shutil
import signal
import time

import pexpect
import pytest
from asking import until
from home import PASSPHRASE, WARDER, exit_code

PROMPT = "passphrase for .*: "
LONG = 60


@pytest.fixture
def cached(working):
    """A home with a role in the cache, and locked: the passphrase is all that is asked for."""
    working.unlock("--for", "1s")
    until(lambda: not json.loads(working.good("status", "--json"))["unlocked"])
    return working


@pytest.fixture(params=["terminal", "pinentry-tty"])
def asker(request, cached):
    """Each way of asking, by what its prompt says."""
    if request.param == "terminal":
        return PROMPT
    if not shutil.which("pinentry-tty"):
        pytest.skip("pinentry-tty is not installed")
    cached.settings("[warder]\npinentry = pinentry-tty\nprompt = pinentry\nprocess_prompt = pinentry\n")
    return "(?i)passphrase: ?"


@pytest.fixture
def shells():
    """Starts a shell with job control, which is gone with all its jobs when the test is over."""
    started = []

    def start(home):
        shell = home.terminal(command=["/bin/bash", "--norc", "-i"])
        shell.timeout = LONG
        shell.sendline("PS1='PR''> '; unset PROMPT_COMMAND")
        shell.expect_exact("PR> ")
        started.append(shell)
        return shell

    yield start
    for shell in started:
        # The kernel hangs up on its jobs then; `close` alone gives it a tenth of a second to die.
        shell.kill(signal.SIGKILL)
        shell.wait()
        shell.close()


def at_prompt(shell, prompt, *arguments):
    shell.sendline(f"{WARDER} {' '.join(arguments)}")
    shell.expect(prompt)


def stop(shell):
    shell.sendcontrol("z")
    shell.expect_exact("Stopped")
    shell.expect_exact("PR> ")


def one_that_asks(terminals, prompt):
    """The first of the terminals that shows the prompt."""
    limit = time.monotonic() + LONG
    while time.monotonic() < limit:
        for terminal in terminals:
            if terminal.expect([prompt, pexpect.TIMEOUT], timeout=0.1) == 0:
                return terminal
    raise AssertionError("nobody asks")


def expect_credentials(terminal):
    terminal.expect(r"\{.*SecretAccessKey.*\}")
    return json.loads(terminal.match[0])


# Ctrl-Z


def test_a_stopped_prompt_leaves_the_turn_to_another(cached, asker, shells):
    shell = shells(cached)
    at_prompt(shell, asker, "process", "prod")
    others = [cached.terminal("process", "prod") for _ in range(3)]
    stop(shell)
    asking = one_that_asks(others, asker)
    asking.sendline(PASSPHRASE)
    answers = [expect_credentials(other) for other in others]
    assert [exit_code(other) for other in others] == [0, 0, 0]
    # What the others brought serves the stopped one too.
    shell.sendline("fg")
    assert shell.expect([r"\{.*SecretAccessKey.*\}", asker]) == 0
    assert [json.loads(shell.match[0])] * 3 == answers
    shell.expect_exact("PR> ")


@pytest.mark.parametrize("arguments", [("process", "prod"), ("forget", "prod"), ("unlock",)], ids=lambda words: words[0])
def test_a_stopped_prompt_asks_again_at_fg(cached, asker, shells, arguments):
    shell = shells(cached)
    at_prompt(shell, asker, *arguments)
    for _ in range(2):
        stop(shell)
        shell.sendline("fg")
        shell.expect(asker)
    shell.sendline(PASSPHRASE)
    shell.expect_exact("PR> ")
    assert PASSPHRASE not in shell.before
    shell.sendline("echo code=$?")
    shell.expect_exact("code=0")
    assert json.loads(cached.good("status", "--json"))["unlocked"]


def test_sent_away_elsewhere_while_it_is_stopped_it_still_asks(cached, shells):
    shell = shells(cached)
    at_prompt(shell, PROMPT, "process", "prod")
    other = cached.terminal("process", "prod")
    stop(shell)
    other.timeout = LONG
    other.expect(PROMPT)
    other.sendcontrol("d")
    assert exit_code(other) == 4
    shell.sendline("fg")
    shell.expect(PROMPT)
    shell.sendline(PASSPHRASE)
    expect_credentials(shell)


def test_stopped_at_the_prompt_for_a_signature_it_holds_no_session_up(unlocked, sts, shells):
    """The vault is opened for a session that others want too."""
    shell = shells(unlocked)
    at_prompt(shell, PROMPT, "refresh", "alice")
    stop(shell)
    unlocked.good("process", "alice", "--mfa-code", "123456", passphrase=True, timeout=LONG)
    shell.sendline("fg")
    # `refresh` makes a session where half of one is left no more: there is one.
    shell.expect_exact("good for")
    shell.expect_exact("PR> ")
    assert sts.actions() == ["GetSessionToken"]


def test_stopped_at_a_code_it_gives_the_turn_away_too(home, sts, shells):
    """Whoever opened the vault keeps the turn until it has what it wants: not while it is stopped."""
    shell = shells(home)
    at_prompt(shell, PROMPT, "refresh", "prod")
    other = home.terminal("refresh", "prod")
    other.timeout = LONG
    shell.sendline(PASSPHRASE)
    shell.expect_exact("alice): ")
    stop(shell)
    if other.expect([PROMPT, r"alice\): "]) == 0:
        other.sendline(PASSPHRASE)
        other.expect_exact("alice): ")
    other.sendline("123456")
    other.expect_exact("good for")
    assert exit_code(other) == 0
    shell.sendline("fg")
    # What is wanted is there, or is asked for in the same place.
    if shell.expect_exact(["good for", "alice): "]):
        shell.sendline("654321")
        shell.expect_exact("good for")
    shell.expect_exact("PR> ")


# Unlocked elsewhere


def test_unlocked_elsewhere_the_prompt_is_taken_down(cached, asker, shells):
    shell = shells(cached)
    at_prompt(shell, asker, "process", "prod")
    others = [cached.terminal("process", "prod") for _ in range(3)]
    shell.send("half a pass")
    cached.unlock()
    expect_credentials(shell)
    for other in others:
        expect_credentials(other)
        assert exit_code(other) == 0
    shell.expect_exact("PR> ")
    shell.sendline("echo next'' line")
    shell.expect_exact("next line")
    assert "half" not in shell.before


def test_unlocked_elsewhere_the_terminal_says_so(cached):
    terminal = cached.terminal("process", "prod")
    terminal.timeout = LONG
    terminal.expect(PROMPT)
    cached.unlock()
    terminal.expect_exact("answered elsewhere")
    expect_credentials(terminal)
    assert exit_code(terminal) == 0


def test_unlock_asks_at_once_wherever_it_is_typed(cached):
    """Each sets a time of its own: neither waits for the other, nor goes without its own answer."""
    waiting = cached.terminal("process", "prod")
    waiting.expect(PROMPT)
    first, second = cached.terminal("unlock", "--for", "1h"), cached.terminal("unlock", "--for", "2h")
    for terminal in (first, second):
        terminal.timeout = LONG
        terminal.expect(PROMPT)
    for terminal in (first, second):
        terminal.sendline(PASSPHRASE)
        terminal.expect_exact("unlocked for")
        assert exit_code(terminal) == 0
    expect_credentials(waiting)


def test_a_person_who_waits_for_the_turn_is_told(cached):
    first = cached.terminal("refresh", "prod")
    first.expect(PROMPT)
    second = cached.terminal("refresh", "prod")
    second.timeout = LONG
    second.expect_exact("warder unlock")
    cached.unlock()
    for terminal in (first, second):
        terminal.expect_exact("good for")
        assert exit_code(terminal) == 0
