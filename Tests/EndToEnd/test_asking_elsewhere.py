"""The hand-off: who has no terminal waits, and is answered from another one."""

import collections
import json
import os
import signal
import time

import pexpect
from aging import age
from asking import codes, in_line, is_waited_for, keys, open_home, until, waiting_home
from home import MFA, WARDER, exit_code
from recording_sts import denied, wrong_code

# A second may end between AWS's answer and the telling of it.
GOOD = "prod: good for (12h|11h 59m)"


def test_a_process_without_a_terminal_is_answered_from_another(waiting_home, sts):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    terminal = waiting_home.terminal("mfa")
    terminal.expect_exact(f"MFA code for prod ({MFA})")
    terminal.sendline("123456")
    terminal.expect(GOOD)
    assert exit_code(terminal) == 0
    assert keys(process)["Version"] == 1
    assert codes(sts) == ["123456"] and not is_waited_for(waiting_home)


def test_a_wrong_code_from_elsewhere_is_asked_for_there_again(waiting_home, sts):
    sts.next("GetSessionToken", wrong_code)
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    terminal = waiting_home.terminal("mfa")
    for code in ("111111", "222222"):
        terminal.expect_exact("MFA code for prod")
        terminal.sendline(code)
    terminal.expect(GOOD)
    assert keys(process)["Version"] == 1
    assert codes(sts) == ["111111", "222222"]


def test_what_aws_says_is_told_to_who_answered(waiting_home, sts):
    sts.always("GetSessionToken", denied)
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    answer = waiting_home.run("mfa", "123456")
    assert answer.code == 1 and "not authorized" in answer.err, answer
    process.communicate(timeout=30)
    assert process.returncode == 5


def test_a_dismissal_from_elsewhere_ends_it(waiting_home, sts):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    waiting_home.good("mfa", "--dismiss")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 4 and b"dismissed" in err
    assert sts.actions() == []


def test_the_terminal_and_the_hand_off_race(waiting_home, sts):
    terminal = waiting_home.terminal("process", "prod")
    terminal.expect_exact("MFA code for prod")
    terminal.send("99")
    until(lambda: is_waited_for(waiting_home))
    waiting_home.good("mfa", "123456")
    terminal.expect_exact("answered elsewhere")
    terminal.expect_exact('"Version"')
    assert exit_code(terminal) == 0
    assert codes(sts) == ["123456"] and not is_waited_for(waiting_home)


def test_forty_without_a_terminal_are_one_question(waiting_home, sts):
    processes = [waiting_home.start("process", "prod") for _ in range(40)]
    until(lambda: is_waited_for(waiting_home))
    listed = json.loads(waiting_home.good("mfa", "--list", "--json"))
    assert len(listed["waiting"] if isinstance(listed, dict) else listed) == 1
    waiting_home.good("mfa", "123456")
    answers = {json.dumps(keys(process)) for process in processes}
    assert len(answers) == 1
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]


def test_forty_share_one_dismissal(waiting_home, sts):
    processes = [waiting_home.start("process", "prod") for _ in range(40)]
    until(lambda: is_waited_for(waiting_home) and in_line(waiting_home) == 39)
    waiting_home.good("mfa", "--dismiss")
    for process in processes:
        process.communicate(timeout=60)
    assert collections.Counter(process.returncode for process in processes) == {4: 40}
    assert sts.actions() == []


def test_nobody_comes(open_home, sts):
    open_home.settings("[warder]\nhandoff_time = 2s\n")
    start = time.monotonic()
    open_home.run("process", "prod").failed(4, "no answer came in time", "warder mfa")
    assert 1.5 < time.monotonic() - start < 50
    assert sts.actions() == [] and not is_waited_for(open_home)


def test_a_client_that_tries_again_is_told_at_once_that_nobody_answered(open_home):
    open_home.settings("[warder]\nhandoff_time = 3s\n")
    first = open_home.run("process", "prod")
    first.failed(4, "no answer came in time")
    start = time.monotonic()
    again = open_home.run("process", "prod")
    assert (again.code, again.err) == (4, first.err) and time.monotonic() - start < 2.5
    # One who would be asked elsewhere is.
    terminal = open_home.terminal("process", "prod")
    terminal.expect_exact("MFA code for prod")
    terminal.sendline("123456")
    terminal.expect_exact('"Version":1')


