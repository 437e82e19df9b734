"""What comes between: `warder rotate` and an AWS that refuses, forgets, fails or is late. Nothing is lost, and what is
left over the next run clears away."""

import math
import time

import pytest
import strict_iam
from iam_account import Propagation

DROPS = {
    "dropped": strict_iam.dropped, "dropped after it acted": strict_iam.dropped_after,
    "cut short": strict_iam.cut_short, "failed after it acted": strict_iam.failed_after,
}
BEFORE_THE_SWAP = ("ListAccessKeys", "CreateAccessKey")
AFTER_THE_SWAP = ("UpdateAccessKey", "DeleteAccessKey")
ACTIONS = (*BEFORE_THE_SWAP, "GetCallerIdentity", *AFTER_THE_SWAP)


def said_once(result, code, *mentions):
    """It failed as warder fails: an exit code, one line and one hint, whatever it had said of its progress."""
    assert result.code == code, result
    words = [line.split(" ")[0] for line in result.err.splitlines()]
    assert words[-2:] == ["warder:", "hint:"] and words.count("hint:") == 1, result
    for mention in mentions:
        assert mention in result.err, result


# Two keys are there already


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("used", [True, False])
def test_two_keys_that_are_not_ours(rotation, active, used):
    at = rotation.account.now() - 40 * 86400
    use = (at, "s3", "eu-west-1") if used else None
    other = rotation.account.key(rotation.user, active=active, age=99 * 86400, used=use)
    result = rotation.run()
    said_once(result, 5, rotation.first.id, other.id)
    if used:
        assert time.strftime("%Y-%m-%d", time.gmtime(at)) in result.err or "40 days" in result.err, result
    else:
        assert "never" in result.err, result
    assert "GetAccessKeyLastUsed" in rotation.iam.actions()
    assert rotation.iam.changes() == []
    rotation.check_that_old_is_in_use()


def test_two_keys_and_no_permission_to_ask_when_they_were_used(rotation):
    other = rotation.account.key(rotation.user)
    rotation.user.denied.add("iam:GetAccessKeyLastUsed")
    said_once(rotation.run(), 5, rotation.first.id, other.id)
    assert rotation.iam.changes() == []


def test_the_stored_key_is_not_among_those_at_aws(rotation):
    """Somebody deleted it: AWS refuses what it signs, and nothing is made."""
    rotation.user.keys.clear()
    rotation.account.key(rotation.user)
    said_once(rotation.run(), 5, rotation.first.id)
    assert rotation.iam.changes() == []


# What policies and people refuse


@pytest.mark.parametrize("action", BEFORE_THE_SWAP + AFTER_THE_SWAP)
def test_no_permission(rotation, action):
    rotation.user.denied.add(f"iam:{action}")
    result = rotation.run()
    said_once(result, 5, f"iam:{action}")
    if action in BEFORE_THE_SWAP:
        rotation.check_that_old_is_in_use()
        assert rotation.at_aws() == {rotation.first.id: True} and rotation.iam.changes() == []
    else:
        rotation.check_that_new_is_in_use()
        # The old key is left, and named.
        assert rotation.at_aws()[rotation.first.id] is (action == "UpdateAccessKey")
        assert rotation.first.id in result.err
    rotation.user.denied.clear()
    rotation.check_that_next_run_finishes()


def test_mfa_is_needed_and_there_is_no_device(rotation):
    rotation.user.needs_mfa = True
    said_once(rotation.run(), 5, "iam:ListAccessKeys")
    rotation.check_that_old_is_in_use()
    assert rotation.iam.changes() == []


def test_a_code_that_cannot_be_had(with_mfa):
    result = with_mfa.store.run("rotate", "alice", "--no-prompt")
    said_once(result, 4)
    assert with_mfa.iam.changes() == []
    with_mfa.check_that_old_is_in_use()


