"""Many processes at once that want the same session: how many requests and codes that takes, how much time and memory.

    WARDER=… .venv/bin/python Benchmarks/crowd.py [cold] [roles] [waiting] [slow] [failing] [killed] [locked]
"""

import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TOP / "Tests/EndToEnd"), str(TOP / "Tests/Servers")]
import recording_sts  # noqa: E402
from home import PASSPHRASE, WARDER, Home  # noqa: E402

ROLES = 16
# Each run takes the next number: a code is never the same twice, and the file says how many were asked for.
CODES = """#!/bin/sh
exec 9>>"$0.count"
flock 9
echo "$PPID" >>"$0.count"
sleep "$(cat "$0.delay" 2>/dev/null || echo 0)"
printf '%06d' "$(wc -l <"$0.count")"
"""

Run = collections.namedtuple("Run", "number status memory processor elapsed switches")


class Crowd(Home):
    """A home with sixteen roles behind one key whose MFA codes come from a program that counts."""

    def __init__(self, root):
        super().__init__(root)
        self.sts = recording_sts.RecordingSTS().start()
        self.endpoint(self.sts.url)
        self.add_vault()
        self.codes = root / "codes"
        self.codes.write_text(CODES)
        self.codes.chmod(0o700)
        self.add_profiles()
        for number in range(ROLES):
            role = f"arn:aws:iam::222222222222:role/Role{number}"
            self.add_profile(
                f"role{number}", f"warder_role_arn = {role}", "warder_source_profile = alice",
                f"mfa_process = {self.codes}")
        self.starter = root / "starter"
        compiler = shutil.which("cc") or shutil.which("clang")
        source = pathlib.Path(__file__).with_name("starter.c")
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", self.starter, source], check=True)

    def begin(self):
        """Nothing recorded, and an empty cache."""
        self.sts.reset()
        for file in [*self.cache.glob("*.failed"), *self.sessions()]:
            file.unlink()
        self.count_file.unlink(missing_ok=True)

    def drop_roles(self):
        """Leaves the MFA session alone: it ends later than a role's."""
        for file in sorted(self.sessions(), key=lambda file: file.stat().st_mtime)[:-1]:
            file.unlink()

    @property
    def count_file(self):
        return pathlib.Path(f"{self.codes}.count")

    def asked(self):
        """How many codes were asked for."""
        return len(self.count_file.read_text().splitlines()) if self.count_file.exists() else 0

    def sent(self):
        """The codes that were sent."""
        return [request.parameters["TokenCode"] for request in self.sts.requests if "TokenCode" in request.parameters]

    def all_at_once(self, count, period=1, passphrase=True, env=None):
        """Starts `process roleN` so often at one moment; what each run took, (status, output, messages) of each, and
        the milliseconds until the last was done."""
        folder = self.root / "outputs"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        command = [str(self.starter), str(count), str(folder), str(period), str(WARDER), "process", "@"]
        variables = self.variables(passphrase, env)
        done = subprocess.run(command, env=variables, cwd=self.root, capture_output=True, text=True, check=True, timeout=280)
        runs = [Run(*map(int, line.split())) for line in done.stdout.splitlines()]
        assert len(runs) == count, done
        answers = {
            run.number: (os.waitstatus_to_exitcode(run.status), (folder / f"{run.number}.out").read_text(),
                         (folder / f"{run.number}.err").read_text())
            for run in runs
        }
        return runs, answers, max(run.elapsed for run in runs) / 1000


def expect_one_answer(answers, period=1):
    """Everybody was answered, and everybody who asked for the same was answered the same."""
    bad = [answer for answer in answers.values() if answer[0] != 0 or answer[2]]
    assert not bad, bad[:3]
    for role in range(min(period, len(answers))):
        outs = {out for number, (_, out, _) in answers.items() if number % period == role}
        assert len(outs) == 1 and json.loads(outs.pop())["Version"] == 1, (role, len(outs))


def cold(home, count, period=1):
    """So many at an empty cache: one session, one role each, one code."""
    home.begin()
    runs, answers, elapsed = home.all_at_once(count, period)
    expect_one_answer(answers, period)
    actions = collections.Counter(home.sts.actions())
    assert actions == {"GetSessionToken": 1, "AssumeRole": min(period, count)}, actions
    assert home.asked() == 1 and len(home.sent()) == 1, (home.asked(), home.sent())
    return runs, elapsed


@contextlib.contextmanager
def crowd():
    with tempfile.TemporaryDirectory(prefix="warder-crowd-", ignore_cleanup_errors=True) as root:
        home = Crowd(pathlib.Path(root))
        try:
            home.unlock()
            yield home
        finally:
            home.clean()
            home.sts.stop()


