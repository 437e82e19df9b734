"""Many processes at once: profiles for them, codes that are counted, and leaders that are killed."""

import collections
import json
import random
import signal
import subprocess
import time

from locks import waiting_for

ROLES = 16
# Each run gives the next number: no code is ever the same as another, and the file says who asked.
CODES = """#!/bin/sh
exec 9>>"$0.asked"
flock 9
read -r _ _ _ grandparent _ <"/proc/$PPID/stat"
echo "$PPID $grandparent" >>"$0.asked"
number=$(wc -l <"$0.asked")
flock -u 9
exec 9>&-
sleep "$(cat "$0.delay" 2>/dev/null || echo 0)"
while [ -e "$0.held" ]; do sleep 0.05; done
printf '%06d' "$number"
"""


class Codes:
    """A program for `mfa_process` that counts."""

    def __init__(self, folder):
        self.program = folder / "codes"
        self.program.write_text(CODES)
        self.program.chmod(0o700)
        self.file = folder / "codes.asked"
        self.delay_file = folder / "codes.delay"
        self.held_file = folder / "codes.held"

    def reset(self):
        for file in (self.file, self.delay_file, self.held_file):
            file.unlink(missing_ok=True)

    def delay(self, seconds):
        """How long each code takes to come."""
        self.delay_file.write_text(str(seconds))

    def hold(self):
        """No code comes before it is let go."""
        self.held_file.touch()

    def let_go(self):
        self.held_file.unlink()

    @property
    def askers(self):
        """The parent of the program and its parent, at each run: the shell between them may be there or not."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [[int(pid) for pid in line.split()] for line in lines]


class Crowd:
    """A home where many want sessions of sixteen roles behind one key."""

    def __init__(self, home, sts):
        self.home, self.sts = home, sts
        self.codes = Codes(home.root)
        for number in range(ROLES):
            home.add_profile(
                f"role{number}", f"warder_role_arn = arn:aws:iam::222222222222:role/Role{number}",
                "warder_source_profile = alice", f"mfa_process = {self.codes.program}",
            )

    def begin(self):
        """Nothing recorded, and an empty cache."""
        self.sts.reset()
        self.codes.reset()
        for file in self.home.cache.glob("*"):
            if len(file.name) >= 64:
                file.unlink()

    def drop_roles(self):
        """Leaves the MFA session alone, which ends later than a role's."""
        for file in sorted(self.home.sessions(), key=lambda file: file.stat().st_mtime)[:-1]:
            file.unlink()

    def waiting(self):
        """How many wait for a lock of the cache just now."""
        return waiting_for(self.home.cache / "lock")

    def sent(self):
        """The codes that were sent."""
        return [request.parameters["TokenCode"] for request in self.sts.requests if "TokenCode" in request.parameters]

    def start(self, count, period=1, **options):
        options = {"passphrase": True} | options
        return [self.home.start("process", f"role{number % period}", **options) for number in range(count)]

    def expect_single_flight(self, count, period=1):
        """One session, one request a role, one code."""
        actions = collections.Counter(self.sts.actions())
        assert actions == {"GetSessionToken": 1, "AssumeRole": min(period, count)}, actions
        assert len(self.codes.askers) == 1 and len(self.sent()) == 1, (self.codes.askers, self.sent())


def start_of(home, command, count, env=None):
    """Starts so many of somebody else's program, with the passphrase at hand."""
    return [
        subprocess.Popen(
            command, env=home.variables(True, env), cwd=home.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True)
        for _ in range(count)
    ]


def outcomes(processes, seconds=120):
    """(exit code, what it printed, messages) of each, waited for together."""
    end = time.monotonic() + seconds
    results = []
    for process in processes:
        out, err = process.communicate(timeout=max(0.1, end - time.monotonic()))
        results.append((process.returncode, out.decode(), err.decode()))
    return results


def expect_one_answer(results, period=1):
    """Everybody was answered, and whoever asked for the same was answered the same."""
    bad = [result for result in results if result[0] != 0 or result[2]]
    assert not bad, (len(bad), bad[:3])
    for role in range(min(period, len(results))):
        outs = {out for _, out, _ in results[role::period]}
        assert len(outs) == 1 and json.loads(outs.pop())["Version"] == 1, (role, len(outs))


def leader_of(crowd, processes, seconds=60):
    """The process that asked for the first code."""
    pids = {process.pid: process for process in processes}
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(process.poll() is None for process in processes):
        for pid in [pid for asker in crowd.codes.askers[:1] for pid in asker if pid in pids]:
            return pids[pid]
        time.sleep(0.002)
    raise AssertionError(("nobody asked for a code", crowd.codes.askers, crowd.sts.actions(), outcomes(processes)))


def kill_a_leader(crowd, count=8):
    """Kills the one that makes the session, at any moment from its asking for a code to its last answer; whether it was
    killed. The others must be answered, by one successor, with no code sent twice."""
    crowd.begin()
    crowd.codes.delay(0.1)
    # However late this process comes to look: nobody is done before the leader is known.
    crowd.codes.hold()
    for action in ("GetSessionToken", "AssumeRole"):
        crowd.sts.always(action, late)
    processes = crowd.start(count, passphrase=False)
    leader = leader_of(crowd, processes)
    crowd.codes.let_go()
    time.sleep(random.uniform(0, 0.45))
    leader.send_signal(signal.SIGKILL)
    results = outcomes([process for process in processes if process is not leader])
    leader.communicate()
    expect_one_answer(results)
    killed = leader.returncode == -signal.SIGKILL
    most = 2 if killed else 1
    actions = collections.Counter(crowd.sts.actions())
    assert actions["GetSessionToken"] <= most and actions["AssumeRole"] <= most, actions
    assert len(crowd.codes.askers) <= most, crowd.codes.askers
    assert len(set(crowd.sent())) == len(crowd.sent()), crowd.sent()
    return killed


def late(sts, request):
    time.sleep(0.1)
    return sts.ordinary(request)
