"""`kill -9` of the process that all others wait for: one other takes over, no code is sent twice, nobody hangs."""

import collections
import re
import time

import pytest
from crowds import Crowd, expect_one_answer, kill_a_leader, outcomes

# What changes a file, and so leaves something behind where it is the last thing done.
CALLS = ["openat", "write", "rename", "unlink", "mkdir", "utimensat", "fcntl"]
BIRTHS = ["clone", "clone3", "fork", "vfork"]


@pytest.fixture
def crowd(home, sts):
    """A crowd that need not open the vault: the moments are in the renewal."""
    home.unlock("--keys", "--for", "1h")
    return Crowd(home, sts)


def test_killed_at_any_moment(crowd):
    killed = sum(kill_a_leader(crowd) for _ in range(15))
    assert killed >= 5


def strace(log, *more):
    # Not its children, which would be killed at calls of the same number.
    return ["strace", "-qq", "-o", log, "-e", "trace=" + ",".join("?" + call for call in CALLS + BIRTHS), *more]


def moments_after_the_code(log):
    """(call, its number) for each call that changes a file and comes after `mfa_process`."""
    number, found, is_after = collections.Counter(), [], False
    for line in log.read_text().splitlines():
        match = re.match(r"(\w+)\((.*)", line)
        if not match:
            continue
        call, rest = match.groups()
        number[call] += 1
        is_after = is_after or call in BIRTHS
        if is_after and call in CALLS and (call != "openat" or "O_CREAT" in rest or "O_RDWR" in rest):
            found.append((call, number[call]))
    return found


@pytest.mark.needs("strace")
def test_killed_at_each_call_that_changes_a_file(crowd, tmp_path):
    log = tmp_path / "log"
    # The first one makes folders that the others find.
    expect_one_answer(outcomes(crowd.start(1, passphrase=False)))
    crowd.begin()
    expect_one_answer(outcomes([crowd.home.start("process", "role0", prefix=strace(log))]))
    moments = moments_after_the_code(log)
    assert {call for call, _ in moments} >= {"openat", "write", "rename"}, moments
    awaited = 0
    for call, number in moments:
        crowd.begin()
        crowd.codes.delay(0.5)
        inject = ["-e", f"inject={call}:signal=SIGKILL:when={number}"]
        leader = crowd.home.start("process", "role0", prefix=strace(tmp_path / "other", *inject))
        end = time.monotonic() + 60
        while not crowd.codes.askers and leader.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        awaited += leader.poll() is None
        others = outcomes(crowd.start(8, passphrase=False))
        leader.communicate(timeout=60)
        assert leader.returncode in (-9, 137), (call, number, leader.returncode)
        expect_one_answer(others)
        actions = collections.Counter(crowd.sts.actions())
        assert max(actions.values()) <= 2 and len(crowd.codes.askers) <= 2, (call, number, actions)
        assert len(set(crowd.sent())) == len(crowd.sent()), (call, number, crowd.sent())
    assert awaited >= len(moments) / 2, (awaited, moments)
