"""`kill -9` of a renewal at each call that changes a file: once the new token is on disk, the sign-in is not lost."""

import collections
import json
import re

import pytest
from logins import desktop_user, due, last, sent_once

CALLS = ["openat", "write", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink"]
pytestmark = [pytest.mark.needs("curl"), pytest.mark.needs("strace"), pytest.mark.long]


def strace(log, *more):
    return ["strace", "-qq", "-y", "-o", log, "-e", "trace=" + ",".join("?" + call for call in CALLS), *more]


def moments(log):
    """(call, its number, the line) for each call that changes a file: one that reads is as good as the next."""
    number, found = collections.Counter(), []
    for line in log.read_text().splitlines():
        match = re.match(r"(\w+)\((.*)", line)
        if not match:
            continue
        call, rest = match.groups()
        number[call] += 1
        # Not the kernel's own files, and no sockets.
        is_file = "<socket:" not in rest and "<anon_inode:" not in rest and "<pipe:" not in rest
        if call in CALLS and is_file and (call != "openat" or "O_CREAT" in rest):
            found.append((call, number[call], line))
    return found


def test_killed_at_each_call_that_changes_a_file(due, sign_in, tmp_path):
    # The first one makes folders that the others find.
    due.good("process", "me")
    due.again()
    due.good("process", "me", prefix=strace(tmp_path / "log"))
    outcomes = collections.Counter()
    for call, number, line in moments(tmp_path / "log"):
        due.again()
        issued = len(sign_in.service.issued)
        inject = ["-e", f"inject={call}:signal=SIGKILL:when={number}"]
        killed = due.run("process", "me", prefix=strace(tmp_path / "other", *inject))
        assert killed.code in (-9, 137), (line, killed)
        was_sent = len(sign_in.service.issued) > issued
        # The credentials may be kept although the refresh token is not.
        due.good("forget", "me")
        result = due.run("process", "me")
        sent_once(sign_in)
        if result.code == 0:
            assert json.loads(result.out)["AccessKeyId"] == last(sign_in)
            outcomes["kept" if was_sent else "not sent"] += 1
            continue
        result.failed(4, "sign in")
        # Not after the new token was on disk: that is the last of the renames that say so.
        outcomes["lost"] += 1
        assert not outcomes["kept"], (line, outcomes)
    # Each kind of moment was there: a mark without a request, an answer that was not kept, and one that was.
    assert outcomes["not sent"] >= 3 and outcomes["lost"] >= 3 and outcomes["kept"] >= 1, outcomes
