"""`warder rotate`, killed: at each system call that changes something, between each request and its answer, and at
random. The store always holds a key that works, AWS never more than two, and after the next run only the stored one.

WARDER_ROTATE_KILLS says how many random kills there are: 30, unless it is set."""

import os
import random
import signal
import time

import pytest
from home import Result
from iam_account import Propagation
from moments import TRACED, moments
from stores import KILLED, kill_before_each

PARTS = 4
KILLS = int(os.environ.get("WARDER_ROTATE_KILLS", 30))
# Where the store is another process, threads talk to it: each call of each thread.
CHANGES = ["sendmsg", "sendto", "write", "connect"]


@pytest.mark.long
@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    "first, mfa", [*((first, False) for first in range(PARTS)), (0, True), (2, True)],
    ids=lambda value: {True: "mfa", False: ""}[value] if isinstance(value, bool) else str(value))
def test_killed_at_each_system_call(request, tmp_path, first, mfa):
    rotation = request.getfixturevalue("with_mfa" if mfa else "rotation")
    log = tmp_path / "log"

    def traced(*inject):
        return rotation.run(prefix=["strace", "-f", "-o", log, "-e", f"{TRACED},?sendto,?sendmsg", *inject])

    # The first run also makes folders, and notes that the vault is open.
    for _ in range(2):
        rotation.start_over()
        assert traced().code == 0
    places = moments(log)
    assert len(places) >= 30, places
    in_use = set()
    # With MFA there is more to kill it at, and little of it is another.
    for call, number in places[first :: PARTS * (3 if mfa else 1)]:
        rotation.start_over()
        killed = traced("-e", f"inject={call}:signal=SIGKILL:when={number}")
        assert killed.code in KILLED, (call, number, killed)
        in_use.add(rotation.check_that_it_works((call, number)) == (rotation.first.id, rotation.first.secret))
        rotation.check_that_next_run_finishes((call, number))
    assert in_use == {True, False}


@pytest.mark.long
@pytest.mark.needs("strace")
def test_killed_at_the_calls_to_a_secret_service(desktop_rotation):
    rotation = desktop_rotation
    for moment in kill_before_each(lambda prefix: rotation.run(prefix=prefix), CHANGES, rotation.start_over):
        rotation.check_that_it_works(moment)
        rotation.check_that_next_run_finishes(moment)


@pytest.mark.long
@pytest.mark.parametrize("first", range(2))
def test_killed_between_each_request_and_its_answer(either, first):
    either.good()
    count = len(either.iam.requests)
    assert count >= 7
    outcomes = set()
    for moment in [(number, acted) for number in range(1, count + 1) for acted in (False, True)][first::2]:
        either.start_over()
        killed = either.run_killed(lambda request, acted, moment=moment: (request.number, acted) == moment)
        assert killed.code == -signal.SIGKILL, (moment, killed, either.story())
        outcomes.add((len(either.user.keys), either.check_that_it_works(moment)[0] == either.first.id))
        either.check_that_next_run_finishes(moment)
    # One key or two, and the old one in use or the new one.
    assert {(1, True), (2, True), (2, False)} <= outcomes


@pytest.mark.long
def test_killed_while_it_rolls_back(rotation):
    """Before AWS deleted the key that it never accepted, and the next run after it did."""
    rotation.account.propagation = Propagation(sts=1e9)
    for acted in (False, True):
        killed = rotation.run_killed(
            lambda request, done, acted=acted: (request.action, done) == ("DeleteAccessKey", acted))
        assert killed.code == -signal.SIGKILL, (killed, rotation.story())
        rotation.check_that_old_is_in_use()
        assert len(rotation.user.keys) == 2 - acted, rotation.story()
    rotation.account.propagation = Propagation()
    rotation.check_that_next_run_finishes()


def test_interrupted_twice_at_the_creation(rotation):
    """Each time AWS acted, and each time nobody has the secret."""
    for _ in range(3):
        killed = rotation.run_killed(lambda request, acted: acted and request.action == "CreateAccessKey")
        assert killed.code == -signal.SIGKILL, (killed, rotation.story())
        rotation.check_that_old_is_in_use()
        assert len(rotation.user.keys) == 2
    rotation.check_that_next_run_finishes()


# At random


PROPAGATIONS = [Propagation()] * 4 + [Propagation(sts=0.4), Propagation(alternating=3), Propagation(iam=0.3)]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["rotation", "desktop_rotation"])
def test_killed_at_random_moments(request, kind):
    """Also the runs that follow: what one leaves, the next one begins with. Every third time or so it may finish."""
    rotation = request.getfixturevalue(kind)
    count = KILLS if kind == "rotation" else KILLS // 4
    signal.alarm(600 + 10 * count)
    seed = int(os.environ.get("WARDER_ROTATE_SEED", random.SystemRandom().randrange(10**6)))
    dice = random.Random(seed)
    begun = time.monotonic()
    rotation.good()
    usual, requests = time.monotonic() - begun, len(rotation.iam.requests)
    kills = runs = 0
    while kills < count:
        runs += 1
        rotation.account.propagation = dice.choice(PROPAGATIONS)
        moment = (seed, runs, kills)
        kills += killed_once(rotation, dice, usual, requests)
        rotation.check_that_it_works(moment)
        if dice.random() < 0.4:
            rotation.account.propagation = Propagation()
            rotation.check_that_next_run_finishes(moment)
    rotation.check_that_next_run_finishes(seed)
    print(f"{kills} kills in {runs} runs of {usual:.2f} s, seed {seed}")


def killed_once(rotation, dice, usual, requests):
    """Kills a run at a random time, or at a random request; whether it was killed."""
    rotation.iam.requests.clear()
    if dice.random() < 0.5:
        moment = dice.randint(1, requests + 1), dice.random() < 0.6
        killed = rotation.run_killed(lambda request, acted: (request.number, acted) == moment)
    else:
        process = rotation.start()
        time.sleep(dice.random() * usual * 1.1)
        process.kill()
        out, err = process.communicate(timeout=150)
        killed = Result(process.args, process.returncode, out.decode(), err.decode())
    assert killed.code in (0, -signal.SIGKILL), (killed, rotation.story())
    return killed.code < 0
