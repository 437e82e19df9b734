"""Many processes at once that want the same session: how many requests and codes that takes, how much time and memory.

    WARDER=… .venv/bin/python Benchmarks/crowd.py [cold] [roles] [waiting] [slow] [failing] [killed] [locked]

ROUNDS is how often each is done; 20 unless said.
"""

import contextlib
import os
import pathlib
import socket
import statistics
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TOP / "Tests/EndToEnd"), str(TOP / "Tests/Servers")]
import recording_sts  # noqa: E402
from crowds import ROLES, Crowd, expect_one_answer, kill_a_leader  # noqa: E402
from home import PASSPHRASE, WARDER, Home  # noqa: E402
from starter import Starter  # noqa: E402


class CrowdStarter:
    """Starts so many at once that want sessions of the crowd's roles."""

    def __init__(self, crowd):
        self.crowd, self.home, self.sts = crowd, crowd.home, crowd.sts
        self.starter = Starter(self.home)

    def __call__(self, count, period=1, env=None):
        """What `Starter` returns."""
        return self.starter([str(WARDER), "process", "@"], count, self.home.variables(True, env), period)


def cold(start, count, period=1):
    """A crowd at an empty cache: one session, one role each, one code."""
    start.crowd.begin()
    runs, results, elapsed = start(count, period)
    expect_one_answer(results, period)
    start.crowd.expect_single_flight(count, period)
    return runs, elapsed


@contextlib.contextmanager
def crowd():
    with tempfile.TemporaryDirectory(prefix="warder-crowd-", ignore_cleanup_errors=True) as root:
        home = Home(pathlib.Path(root))
        sts = recording_sts.RecordingSTS().start()
        try:
            home.endpoint(sts.url)
            home.add_vault()
            home.add_profiles()
            yield CrowdStarter(Crowd(home, sts))
        finally:
            home.clean()
            sts.stop()


def row(what, *figures):
    print("| " + " | ".join([what, *map(str, figures)]) + " |", flush=True)


def colds(start, rounds):
    for count in (2, 8, 64, 256):
        times = [cold(start, count)[1] for _ in range(rounds)]
        row(f"{count} at an empty cache, {rounds} rounds", "1 GetSessionToken, 1 AssumeRole, 1 code",
            f"{statistics.median(times):.0f} ms, at most {max(times):.0f}")


def roles(start, rounds):
    times = [cold(start, 256, ROLES)[1] for _ in range(rounds)]
    row(f"256 over {ROLES} roles, {rounds} rounds", f"1 GetSessionToken, {ROLES} AssumeRole, 1 code",
        f"{statistics.median(times):.0f} ms, at most {max(times):.0f}")


def sums(runs, elapsed):
    return elapsed, sum(run.memory for run in runs), sum(run.processor for run in runs) / 1000


