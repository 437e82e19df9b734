"""A yes, without which nothing is given out: who is asked for it, of whom, and how often."""

import json
import os
import select
import shutil
import subprocess
import sys
import time

import pexpect
import pytest
from asking import WAITS, in_line, is_waited_for, keys, open_home, until, waiting_home
from home import WARDER, exit_code


@pytest.fixture
def asking_first(working):
    """prod wants a yes; its sessions are there."""
    working.add_profile(
        "sure", "warder_role_arn = arn:aws:iam::222222222222:role/Admin", "warder_source_profile = alice",
        "warder_confirm = true",
    )
    working.good("refresh", "sure")
    working.settings(WAITS)
    return working


def test_credentials_are_given_out_after_a_yes(asking_first):
    terminal = asking_first.terminal("env", "sure")
    terminal.expect_exact("use sure? [y/N] ")
    terminal.sendline("y")
    terminal.expect_exact("export AWS_SECRET_ACCESS_KEY")
    assert exit_code(terminal) == 0


def test_without_a_yes_nothing_is_given_out(asking_first):
    for answer in ("n", ""):
        terminal = asking_first.terminal("env", "sure")
        terminal.expect_exact("use sure? [y/N] ")
        terminal.sendline(answer)
        terminal.expect_exact("was not allowed")
        assert exit_code(terminal) == 4
        assert "AWS_SECRET" not in terminal.before
    asking_first.run("process", "sure", "--no-prompt").failed(4, "a yes")


def test_a_yes_is_y_or_yes(asking_first):
    process = asking_first.start("process", "sure")
    until(lambda: is_waited_for(asking_first))
    terminal = asking_first.terminal("mfa")
    terminal.expect_exact("y/N")
    terminal.sendline("yikes")
    terminal.expect(pexpect.EOF)
    process.communicate(timeout=30)
    assert process.returncode == 4


def test_a_yes_comes_from_elsewhere(asking_first):
    process = asking_first.start("process", "sure")
    until(lambda: is_waited_for(asking_first))
    terminal = asking_first.terminal("mfa")
    terminal.expect_exact("sure")
    terminal.sendline("y")
    assert exit_code(terminal) == 0
    assert keys(process)["Version"] == 1


def test_each_time_is_asked_for(asking_first):
    for _ in range(2):
        terminal = asking_first.terminal("process", "sure")
        terminal.expect_exact("use sure? [y/N] ")
        terminal.sendline("y")
        terminal.expect_exact('"Version"')


def test_one_program_that_starts_forty_is_asked_about_once(asking_first):
    program = (
        "import subprocess, sys\n"
        f"started = [subprocess.Popen([{str(WARDER)!r}, 'process', 'sure'], stdout=subprocess.PIPE) for _ in range(40)]\n"
        "answers = {each.communicate()[0] for each in started}\n"
        "print(len(answers), len(answers.pop()) > 100)\n"
    )
    crowd = subprocess.Popen(
        [sys.executable, "-c", program], env=asking_first.environment, stdout=subprocess.PIPE, text=True,
        start_new_session=True, cwd=asking_first.root,
    )
    # Those that were not started yet would be asked about anew: they wait together, or they are another time.
    until(lambda: is_waited_for(asking_first) and in_line(asking_first) == 39)
    terminal = asking_first.terminal("mfa")
    terminal.expect_exact("sure")
    terminal.sendline("y")
    assert exit_code(terminal) == 0
    assert crowd.communicate(timeout=60)[0] == "1 True\n"


def test_callers_that_are_named_need_no_yes(asking_first):
    interpreter = os.path.realpath(sys.executable)
    asking_first.add_profile(
        "known", "warder_role_arn = arn:aws:iam::222222222222:role/Admin", "warder_source_profile = alice",
        f"warder_callers = /usr/bin/terraform {interpreter}",
    )
    assert json.loads(asking_first.good("process", "known", "--no-prompt"))["Version"] == 1
    # By a shell that only runs it, the program behind counts; another program does not.
    through = subprocess.run(
        ["/bin/sh", "-c", f"{WARDER} process known --no-prompt"], env=asking_first.environment, capture_output=True
    )
    assert through.returncode == 0, through.stderr
    other = subprocess.run(
        ["/usr/bin/env", "bash", "--norc"], input=f"{WARDER} process known --no-prompt\n", env=asking_first.environment,
        capture_output=True, text=True,
    )
    assert other.returncode == 4 and other.stdout == ""


