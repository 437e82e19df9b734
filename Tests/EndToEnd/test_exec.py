"""`warder exec` as its users' hands know env(1), sudo and the shell."""

import os
import re
import shutil
import signal
import subprocess

import pytest
from home import ROLE, WARDER, exit_code
from serving import in_front, wait_for

STATE = ["grep", "-E", "^(SigBlk|SigIgn|SigCgt):", "/proc/self/status"]


def key_of(environment):
    return environment["AWS_ACCESS_KEY_ID"]


def variables(home, *words, **options):
    text = home.good("exec", *words, "env", "-0", **options)
    return dict(entry.split("=", 1) for entry in text.split("\0") if entry)


# Whose words are whose


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["prod", "echo", "-n", "x"], "x"),
        (["prod", "--", "echo", "--", "x"], "-- x\n"),
        (["prod", "--min-ttl", "5m", "echo", "x"], "x\n"),
        (["prod", "printf", "%s|", "a b", "*", "$HOME", "\\"], "a b|*|$HOME|\\|"),
    ],
    ids=str,
)
def test_what_stands_behind_the_command_is_its_own(working, words, printed):
    result = working.run("exec", *words)
    assert (result.code, result.out, result.err) == (0, printed, "")


def test_a_command_whose_name_begins_with_a_dash(working):
    program = working.root / "-weird"
    program.write_text("#!/bin/sh\necho weird: $0 $1\n")
    program.chmod(0o755)
    path = {"PATH": f"{working.root}:{os.environ['PATH']}"}
    result = working.run("exec", "prod", "--", "-weird", "-x", env=path)
    assert result.code == 0 and re.fullmatch(r"weird: \S*-weird -x\n", result.out), result
    working.run("exec", "prod", "-weird", env=path).failed(2)


def test_the_first_argument_is_the_word_that_was_given(working):
    link = working.root / "renamed"
    link.symlink_to(shutil.which("sh"))
    assert working.good("exec", "prod", "--", str(link), "-c", "echo $0") == f"{link}\n"
    text = working.good("exec", "prod", "sh", "-c", "tr '\\0' '\\n' < /proc/$$/cmdline | head -1")
    assert text == "sh\n"


@pytest.mark.parametrize(
    "words", [[], ["prod", "--"]], ids=str
)
def test_usage(working, words):
    working.run("exec", *words).failed(2)


# How it ends


def test_what_is_not_there(working):
    for command in ["no-such-program", "/no/such/program"]:
        working.run("exec", "prod", "--", command).failed(127, command)
    working.run("exec", "prod", "--", "").failed(127, "empty")


def test_what_cannot_be_run(working):
    plain = working.root / "plain"
    plain.write_text("echo no\n")
    for command in [str(plain), str(working.root)]:
        working.run("exec", "prod", "--", command).failed(126, command, "permission denied")


def test_a_script_without_its_first_line_is_one_of_sh(working):
    """As env(1) and every shell have it."""
    script = working.root / "script"
    script.write_text("echo ran $1\n")
    script.chmod(0o755)
    assert working.good("exec", "prod", str(script), "x") == "ran x\n"


# What it inherits


@pytest.mark.parametrize(
    "setup",
    [
        "pass",
        "signal.signal(signal.SIGPIPE, signal.SIG_IGN)",
        "signal.signal(signal.SIGPIPE, signal.SIG_DFL)",
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN); signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD])",
    ],
)
@pytest.mark.parametrize("options", [[], ["--serve"]], ids=["keys", "serve"])
def test_signals_are_as_the_caller_had_them(working, setup, options):
    program = f"import os, signal, sys\n{setup}\nos.execvp(sys.argv[1], sys.argv[1:])"
    plain = working.python(program, *STATE)
    through = working.python(program, str(WARDER), "exec", *options, "prod", "--", *STATE)
    assert through.returncode == 0 and through.stdout == plain.stdout != "", through


@pytest.mark.parametrize("options", [[], ["--serve"]], ids=["keys", "serve"])
def test_no_descriptor_of_warder_s_reaches_the_command(working, options):
    # 3 is that of `ls` itself.
    assert working.good("exec", *options, "prod", "ls", "/proc/self/fd").split() == ["0", "1", "2", "3"]


def test_a_descriptor_of_the_caller_s_does(working):
    reading, writing = os.pipe()
    working.good("exec", "prod", "--", "sh", "-c", f"echo through | tee /proc/self/fd/{writing}", pass_fds=[writing])
    os.close(writing)
    assert os.read(reading, 100) == b"through\n"
    os.close(reading)


def test_limits_are_as_the_caller_had_them(working):
    limits = ["cat", "/proc/self/limits"]
    for prefix in ([], ["sh", "-c", 'ulimit -Sc 100; exec "$@"', "sh"]):
        plain = subprocess.run([*prefix, *limits], capture_output=True, text=True, check=True).stdout
        assert working.good("exec", "prod", *limits, prefix=prefix) == plain