def test_who_comes_later_is_waited_for_again(open_home):
    open_home.settings("[warder]\nhandoff_time = 1s\n")
    open_home.run("process", "prod").failed(4, "no answer came in time")
    time.sleep(5.5)
    open_home.settings("[warder]\nhandoff_time = 50s\n")
    process = open_home.start("process", "prod")
    until(lambda: is_waited_for(open_home))
    open_home.good("mfa", "123456")
    assert json.loads(process.communicate(timeout=60)[0])["Version"] == 1


def test_without_prompts_nobody_is_waited_for(waiting_home):
    start = time.monotonic()
    waiting_home.run("process", "prod", "--no-prompt").failed(4, "prompts are switched off")
    assert time.monotonic() - start < 40


def test_an_old_session_is_served_while_nobody_answers(open_home, sts):
    """Under 16 minutes are left: renewal is tried, and what is valid is given out."""
    open_home.settings("[warder]\nhandoff_time = 1s\n")
    sts.lifetimes["GetSessionToken"] = 600
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    age(open_home, 3000)
    assert json.loads(open_home.good("process", "alice"))["Version"] == 1


def test_a_killed_one_leaves_nothing_to_answer(waiting_home):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    process.kill()
    process.communicate()
    result = waiting_home.run("mfa", "123456")
    assert result.code == 1 and "no process waits" in result.err


def test_a_second_home_does_not_see_it(waiting_home, bare):
    assert "no process waits" in waiting_home.run("mfa", "123456").err


# Who waits for whom


def test_a_person_is_asked_at_their_own_terminal_whatever_became_of_a_prompt_elsewhere(waiting_home, sts):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    terminal = waiting_home.terminal("refresh", "prod")
    terminal.expect_exact("another warder is making this session; if it waits for an answer: warder mfa")
    waiting_home.good("mfa", "--dismiss")
    terminal.expect_exact("MFA code for prod")
    terminal.sendline("123456")
    terminal.expect_exact("good for")
    assert exit_code(terminal) == 0
    process.communicate(timeout=30)
    assert process.returncode == 4 and codes(sts) == ["123456"]


def test_nobody_is_waited_for_where_nobody_has_the_lock(waiting_home):
    waiting_home.cache.mkdir(parents=True, mode=0o700, exist_ok=True)
    (waiting_home.cache / "lock").unlink(missing_ok=True)
    (waiting_home.cache / "lock").mkdir()
    terminal = waiting_home.terminal("refresh", "prod")
    terminal.expect_exact("hint: ")
    said = terminal.before
    terminal.expect(pexpect.EOF)
    assert "another warder" not in said, said


def test_an_old_session_is_served_at_once_while_somebody_is_asked(waiting_home, sts):
    sts.lifetimes["GetSessionToken"] = 800
    waiting_home.good("refresh", "alice", "--mfa-code", "123456")
    age(waiting_home, 3000)
    terminal = waiting_home.terminal("process", "alice")
    terminal.expect_exact("MFA code for alice")
    start = time.monotonic()
    assert json.loads(waiting_home.good("process", "alice"))["Version"] == 1
    assert time.monotonic() - start < 40
    terminal.sendeof()
    terminal.expect_exact('"Version"')


def test_a_process_that_is_stopped_holds_nobody_up(waiting_home):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    terminal = waiting_home.terminal("mfa")
    terminal.expect_exact("MFA code for prod")
    os.kill(process.pid, signal.SIGSTOP)
    terminal.sendline("123456")
    terminal.expect_exact("does not say what came of the answer")
    assert exit_code(terminal) == 1
    process.kill()
    process.communicate()


def test_a_job_that_comes_to_the_front_asks(waiting_home, sts):
    terminal = waiting_home.terminal(command=["/bin/bash", "--norc", "-i"])
    terminal.sendline("PS1='PR> '; unset PROMPT_COMMAND")
    terminal.expect_exact("PR> ")
    terminal.sendline(f"{WARDER} refresh prod &")
    until(lambda: is_waited_for(waiting_home))
    terminal.sendline("fg")
    terminal.expect_exact("MFA code for prod")
    terminal.expect_exact("alice): ")
    terminal.sendline("123456")
    terminal.expect_exact("good for")
    terminal.expect_exact("PR> ")
    assert codes(sts) == ["123456"]