@pytest.mark.parametrize("kind", ["wrong", "used"])
def test_a_code_that_is_not_good(with_mfa, kind):
    code = "000000"
    if kind == "used":
        code = with_mfa.account.code()
        with_mfa.store.good("refresh", "alice", "--mfa-code", code)
        for file in with_mfa.home.sessions():
            file.unlink()
    with_mfa.iam.requests.clear()
    result = with_mfa.run("--mfa-code", code)
    assert result.code in (4, 5), result
    said_once(result, result.code, "code")
    assert with_mfa.iam.changes() == []
    # A code is sent once at most.
    assert with_mfa.iam.actions().count("GetSessionToken") <= 1
    with_mfa.check_that_old_is_in_use()


# What passes


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("how", ["throttled", "unavailable"])
def test_what_passes_is_waited_for(rotation, action, how):
    """Whether AWS acted on a CreateAccessKey that it said to be unavailable is not known: there the run may give up."""
    rotation.iam.next(action, getattr(strict_iam, how))
    result = rotation.run()
    if (action, how) == ("CreateAccessKey", "unavailable") and result.code:
        rotation.check_that_old_is_in_use()
        rotation.check_that_next_run_finishes()
    else:
        assert result.code == 0, result
        rotation.check_that_it_is_over()
    assert rotation.account.broken == []


@pytest.mark.parametrize("action", BEFORE_THE_SWAP + AFTER_THE_SWAP)
def test_throttled_for_good(rotation, action):
    rotation.iam.next(action, *[strict_iam.throttled] * 50)
    result = rotation.run()
    said_once(result, 5)
    if action in BEFORE_THE_SWAP:
        rotation.check_that_old_is_in_use()
        assert rotation.at_aws() == {rotation.first.id: True}
    else:
        rotation.check_that_new_is_in_use()
    rotation.iam.queued.clear()
    rotation.check_that_next_run_finishes()


@pytest.mark.parametrize("ahead", [3600, -3600])
@pytest.mark.parametrize("mfa", [False, True])
def test_a_clock_that_is_off(request, ahead, mfa):
    """The first answer says what time it is."""
    rotation = request.getfixturevalue("with_mfa" if mfa else "rotation")
    rotation.account.ahead = ahead
    result = rotation.run()
    rotation.account.ahead = 0
    assert result.code == 0, (result, rotation.story())
    rotation.check_that_it_is_over()


# The network goes


@pytest.mark.long
@pytest.mark.parametrize("mfa", [False, True])
def test_the_network_goes_after_each_step(request, mfa):
    rotation = request.getfixturevalue("with_mfa" if mfa else "rotation")
    rotation.good()
    steps = rotation.iam.actions()
    for count in range(len(steps)):
        rotation.start_over()

        def watch(request, acted, count=count):
            rotation.iam.gone = rotation.iam.gone or (acted and request.number >= count) or count == 0
            return rotation.iam.gone and not acted

        rotation.iam.watch, rotation.iam.gone = watch, False
        result = rotation.run()
        rotation.iam.watch, rotation.iam.gone = strict_iam.unwatched, False
        moment = (count, steps[:count][-1:], result)
        assert result.code == 6, (moment, rotation.story())
        said_once(result, 6)
        if "UpdateAccessKey" not in rotation.iam.actions():
            rotation.check_that_old_is_in_use(moment)
        else:
            rotation.check_that_new_is_in_use(moment)
        rotation.check_that_next_run_finishes(moment)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("how", DROPS)
def test_an_answer_is_lost(rotation, action, how):
    """Once. Whether AWS acted cannot be seen: what can be found out is, and no key is left that has no owner."""
    rotation.iam.next(action, DROPS[how])
    result = rotation.run()
    assert result.code in (0, 5, 6), result
    if result.code:
        said_once(result, result.code)
        rotation.check_that_it_works()
        rotation.check_that_next_run_finishes()
    rotation.check_that_it_is_over()