@pytest.mark.parametrize("options", ["", "--serve"], ids=["keys", "serve"])
@pytest.mark.needs("bash")
def test_job_control_in_a_shell_of_the_user_s(working, options):
    """warder is started as a job, stopped with its command, brought back, and interrupted."""
    terminal = working.terminal(command=["/bin/bash", "--norc", "-i"])
    terminal.sendline(f"PS1='>'; '{WARDER}' exec {options} prod -- sleep 300")
    wait_for(lambda: in_front(terminal, "sleep"), "command in front")
    terminal.sendcontrol("z")
    terminal.expect("Stopped")
    terminal.sendline("fg")
    terminal.expect("sleep 300")
    wait_for(lambda: in_front(terminal, "sleep"), "command in front")
    terminal.sendcontrol("c")
    wait_for(lambda: os.tcgetpgrp(terminal.child_fd) == terminal.pid, "shell in front")
    terminal.sendline("echo code-$?")
    terminal.expect(f"code-{128 + signal.SIGINT}")
    terminal.sendline("exit 0")
    assert exit_code(terminal) == 0


# Without a command


def test_without_a_command_it_is_the_user_s_shell(working):
    shell = working.root / "shell"
    shell.write_text('#!/bin/sh\necho "shell of $WARDER_PROFILE: $0 $#"\n')
    shell.chmod(0o755)
    assert working.good("exec", "prod", env={"SHELL": str(shell)}) == f"shell of prod: {shell} 0\n"


def test_without_a_shell_it_is_sh(working):
    assert working.good("exec", "prod", input="echo $0 $AWS_REGION\n") == "/bin/sh eu-west-1\n"


def test_a_shell_at_a_terminal(working):
    terminal = working.terminal("exec", "prod", env={"SHELL": "/bin/sh"})
    terminal.sendline("echo in-$WARDER_PROFILE")
    terminal.expect(r"in-prod\r")
    terminal.sendline("exit 5")
    assert exit_code(terminal) == 5


# One inside another


def test_the_inner_one_is_whole(working):
    outer = variables(working, "audit", "--")
    both = variables(working, "audit", "--", str(WARDER), "exec", "prod", "--")
    alone = variables(working, "prod", "--")
    assert both == alone
    assert key_of(outer) != key_of(alone)


def test_the_outer_profile_is_named_at_a_terminal_alone(working):
    inner = [str(WARDER), "exec", "prod", "--", "true"]
    assert working.run("exec", "audit", "--", *inner).err == ""
    terminal = working.terminal("exec", "audit", "--", *inner)
    terminal.expect("warder: prod inside audit\r\n")
    assert exit_code(terminal) == 0


def test_an_endpoint_of_the_outer_one_does_not_reach_the_inner_command(working):
    inner = variables(working, "--serve", "audit", "--", str(WARDER), "exec", "prod", "--")
    assert not [name for name in inner if name.startswith("AWS_CONTAINER_")]
    assert inner == variables(working, "prod", "--")


def test_an_endpoint_of_the_machine_s_own_stays(working):
    own = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"}
    assert variables(working, "prod", "--", env=own).items() >= own.items()


@pytest.mark.parametrize("source", ["Environment", "EcsContainer"])
def test_the_outer_one_s_credentials_are_nobody_s_source_by_accident(working, source, sts):
    working.add_profile("outside", f"warder_role_arn = {ROLE}", f"warder_credential_source = {source}")
    options = ["--serve"] if source == "EcsContainer" else []
    inner = [str(WARDER), "exec", "outside", "--", "touch", "ran"]
    working.run("exec", *options, "audit", "--", *inner).failed(8, "outside", "audit", "WARDER_PROFILE")
    assert not (working.root / "ran").exists()
    # Whoever means it says so.
    meant = ["env", "-u", "WARDER_PROFILE", *inner]
    working.good("exec", *options, "audit", "--", *meant)
    assert (working.root / "ran").exists()


# How long the credentials last


def test_min_ttl_renews_what_has_less(working, sts):
    sts.lifetimes["AssumeRole"] = 1800
    lines = [f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_role_session_name = short"]
    working.add_profile("short", *lines)
    first = variables(working, "short", "--")
    again = variables(working, "--min-ttl", "20m", "short", "--")
    assert key_of(again) == key_of(first) and sts.actions() == ["AssumeRole"]
    sts.lifetimes["AssumeRole"] = 3600
    renewed = variables(working, "--min-ttl", "40m", "short", "--")
    assert key_of(renewed) != key_of(first) and sts.actions() == ["AssumeRole"] * 2


@pytest.mark.parametrize("options", [[], ["--serve"]], ids=["keys", "serve"])
def test_min_ttl_refuses_what_no_session_has(working, options):
    result = working.run("exec", *options, "--min-ttl", "2h", "prod", "--", "touch", "ran")
    result.failed(1, "prod", "2h", "duration_seconds")
    assert not (working.root / "ran").exists()


def test_min_ttl_that_is_no_time(working):
    working.run("exec", "--min-ttl", "soon", "prod", "--", "true").failed(2, "soon")