def waiting(start, rounds, count=256, repeats=5):
    """256 that wait for one renewal, compared with 256 that find the session; the limit must hold each of five times.

    The fastest of some rounds each: what else a machine does only adds to a time, and adds as much as is measured."""
    ratios = []
    for _ in range(repeats):
        found = [waiting_round(start, count) for _ in range(max(2, rounds // 4))]
        alone, warm, wait = (list(column) for column in zip(*found))
        ratios.append(
            ((fastest(wait) - fastest(alone)) / fastest(warm), middle(wait)[1] / middle(warm)[1],
             middle(wait)[2] / middle(warm)[2]))
    for name, rows in (("warm", warm), ("waiting", wait)):
        _, memory, processor = middle(rows)
        row(f"{count} {name}", f"{fastest(rows):.0f} ms", f"{memory / count / 1024:.2f} MB each", f"{processor:.0f} ms of processor")
    elapsed, memory, processor = ([f"{one:.2f}" for one in sorted(column)] for column in zip(*ratios))
    row("waiting to warm, without the one renewal", f"time {', '.join(elapsed)} (1.2)", f"memory {memory[-1]}",
        f"processor {', '.join(processor)}, renewal {fastest(alone):.0f} ms")


def waiting_round(start, count):
    """What one renewal takes, so many that find the session, and so many that wait for it."""
    alone = sums(*cold(start, 1))
    runs, results, elapsed = start(count)
    expect_one_answer(results)
    assert len(start.sts.requests) == 2
    return alone, sums(runs, elapsed), sums(*cold(start, count))


def fastest(rows):
    return min(row[0] for row in rows)


def middle(rows):
    return [statistics.median(column) for column in zip(*rows)]


def slow(start, rounds, seconds=10, count=256):
    """A leader whose code takes ten seconds: what the waiting processes do meanwhile, and how fast they finish."""
    start.crowd.begin()
    start.crowd.codes.delay(seconds)
    runs, results, elapsed = start(count)
    expect_one_answer(results)
    start.crowd.expect_single_flight(count)
    first = min(run.elapsed for run in runs) / 1000
    row(f"{count} wait {seconds} s for one", f"{sum(run.processor for run in runs) / 1000:.0f} ms of processor",
        f"{sum(run.switches for run in runs) / count:.1f} sleeps each", f"all done {elapsed - first:.0f} ms after the first")


FAILURES = {
    "500": recording_sts.server_error, "AccessDenied": recording_sts.denied, "silence": recording_sts.hang,
    "a sign-in page": recording_sts.html,
}


def failing(start, rounds, count=256):
    """An STS that fails the role, so that each try is a request."""
    for name, behaviour in FAILURES.items():
        tries = []
        for number in (1, count):
            start.crowd.begin()
            start(1)
            start.crowd.drop_roles()
            start.sts.requests.clear()
            start.sts.always("AssumeRole", behaviour)
            _, results, elapsed = start(number)
            start.sts.released.set()
            tries.append((len(start.sts.requests), elapsed, sorted({result[0] for result in results})))
        report(f"STS answers with {name}", "requests", count, tries)
    refused(start, count)


def refused(start, count):
    """A closed endpoint: each try asks for a code first, which is counted."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        env = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{probe.getsockname()[1]}"}
    tries = []
    for number in (1, count):
        start.crowd.begin()
        _, results, elapsed = start(number, env=env)
        tries.append((len(start.crowd.codes.askers), elapsed, sorted({result[0] for result in results})))
    report("connections are refused", "codes", count, tries)


def report(what, counted, count, tries):
    (one, alone, _), (many, together, codes) = tries
    assert many <= 2 * one and 0 not in codes, tries
    row(what, f"{counted}: {one} of one, {many} of {count}", f"{alone:.0f} and {together:.0f} ms", f"exit {codes}")


def killed(start, rounds):
    """The leader of eight is killed at random, five times as often."""
    rounds *= 5
    # A hundred rounds take longer than the usual five minutes.
    start.home.unlock("--keys", "--for", "1h")
    hits = sum(kill_a_leader(start.crowd) for _ in range(rounds))
    row(f"the leader killed, {rounds} times", f"{hits} died before their answer", "one successor, no code sent twice")


def locked(start, rounds, count=256):
    """The vault locked: one opens it for the session-cache key, and one, often another, for the key that signs."""
    counter = start.home.root / "fetched"
    program = start.home.root / "passphrase"
    program.write_text(f"#!/bin/sh\necho x >> {counter}\necho '{PASSPHRASE}'\n")
    program.chmod(0o700)
    fetched, derived = [], []
    for _ in range(rounds):
        start.crowd.begin()
        start.home.good("lock")
        counter.write_text("")
        runs, results, _ = start(count, env={"WARDER_PASSPHRASE_COMMAND": str(program), "WARDER_PASSPHRASE": ""})
        expect_one_answer(results)
        start.crowd.expect_single_flight(count)
        fetched.append(len(counter.read_text()) // 2)
        # scrypt at the vault's cost fills 32 MiB; nothing else does.
        derived.append(sum(run.memory > 36 << 10 for run in runs))
    row(f"{count} at a locked vault, {rounds} rounds", f"at most {max(derived)} of them run scrypt",
        f"the passphrase is fetched {max(fetched)} times at most")


PARTS = {
    "locked": locked, "cold": colds, "roles": roles, "waiting": waiting, "slow": slow, "failing": failing, "killed": killed,
}


def crowd_bench(parts=(), rounds=20):
    with crowd() as start:
        for name in parts or PARTS:
            start.home.unlock()
            PARTS[name](start, rounds)


if __name__ == "__main__":
    crowd_bench(sys.argv[1:], int(os.environ.get("ROUNDS", "20")))