@pytest.mark.parametrize("ahead", [0, 3600, -3600])
def test_an_orphan_is_found_whatever_the_clock_says(rotation, ahead):
    """AWS's date of the key is by AWS's clock, and the journal's by this machine's."""
    rotation.account.ahead = ahead
    # Where the clock is off, AWS first refuses the request's time.
    rotation.iam.next("CreateAccessKey", *[None] * (ahead != 0), strict_iam.dropped_after)
    first = rotation.run()
    assert first.code and len(rotation.user.keys) == 2, (first, rotation.story())
    assert rotation.stored()[0] == rotation.first.id
    result = rotation.run()
    rotation.account.ahead = 0
    assert result.code == 0, (result, rotation.story())
    rotation.check_that_it_is_over()


def test_an_orphan_that_is_not_listed_yet(rotation):
    """The answer with its secret was lost, and for a while AWS's list does not have it."""
    rotation.account.propagation = Propagation(unlisted=4)
    rotation.iam.next("CreateAccessKey", strict_iam.dropped_after)
    first = rotation.run()
    again = rotation.run()
    rotation.check_that_it_works()
    rotation.account.propagation = Propagation()
    time.sleep(4)
    after = rotation.run()
    assert after.code == 0, (first, again, after, rotation.story())
    rotation.check_that_it_is_over()


def test_a_key_of_one_s_own_is_never_taken_for_an_orphan(rotation):
    """Made by hand after a run that was cut off before AWS acted: it is never used either, but older than none."""
    rotation.iam.next("CreateAccessKey", *[strict_iam.dropped] * 9)
    first = rotation.run()
    assert first.code == 6 and rotation.at_aws() == {rotation.first.id: True}, first
    rotation.iam.queued.clear()
    own = rotation.account.key(rotation.user, used=(rotation.account.now(), "s3", "eu-west-1"))
    result = rotation.run()
    assert own in rotation.user.keys, (result, rotation.story())
    said_once(result, 5, own.id)


# Eventual consistency


def watched(rotation):
    """Checks at each request that the old key is the one in use until the new one worked twice in a row."""
    worked = []

    def watch(request, acted):
        if acted and request.action == "GetCallerIdentity" and request.key_id != rotation.first.id:
            worked.append(request)
        is_first = rotation.stored()[0] == rotation.first.id
        is_known = [request.acted for request in worked[-2:]] == [True, True]
        assert is_first or is_known or rotation.account.broken
        return False

    rotation.iam.watch = watch
    return worked


@pytest.mark.parametrize("propagation", [
    Propagation(sts=2), Propagation(alternating=6), Propagation(sts=1, alternating=4), Propagation(unlisted=5),
    Propagation(sts=2, iam=2), Propagation(iam=5),
], ids=lambda propagation: str(vars(propagation)))
def test_a_new_key_that_is_not_known_everywhere(rotation, propagation):
    rotation.account.propagation = propagation
    watched(rotation)
    result = rotation.run()
    rotation.iam.watch = strict_iam.unwatched
    assert result.code == 0, (result, rotation.story())
    rotation.check_that_it_is_over()


@pytest.mark.long
def test_refused_for_half_a_minute_and_then_at_every_second_call(rotation):
    rotation.account.propagation = Propagation(sts=30, iam=30, alternating=7)
    worked = watched(rotation)
    begun = time.monotonic()
    result = rotation.run()
    taken = time.monotonic() - begun
    rotation.iam.watch = strict_iam.unwatched
    assert result.code == 0, (result, rotation.story())
    assert 30 <= taken < 75
    # Backing off: it is not asked again and again.
    assert len(worked) <= 40
    rotation.check_that_it_is_over()


@pytest.mark.long
def test_after_a_minute_it_rolls_back(rotation):
    rotation.account.propagation = Propagation(sts=30, alternating=math.inf)
    watched(rotation)
    begun = time.monotonic()
    result = rotation.run()
    taken = time.monotonic() - begun
    rotation.iam.watch = strict_iam.unwatched
    assert result.code == 5, (result, rotation.story())
    said_once(result, 5, rotation.first.id)
    assert 55 <= taken < 80
    assert rotation.iam.changes() == ["CreateAccessKey", "DeleteAccessKey"]
    rotation.check_that_old_is_in_use()
    assert rotation.at_aws() == {rotation.first.id: True}
    rotation.account.propagation = Propagation()
    rotation.check_that_next_run_finishes()