def test_a_yes_is_for_the_program_that_it_was_said_of(asking_first):
    """A process that becomes another program while the question stands is asked about anew."""
    others = [shutil.copy(os.path.realpath(sys.executable), asking_first.root / name) for name in ("good", "evil")]
    evil = (
        "import subprocess\n"
        f"done = subprocess.run([{str(WARDER)!r}, 'process', 'sure', '--no-prompt'], capture_output=True, text=True)\n"
        "print(done.returncode, done.stdout, flush=True)"
    )
    good = (
        "import os, subprocess, time\n"
        f"subprocess.Popen([{str(WARDER)!r}, 'process', 'sure'], stdout=subprocess.DEVNULL)\n"
        "while not os.path.exists('go'): time.sleep(0.02)\n"
        f"os.execv({str(others[1])!r}, ['evil', '-c', {evil!r}])"
    )
    process = subprocess.Popen(
        [others[0], "-c", good], env=asking_first.environment | {"PYTHONHOME": sys.base_prefix}, cwd=asking_first.root,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )
    until(lambda: is_waited_for(asking_first))
    (asking_first.root / "go").touch()
    # It has been refused by now, or it waits for the other's answer.
    until(lambda: in_line(asking_first) or select.select([process.stdout], [], [], 0)[0])
    terminal = asking_first.terminal("mfa")
    terminal.expect_exact("y/N")
    terminal.sendline("y")
    assert exit_code(terminal) == 0
    out, _ = process.communicate(timeout=60)
    assert out.split()[0] == "4" and "Secret" not in out, out


def test_the_remedy_for_a_missing_yes_is_one(asking_first):
    asking_first.run("process", "sure", "--no-prompt").failed(4, "warder_callers")


def test_explain_says_that_a_yes_is_wanted(asking_first):
    assert "a yes to the use of sure" in asking_first.good("explain", "sure")


def test_a_yes_is_given_without_a_terminal(asking_first):
    for answer, code in (("yes", 0), ("no", 4)):
        process = asking_first.start("process", "sure")
        until(lambda: is_waited_for(asking_first))
        given = asking_first.run("mfa", answer)
        process.communicate(timeout=60)
        assert process.returncode == code, given
        assert given.code == 0, given
    asking_first.run("mfa", "yes").failed(1, "no process waits")


def test_a_code_is_no_answer_to_a_yes_or_no(asking_first):
    process = asking_first.start("process", "sure")
    until(lambda: is_waited_for(asking_first))
    asking_first.run("mfa", "123456").failed(
        1, "no process waits for a code, but sure waits for a yes or no", "warder mfa yes")
    asking_first.run("mfa").failed(4, "a yes or no is needed", "warder mfa yes")
    assert is_waited_for(asking_first)
    asking_first.good("mfa", "yes", "--pid", str(process.pid))
    assert keys(process)["Version"] == 1


def test_a_yes_is_no_answer_where_a_code_is_wanted(waiting_home):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    waiting_home.run("mfa", "yes").failed(
        1, "no process waits for a yes or no, but prod waits for a code", "warder mfa CODE")
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1


def test_hints_say_what_can_be_done(asking_first):
    result = asking_first.run("process", "sure", "--no-prompt")
    result.failed(4, "run it without --no-prompt")
    assert "warder mfa" not in result.err
    terminal = asking_first.terminal("process", "sure")
    terminal.expect_exact("[y/N] ")
    terminal.sendline("n")
    terminal.expect_exact("hint: run it again, and say yes")
    assert exit_code(terminal) == 4 and "warder_callers" not in terminal.before


def test_a_client_that_tries_again_is_told_at_once_that_nobody_said_yes(asking_first):
    asking_first.settings("[warder]\nhandoff_time = 3s\n")
    first = asking_first.run("process", "sure")
    first.failed(4, "a yes to the use of sure is needed, and no answer came in time")
    start = time.monotonic()
    again = asking_first.run("process", "sure")
    assert (again.code, again.err) == (4, first.err) and time.monotonic() - start < 2.5
    time.sleep(5)
    asking_first.settings(WAITS)
    process = asking_first.start("process", "sure")
    until(lambda: is_waited_for(asking_first))
    asking_first.good("mfa", "yes")
    assert keys(process)["Version"] == 1