def row(what, *figures):
    print("| " + " | ".join([what, *map(str, figures)]) + " |", flush=True)


def colds(home, rounds):
    for count in (2, 8, 64, 256):
        times = [cold(home, count)[1] for _ in range(rounds)]
        row(f"{count} at an empty cache, {rounds} rounds", "1 GetSessionToken, 1 AssumeRole, 1 code",
            f"{statistics.median(times):.0f} ms, at most {max(times):.0f}")


def roles(home, rounds):
    times = [cold(home, 256, ROLES)[1] for _ in range(rounds)]
    row(f"256 over {ROLES} roles, {rounds} rounds", f"1 GetSessionToken, {ROLES} AssumeRole, 1 code",
        f"{statistics.median(times):.0f} ms, at most {max(times):.0f}")


def waiting(home, rounds, count=256):
    """256 that wait for one renewal beside 256 that find the session."""
    home.sts.reset()
    warm, wait, single = [], [], []
    for _ in range(rounds):
        single.append(cold(home, 1)[1])
        runs, answers, elapsed = home.all_at_once(count)
        expect_one_answer(answers)
        assert len(home.sts.requests) == 2
        warm.append((elapsed, sum(run.memory for run in runs), sum(run.processor for run in runs) / 1000))
        runs, elapsed = cold(home, count)
        wait.append((elapsed, sum(run.memory for run in runs), sum(run.processor for run in runs) / 1000))
    alone = statistics.median(single)
    for name, rows in (("warm", warm), ("waiting", wait)):
        elapsed, memory, processor = (statistics.median(column) for column in zip(*rows))
        row(f"{count} {name}", f"{elapsed:.0f} ms", f"{memory / count / 1024:.2f} MB each", f"{processor:.0f} ms of processor")
    time_ratio = statistics.median((two[0] - alone) / one[0] for one, two in zip(warm, wait))
    memory_ratio = statistics.median(two[1] / one[1] for one, two in zip(warm, wait))
    row("waiting to warm, without the one renewal", f"{time_ratio:.2f}", f"{memory_ratio:.2f}", f"renewal {alone:.0f} ms")


def slow(home, seconds=10, count=256):
    """A leader whose code takes ten seconds to come: what those who wait do meanwhile, and how fast they are done."""
    home.begin()
    delay = pathlib.Path(f"{home.codes}.delay")
    delay.write_text(str(seconds))
    try:
        runs, answers, elapsed = home.all_at_once(count)
    finally:
        delay.unlink()
    expect_one_answer(answers)
    assert home.sts.actions() == ["GetSessionToken", "AssumeRole"]
    first = min(run.elapsed for run in runs) / 1000
    row(f"{count} wait {seconds} s for one", f"{sum(run.processor for run in runs) / 1000:.0f} ms of processor",
        f"{sum(run.switches for run in runs) / count:.1f} sleeps each", f"all done {elapsed - first:.0f} ms after the first")


def refused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


FAILURES = {
    "500": recording_sts.server_error, "AccessDenied": recording_sts.denied, "silent": recording_sts.hang,
    "a captive portal": recording_sts.html,
}


def failing(home, count=256):
    """An STS that fails the second step, so that each try is a request."""
    for name, behaviour in FAILURES.items():
        requests, codes, times = [], [], []
        for number in (1, count):
            home.begin()
            home.all_at_once(1)
            home.drop_roles()
            home.sts.always("AssumeRole", behaviour)
            home.sts.requests.clear()
            _, answers, elapsed = home.all_at_once(number)
            home.sts.released.set()
            requests.append(len(home.sts.requests))
            codes.append({answer[0] for answer in answers.values()})
            times.append(elapsed)
        row(f"STS answers {name}", f"{requests[0]} requests of one, {requests[1]} of {count}",
            f"{times[0]:.0f} and {times[1]:.0f} ms", f"exit codes {sorted(codes[1])}")


PARTS = {
    "cold": lambda home, rounds: colds(home, rounds), "roles": lambda home, rounds: roles(home, rounds),
    "waiting": lambda home, rounds: waiting(home, max(3, rounds // 4)), "slow": lambda home, rounds: slow(home),
    "failing": lambda home, rounds: failing(home),
}


def main(parts, rounds=20):
    with crowd() as home:
        for name in parts or PARTS:
            PARTS[name](home, rounds)


if __name__ == "__main__":
    main(sys.argv[1:], int(os.environ.get("ROUNDS", "20")))
