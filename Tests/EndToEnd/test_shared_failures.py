"""Whom a failure is told to: those who would meet it too, and nobody else."""

import os
import shutil
import signal
import time

import pytest
import recording_sts
from asking import until
from crowds import outcomes
from home import random_key
from locks import waiting_for

DEAD = "http://127.0.0.1:9"


def expect_success(home, **options):
    result = home.run("process", "audit", **options)
    assert (result.code, result.err) == (0, ""), result


# Limits of one process


def limited(limit):
    return ["sh", "-c", f'ulimit {limit}; exec "$@"', "sh"]


def role_of_its_own(home, name):
    """A role whose session nobody has made yet."""
    home.add_profile(
        name, "warder_role_arn = arn:aws:iam::222222222222:role/Limited", "warder_source_profile = alice",
        f"role_session_name = {name}")
    return name


def failures_under(home, option, values):
    """What warder says under each limit that it fails under, and is not told to others."""
    said = []
    for value in values:
        profile = role_of_its_own(home, f"limited{value}")
        result = home.run("process", profile, prefix=limited(f"{option} {value}"))
        # Under some it ends before it could say anything.
        if result.code == 0 or not result.err.startswith("warder: "):
            continue
        said.append(result.err)
        others = outcomes([home.start("process", profile) for _ in range(3)])
        assert {(code, err) for code, _, err in others} == {(0, "")}, (value, result, others)
    assert said, "no limit was low enough"
    return said


def test_a_process_with_few_descriptors_says_so_and_is_alone_with_it(working):
    for text in failures_under(working, "-n", range(4, 10)):
        assert "too many open files" in text and "network" not in text, text


def test_a_process_with_little_memory_says_so_and_is_alone_with_it(working):
    for text in failures_under(working, "-v", range(20_000, 60_000, 2_000)):
        assert "is not installed" not in text and "network" not in text, text


def test_a_libcurl_that_cannot_be_loaded_is_not_missing(working, tmp_path):
    (tmp_path / "libcurl.so.4").write_text("no library")
    for name in ("libcurl-gnutls.so.4", "libcurl-nss.so.4"):
        shutil.copy(tmp_path / "libcurl.so.4", tmp_path / name)
    result = working.run("process", "audit", env={"LD_LIBRARY_PATH": str(tmp_path)})
    result.failed(6, "libcurl could not be loaded", "libcurl.so.4", "limits")
    assert "installed" not in result.err
    expect_success(working)


# Other circumstances


def test_who_asks_another_way_is_not_told_what_the_first_met(working, sts):
    sts.always("AssumeRole", recording_sts.denied)
    first = working.run("process", "audit")
    first.failed(5)
    told = working.run("process", "audit")
    assert (told.code, told.err) == (5, first.err) and len(sts.actions()) == 1
    for variables in ({"HTTPS_PROXY": "http://127.0.0.1:9"}, {"AWS_CA_BUNDLE": "/etc/passwd"}, {"no_proxy": "x"}):
        count = len(sts.actions())
        working.run("process", "audit", env=variables).failed(5)
        assert len(sts.actions()) == count + 1, variables
    # What is nobody's business changes nothing.
    count = len(sts.actions())
    working.run("process", "audit", env={"AWS_PROFILE": "audit", "TERM": "x"} | variables).failed(5)
    assert len(sts.actions()) == count


def test_once_the_key_is_replaced_and_nothing_else_is(home, sts):
    home.unlock("--keys")
    home.add_profile("bare", "warder_key = alice")
    home.config("\n".join(line for line in home.config_file.read_text().splitlines() if "mfa_serial" not in line))
    sts.next("GetSessionToken", recording_sts.invalid_key)
    home.run("process", "bare").failed(5)
    home.run("process", "bare").failed(5)
    assert len(sts.actions()) == 1
    key = "{}\n{}\n".format(*random_key())
    home.good("add", "alice", "--replace", "--stdin", "--no-verify", input=key, passphrase=True)
    assert home.run("process", "bare").code == 0


def test_who_waited_with_other_variables_asks_for_itself(working, sts):
    def slow_refusal(sts, request):
        sts.waiting.release()
        sts.released.wait(20)
        return recording_sts.denied(sts, request)

    sts.next("AssumeRole", slow_refusal)
    first = working.start("process", "audit")
    assert sts.waiting.acquire(timeout=20)
    same = working.start("process", "audit")
    until(lambda: waiting_for(working.cache / "lock") == 1)
    other = working.start("process", "audit", env={"AWS_USE_DUALSTACK_ENDPOINT": "false"})
    until(lambda: waiting_for(working.cache / "lock") == 2)
    sts.released.set()
    (one, two, three) = (code for code, _, _ in outcomes([first, same, other]))
    assert (one, three) == (5, 0) and two in (0, 5)
    assert sts.actions() == ["AssumeRole"] * 2


# Processes that are stopped


def test_a_process_that_was_stopped_is_alone_with_its_failure(working, sts):
    sts.next("AssumeRole", recording_sts.hang, recording_sts.hang, recording_sts.hang)
    first = working.start("process", "audit")
    assert sts.waiting.acquire(timeout=20)
    os.kill(first.pid, signal.SIGSTOP)
    others = [working.start("process", "audit") for _ in range(3)]
    until(lambda: waiting_for(working.cache / "lock") == 3)
    time.sleep(11)
    sts.queued.clear()
    # It finds that its time was up long ago.
    os.kill(first.pid, signal.SIGCONT)
    results = outcomes([first, *others])
    assert {code for code, _, _ in results[1:]} == {0}, results
    sts.released.set()
    assert len({out for _, out, _ in results[1:]}) == 1


# Codes that nobody took


@pytest.mark.parametrize("way", ["refused", "no library"])
def test_a_code_that_reached_nobody_is_good_again(home, sts, tmp_path, way):
    env = {}
    if way == "refused":
        env["AWS_ENDPOINT_URL"] = DEAD
    else:
        for name in ("libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"):
            (tmp_path / name).write_text("no library")
        env["LD_LIBRARY_PATH"] = str(tmp_path)
    home.run("refresh", "prod", "--mfa-code", "123456", passphrase=True, env=env).failed(6)
    home.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]
    home.run("refresh", "alice", "--mfa-code", "123456", passphrase=True).failed(4, "was used already")
