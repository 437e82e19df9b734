"""Who is asked for a code, or for a yes, and where: the whole way, from `process` to AWS and back."""

import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pexpect
import pytest
from home import MFA, PASSPHRASE, TESTS, WARDER, exit_code
from recording_sts import denied, late, wrong_code

WAITS = "[warder]\nhandoff_time = 60s\n"
ELSEWHERE = "arn:aws:iam::111111111111:mfa/other"


def codes(sts):
    """The codes that were sent."""
    return [request.parameters["TokenCode"] for request in sts.requests if "TokenCode" in request.parameters]


def until(condition, seconds=30):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.02)


def is_waited_for(home):
    asking = home.runtime / "warder/asking"
    return asking.exists() and any("-" in path.name and path.name[0] != "." for path in asking.iterdir())


def keys(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    assert err == b""
    return json.loads(out)


@pytest.fixture
def open_home(home):
    """A home whose key can be used without a passphrase, so that codes are all that is asked for."""
    home.unlock("--keys")
    return home


@pytest.fixture
def waiting_home(open_home):
    open_home.settings(WAITS)
    return open_home


# The terminal


def test_a_wrong_code_is_asked_for_once_more(open_home, sts):
    sts.next("GetSessionToken", wrong_code)
    terminal = open_home.terminal("process", "prod")
    terminal.expect_exact(f"warder: MFA code for prod ({MFA})")
    terminal.sendline("111111")
    terminal.expect_exact("warder: wrong code")
    terminal.sendline("222222")
    terminal.expect_exact('"Version"')
    assert exit_code(terminal) == 0
    assert codes(sts) == ["111111", "222222"]


def test_a_second_wrong_code_is_the_end(open_home, sts):
    sts.always("GetSessionToken", wrong_code)
    terminal = open_home.terminal("process", "prod")
    for code in ("111111", "222222"):
        terminal.expect_exact(": ")
        terminal.expect_exact("alice)")
        terminal.sendline(code)
    terminal.expect_exact("the MFA code is wrong")
    assert exit_code(terminal) == 5
    assert codes(sts) == ["111111", "222222"]


def test_the_caller_is_named(open_home):
    terminal = open_home.terminal(command=["/bin/bash", "-c", f"{WARDER} process prod; true"])
    terminal.expect_exact(", wanted by ")
    # The shell only runs it: the program behind counts.
    terminal.expect("python")
    terminal.expect_exact(": ")
    terminal.sendline("123456")
    terminal.expect_exact('"Version"')


def test_a_used_code_is_not_sent_again(open_home, sts):
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    open_home.good("forget")
    result = open_home.run("refresh", "alice", "--mfa-code", "123456")
    result.failed(4, "was used already", "the next one")
    assert codes(sts) == ["123456"]


def test_a_used_code_is_refused_at_the_terminal_until_the_next_one(open_home, sts):
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    open_home.good("forget")
    terminal = open_home.terminal("process", "alice")
    terminal.timeout = 60
    terminal.expect_exact("alice)")
    terminal.sendline("123456")
    terminal.expect_exact("that code was used already; the next one in ")
    terminal.expect_exact("alice)")
    terminal.sendline("654321")
    terminal.expect_exact('"Version"')
    assert codes(sts) == ["123456", "654321"]


def test_what_is_used_is_not_to_be_read(open_home):
    open_home.good("refresh", "alice", "--mfa-code", "918273")
    assert list(open_home.cache.glob("*.codes"))
    assert open_home.has_secret("918273") == []


def test_a_used_code_of_mfa_process_is_waited_out(open_home, sts):
    clock = open_home.root / "clock"
    clock.write_text('#!/bin/sh\nprintf %06d $(($(date +%s) / 30 % 1000000))\n')
    clock.chmod(0o700)
    open_home.add_profile("timed", f"mfa_serial = {MFA}", "warder_key = alice", f"mfa_process = {clock}")
    open_home.good("process", "timed")
    open_home.good("forget")
    open_home.good("process", "timed", timeout=90)
    first, second = codes(sts)
    assert first != second


def test_an_mfa_process_that_never_changes_is_told_of(open_home, sts):
    open_home.add_profile("stuck", f"mfa_serial = {MFA}", "warder_key = alice", "mfa_process = echo 111111")
    open_home.good("process", "stuck")
    open_home.good("forget")
    open_home.run("process", "stuck", timeout=120).failed(4, "do not change")
    assert codes(sts) == ["111111"]


# Many at one terminal

FORTY = f"for i in $(seq 40); do {WARDER} process prod >out.$i 2>err.$i & done; wait; echo all ended"


def outs(home):
    return [(home.root / f"out.{number}").read_text() for number in range(1, 41)]


def test_forty_at_a_terminal_are_one_passphrase_and_one_code(home, sts):
    terminal = home.terminal(command=["/bin/bash", "-c", FORTY])
    terminal.timeout = 90
    terminal.expect("passphrase .*: ")
    terminal.sendline(PASSPHRASE)
    terminal.expect_exact("MFA code for prod")
    terminal.sendline("123456")
    terminal.expect_exact("all ended")
    assert "passphrase" not in terminal.before and "MFA" not in terminal.before
    (answer,) = set(outs(home))
    assert json.loads(answer)["Version"] == 1
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]


def test_forty_at_a_terminal_share_one_refusal(home, sts):
    terminal = home.terminal(command=["/bin/bash", "-c", FORTY])
    terminal.timeout = 90
    terminal.expect("passphrase .*: ")
    # All of them wait by now, or are told that it was sent away.
    time.sleep(3)
    terminal.sendeof()
    terminal.expect_exact("all ended")
    assert "passphrase" not in terminal.before
    assert set(outs(home)) == {""} and sts.actions() == []


# A stored seed

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def totp(moment):
    import base64
    import hashlib
    import hmac

    digest = hmac.new(base64.b32decode(SEED), (int(moment) // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def test_a_stored_seed_answers_and_no_code_of_it_twice(open_home, sts):
    open_home.good("add", "alice", "--totp", "--stdin", input=SEED + "\n")
    before = time.time()
    assert json.loads(open_home.good("process", "prod"))["Version"] == 1
    assert codes(sts)[0] in {totp(before), totp(time.time())}
    open_home.good("forget")
    open_home.good("process", "prod", timeout=90)
    first, second = codes(sts)
    assert first != second and second in {totp(time.time()), totp(time.time() - 30)}


def test_the_seed_is_for_its_own_device(open_home, sts):
    open_home.good("add", "alice", "--totp", "--stdin", "--mfa-serial", ELSEWHERE, input=SEED + "\n")
    open_home.run("process", "prod").failed(4, "no terminal")
    assert codes(sts) == []


# The hand-off


def test_a_process_without_a_terminal_is_answered_from_another(waiting_home, sts):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    terminal = waiting_home.terminal("mfa")
    terminal.expect_exact(f"MFA code for prod ({MFA})")
    terminal.sendline("123456")
    terminal.expect_exact("prod: good for 12h")
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
    terminal.expect_exact("prod: good for 12h")
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
    until(lambda: is_waited_for(waiting_home))
    time.sleep(2)
    waiting_home.good("mfa", "--dismiss")
    for process in processes:
        process.communicate(timeout=60)
    assert collections.Counter(process.returncode for process in processes) == {4: 40}
    assert sts.actions() == []


def test_nobody_comes(open_home, sts):
    open_home.settings("[warder]\nhandoff_time = 2s\n")
    start = time.monotonic()
    open_home.run("process", "prod").failed(4, "nobody answered in time", "warder mfa")
    assert 1.5 < time.monotonic() - start < 20
    assert sts.actions() == [] and not is_waited_for(open_home)


def test_without_prompts_nobody_is_waited_for(waiting_home):
    start = time.monotonic()
    waiting_home.run("process", "prod", "--no-prompt").failed(4, "prompts are switched off")
    assert time.monotonic() - start < 10


def test_an_old_session_is_served_while_nobody_answers(open_home, sts):
    """Under 16 minutes are left: renewal is tried, and what is valid is given out."""
    open_home.settings("[warder]\nhandoff_time = 1s\n")
    sts.lifetimes["GetSessionToken"] = 600
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    assert json.loads(open_home.good("process", "alice"))["Version"] == 1


def test_a_killed_one_leaves_nothing_to_answer(waiting_home):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    process.kill()
    process.communicate()
    result = waiting_home.run("mfa", "123456")
    assert result.code == 1 and "nobody waits" in result.err


def test_a_second_home_does_not_see_it(waiting_home, bare):
    assert "nobody waits" in waiting_home.run("mfa", "123456").err


# The desktop


@pytest.fixture
def notified(waiting_home, bus):
    """A desktop with a notification daemon; gives what it was told."""
    waiting_home.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
    log = waiting_home.root / "notifications"
    daemon = subprocess.Popen(
        ["/usr/bin/python3", str(TESTS / "DesktopTests/notification_daemon.py"), str(log)],
        env=waiting_home.environment | {"DBUS_SESSION_BUS_ADDRESS": bus.address},
    )
    until(lambda: log.exists())
    yield lambda: [json.loads(line) for line in log.read_text().splitlines()]
    daemon.kill()
    daemon.wait()


def test_the_desktop_is_told_who_waits_and_that_it_is_over(waiting_home, notified):
    process = waiting_home.start("process", "prod")
    until(lambda: "prod" in json.dumps(notified()))
    assert "warder mfa" in json.dumps(notified())
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1
    until(lambda: "lose" in json.dumps(notified()))


@pytest.fixture
def display():
    """A display that nobody looks at."""
    if not shutil.which("Xvfb") or not shutil.which("zenity"):
        pytest.skip("not installed: Xvfb, zenity")
    reading, writing = os.pipe()
    # It would begin anew when its last client leaves, and turn away whoever comes meanwhile.
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as file:
        number = file.readline().strip()
    yield f":{number}"
    server.kill()
    server.wait()


def windows(display):
    found = subprocess.run(
        ["xdotool", "search", "--name", "warder"], env={**os.environ, "DISPLAY": display}, capture_output=True, text=True
    )
    return found.stdout.split()


def test_a_window_and_the_hand_off_race(waiting_home, sts, display):
    waiting_home.environment["DISPLAY"] = display
    process = waiting_home.start("process", "prod")
    until(lambda: windows(display), 60)
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1
    until(lambda: not windows(display))
    assert codes(sts) == ["123456"]


def test_a_window_is_answered(waiting_home, sts, display):
    waiting_home.environment["DISPLAY"] = display
    process = waiting_home.start("process", "prod")
    # There is no window manager to give it the keyboard.
    command = (
        "xdotool search --sync --onlyvisible --name '^warder: ' windowfocus --sync"
        " && sleep 1 && xdotool type 123456 && xdotool key Return"
    )
    subprocess.run(["/bin/sh", "-c", command], env={**os.environ, "DISPLAY": display}, check=True, timeout=60)
    assert keys(process)["Version"] == 1
    assert codes(sts) == ["123456"]


def test_settings_say_where(open_home):
    open_home.settings("[warder]\ncode_prompt = telepathy\n")
    open_home.run("process", "prod").failed(8, "telepathy", "config:2")
    open_home.settings("[warder]\nhandoff_time = soon\n")
    open_home.run("process", "prod").failed(8, "soon")
    open_home.settings("[warder]\ncode_prompt = dialog\n")
    open_home.run("process", "prod").failed(4, "no display")


# A yes


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
    until(lambda: is_waited_for(asking_first))
    # Those that were not started yet would be asked about anew: they wait together, or they are another time.
    time.sleep(3)
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


def test_explain_says_that_a_yes_is_wanted(asking_first):
    assert "a yes to the use of sure" in asking_first.good("explain", "sure")


# Before work


def test_refresh_all_wants_one_code(open_home, sts):
    for number in range(12):
        open_home.add_profile(
            f"role{number}", f"warder_role_arn = arn:aws:iam::222222222222:role/Role{number}", "warder_source_profile = alice"
        )
    open_home.config_file.write_text(open_home.config_file.read_text() + "\n[profile other]\nregion = eu-west-1\n")
    result = open_home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code == 0, result
    lines = result.err.splitlines()
    assert {line.split()[0] for line in lines} == {"alice", "prod", "audit", *(f"role{n}" for n in range(12))}
    assert all("good for" in line for line in lines), result
    assert codes(sts) == ["123456"]
    assert collections.Counter(sts.actions()) == {"GetSessionToken": 1, "AssumeRole": 14}


def test_refresh_all_asks_once_at_the_terminal(open_home, sts):
    terminal = open_home.terminal("refresh", "--all")
    terminal.expect_exact("alice)")
    terminal.sendline("123456")
    terminal.expect_exact("audit")
    assert exit_code(terminal) == 0
    assert codes(sts) == ["123456"]


def test_refresh_all_goes_on_after_a_failure(open_home, sts):
    open_home.add_profile("broken", "warder_role_arn = nonsense", "warder_source_profile = alice")
    sts.always("AssumeRole", lambda sts, request: denied(sts, request) if "Audit" in request.parameters["RoleArn"] else sts.ordinary(request))
    result = open_home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code in (5, 8), result
    words = {line.split()[0]: line for line in result.err.splitlines()}
    assert "good for" in words["prod"] and "good for" in words["alice"]
    assert "refused" in words["audit"] and "role_arn" in words["broken"]


def test_refresh_all_leaves_out_what_begins_with_a_failure(open_home, sts):
    sts.always("GetSessionToken", wrong_code)
    result = open_home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code == 5 and result.err.count("left out") == 2, result
    assert sts.actions() == ["GetSessionToken"]


def test_refresh_takes_profiles_or_all(open_home):
    open_home.run("refresh").failed(2, "--all")
    open_home.run("refresh", "--all", "prod").failed(2, "--all")


def test_refresh_all_with_nothing_to_do(bare):
    bare.run("refresh", "--all").failed(7, "no profile asks warder", "adopt")


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


def test_an_old_session_is_served_at_once_while_somebody_is_asked(waiting_home, sts):
    sts.lifetimes["GetSessionToken"] = 800
    waiting_home.good("refresh", "alice", "--mfa-code", "123456")
    terminal = waiting_home.terminal("process", "alice")
    terminal.expect_exact("MFA code for alice")
    start = time.monotonic()
    assert json.loads(waiting_home.good("process", "alice"))["Version"] == 1
    assert time.monotonic() - start < 8
    terminal.sendeof()
    terminal.expect_exact('"Version"')


def test_without_prompts_no_program_is_waited_for_long(open_home, sts):
    open_home.add_profile("slow", f"mfa_serial = {MFA}", "warder_key = alice", "mfa_process = sleep 100")
    start = time.monotonic()
    open_home.run("process", "slow", "--no-prompt").failed(4, "mfa_process")
    assert time.monotonic() - start < 20


def test_without_prompts_the_next_code_is_not_waited_for(open_home, sts):
    open_home.add_profile("stuck", f"mfa_serial = {MFA}", "warder_key = alice", "mfa_process = echo 111111")
    open_home.good("process", "stuck")
    open_home.good("forget")
    open_home.run("process", "stuck", "--no-prompt").failed(4, "was used already")
    assert codes(sts) == ["111111"]


def test_a_process_that_is_stopped_holds_nobody_up(waiting_home):
    waiting_home.settings("[warder]\nhandoff_time = 5s\n")
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


def test_used_codes_are_remembered_on_a_full_disk_too(open_home, sts, tmpfs):
    if open_home.kernel_key() is None:
        pytest.skip("the kernel has no keyring here")
    open_home.environment["XDG_CACHE_HOME"] = str(tmpfs)
    open_home.good("status")
    (tmpfs / "warder/sessions").mkdir(parents=True, mode=0o700)
    (tmpfs / "warder").chmod(0o700)
    (tmpfs / "warder/sessions/lock").touch(0o600)
    (tmpfs / "ballast").write_bytes(b"")
    with (tmpfs / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 512):
                pass
        except OSError:
            pass
    open_home.run("refresh", "alice", "--mfa-code", "555555")
    second = open_home.run("refresh", "alice", "--mfa-code", "555555")
    assert second.code == 4 and "was used already" in second.err, second
    assert codes(sts) == ["555555"]


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


def test_a_signal_takes_the_notification_away(waiting_home, notified):
    process = waiting_home.start("process", "prod")
    until(lambda: "prod" in json.dumps(notified()))
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM
    until(lambda: "lose" in json.dumps(notified()))


def test_ctrl_c_ends_all_of_refresh_all(open_home, sts):
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    sts.always("AssumeRole", late(20))
    terminal = open_home.terminal("refresh", "--all")
    until(lambda: "AssumeRole" in sts.actions())
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.signalstatus == signal.SIGINT
    mine = str(open_home.root).encode()

    def left():
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if b"refresh" in (path / "cmdline").read_bytes() and mine in (path / "environ").read_bytes():
                    found.append(path)
            except OSError:
                pass
        return found

    until(lambda: not left())


def test_a_yes_is_y_or_yes(asking_first):
    process = asking_first.start("process", "sure")
    until(lambda: is_waited_for(asking_first))
    terminal = asking_first.terminal("mfa")
    terminal.expect_exact("y/N")
    terminal.sendline("yikes")
    terminal.expect(pexpect.EOF)
    process.communicate(timeout=30)
    assert process.returncode == 4


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
        "time.sleep(2)\n"
        f"os.execv({str(others[1])!r}, ['evil', '-c', {evil!r}])"
    )
    process = subprocess.Popen(
        [others[0], "-c", good], env=asking_first.environment | {"PYTHONHOME": sys.base_prefix}, cwd=asking_first.root,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )
    until(lambda: is_waited_for(asking_first))
    time.sleep(3)
    terminal = asking_first.terminal("mfa")
    terminal.expect_exact("y/N")
    terminal.sendline("y")
    assert exit_code(terminal) == 0
    out, _ = process.communicate(timeout=60)
    assert out.split()[0] == "4" and "Secret" not in out, out


def test_the_remedy_for_a_missing_yes_is_one(asking_first):
    asking_first.run("process", "sure", "--no-prompt").failed(4, "warder_callers")


def test_a_prompt_that_is_stopped_keeps_nobody_waiting(waiting_home, sts):
    terminal = waiting_home.terminal(command=["/bin/bash", "--norc", "-i"])
    terminal.sendline("PS1='PR> '; unset PROMPT_COMMAND")
    terminal.expect_exact("PR> ")
    terminal.sendline(f"{WARDER} refresh prod")
    terminal.expect_exact("alice): ")
    terminal.sendcontrol("z")
    terminal.expect_exact("Stopped")
    terminal.expect_exact("PR> ")
    waiting_home.good("refresh", "prod", "--mfa-code", "123456", timeout=20)
    terminal.sendline("fg")
    # What is wanted is there, or is asked for in the same place.
    if terminal.expect_exact(["good for", "alice): "]):
        terminal.sendline("654321")
        terminal.expect_exact("good for")
    terminal.expect_exact("PR> ")
    assert codes(sts)[0] == "123456"
