"""Many at a sign-in that must be renewed, and leaders that die: a refresh token is sent once, whatever happens."""

import json
import random
import time

import pytest
from crowds import expect_one_answer, outcomes
from logins import desktop_user, due, key, last, sent_once
from signin import RENEWED, dropped, dropped_after, hang, late, refused, said

MANY, ROUNDS = 64, 20
pytestmark = pytest.mark.needs("curl")


def crowd(home, count=MANY):
    return [home.start("process", "me") for _ in range(count)]


# One for all


def test_one_renewal_for_all(due, sign_in):
    sign_in.always(late(0.2))
    expect_one_answer(outcomes(crowd(due)))
    assert sign_in.log == [RENEWED]
    assert key(due) == last(sign_in) and sign_in.log == [RENEWED]


def test_one_renewal_for_all_profiles_of_a_user(due, sign_in):
    sign_in.always(late(0.2))
    results = outcomes([due.start("process", name) for name in ["me", "twin", "twin", "me"] * 8])
    assert {(code, err) for code, _, err in results} == {(0, "")}, results[:3]
    assert {json.loads(out)["AccessKeyId"] for _, out, _ in results} == {last(sign_in)}
    assert sign_in.log == [RENEWED]


def test_one_refusal_for_all(due, sign_in):
    sign_in.service.end()
    results = outcomes(crowd(due))
    assert {code for code, _, _ in results} == {4}, results[:3]
    assert len(sent_once(sign_in)) == 1


def test_a_server_error_is_no_reason_to_send_it_again(due, sign_in):
    """What AWS did before it failed is not known."""
    sign_in.next(said("{}", 500))
    outcomes(crowd(due, 8))
    assert len(sent_once(sign_in)) == 1


# Leaders that die


def still_signed_in(home, sign_in):
    """Whether the next one is answered; if not, it says to sign in again. The credentials alone are not enough."""
    home.good("forget", "me")
    result = home.run("process", "me")
    if result.code == 0:
        assert json.loads(result.out)["AccessKeyId"] == last(sign_in)
        return True
    result.failed(4, "sign in")
    return False


def test_killed_at_any_moment(due, sign_in):
    """The answer takes 0.15 s, and a renewal little more: before it, in it, and after it."""
    sign_in.always(late(0.15))
    lost = 0
    for _ in range(ROUNDS):
        processes = crowd(due, 3)
        time.sleep(random.uniform(0, 0.45))
        for process in processes:
            process.kill()
        printed = [out for code, out, _ in outcomes(processes) if code == 0]
        answered = still_signed_in(due, sign_in)
        sent_once(sign_in)
        # Whose credentials were given out, their refresh token was on disk before.
        assert answered or not printed
        lost += not answered
        due.again()
    assert lost < ROUNDS


def test_killed_while_aws_is_asked(due, sign_in):
    """AWS may have used the token: it is not sent again, and the user is told to sign in."""
    sign_in.next(hang)
    leader = due.start("process", "me")
    assert sign_in.waiting.acquire(timeout=60)
    leader.kill()
    leader.communicate()
    sign_in.released.set()
    assert not still_signed_in(due, sign_in)
    assert len(sent_once(sign_in)) == 1


def test_killed_while_others_wait(due, sign_in):
    sign_in.next(hang)
    leader = due.start("process", "me")
    assert sign_in.waiting.acquire(timeout=60)
    others = crowd(due, 8)
    time.sleep(0.3)
    leader.kill()
    leader.communicate()
    sign_in.released.set()
    assert {code for code, _, _ in outcomes(others)} == {4}
    assert len(sent_once(sign_in)) == 1


# Answers that are lost


@pytest.mark.parametrize("behaviour", [dropped, dropped_after], ids=["before", "after"])
def test_the_connection_is_lost(due, sign_in, behaviour):
    sign_in.next(behaviour)
    first = due.run("process", "me")
    assert first.code in (4, 6), first
    assert len(sent_once(sign_in)) == 1
    # Nor by the next one, who is told what to do.
    again = due.run("env", "me")
    assert again.code == 4 and "sign in" in again.err, again
    assert len(sent_once(sign_in)) == 1


@pytest.mark.parametrize("answer", [
    refused("server_error", "InternalServerException"), refused("rate_exceeded", "TooManyRequestsError"), said("", 503),
], ids=["500", "429", "503"])
def test_aws_cannot_do_it_now(due, sign_in, answer):
    """It says so, and has not used the token: the next one may send it."""
    sign_in.next(answer)
    assert due.run("env", "me").code == 5 and len(sign_in.log) == 1
    due.good("env", "me")
    assert sign_in.log == [RENEWED] * 2


@pytest.mark.parametrize("status", [404, 408, 500, 502, 504])
def test_a_gateway_lost_the_answer(due, sign_in, status):
    """It speaks for AWS without a code of AWS's: the token may be used up."""

    def lost(server, request):
        server.ordinary(request)
        return said("<html>", status)(server, request)

    sign_in.next(lost)
    assert due.run("env", "me").code != 0
    assert due.run("env", "me").code == 4
    assert len(sent_once(sign_in)) == 1


@pytest.mark.parametrize("command", [["lock"], ["forget"]], ids=str)
def test_what_was_sent_is_known_after(due, sign_in, command):
    """For the AWS CLI's login, which stays whatever is locked or forgotten."""
    sign_in.next(dropped_after)
    due.run("process", "me")
    due.run(*command)
    result = due.run("process", "me")
    assert result.code in (3, 4), result
    assert len(sent_once(sign_in)) == 1


def test_an_answer_that_is_none(due, sign_in):
    """AWS has done what it was asked, whatever its answer says."""
    sign_in.next(said("<html>"))
    assert due.run("env", "me").code == 5
    assert due.run("env", "me").code == 4
    assert len(sent_once(sign_in)) == 1


def test_nothing_listens(due, sign_in):
    """Then nothing was sent: the token is as good as before."""
    due.run("process", "me", env={"AWS_ENDPOINT_URL_SIGNIN": "http://127.0.0.1:9"}).failed(6)
    assert key(due) == last(sign_in) and len(sent_once(sign_in)) == 1


@pytest.mark.needs("strace")
@pytest.mark.parametrize("due", ["own"], indirect=True)
def test_a_write_that_fails_once(due, sign_in):
    """The first rename notes what is sent, the second would keep the new token."""
    inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=?rename,?renameat,?renameat2:error=ENOSPC:when=2"]
    result = due.run("process", "me", prefix=inject)
    assert result.code == 0, result
    due.good("forget", "me")
    assert json.loads(due.good("process", "me"))["AccessKeyId"] == last(sign_in)
    assert sign_in.log == [RENEWED]


@pytest.mark.parametrize("due", ["cli"], indirect=True)
def test_what_a_killed_write_left_goes(due, sign_in):
    (file,) = (due.root / ".aws/login/cache").glob("*.json")
    left = file.with_name(file.name + ".warder-new")
    left.write_text("a renewed login")
    sign_in.next(dropped)
    due.run("process", "me")
    assert not left.exists()


def test_a_longer_life_that_is_wanted(desktop_user, sign_in):
    sign_in.service.lives["access"] = 400
    desktop_user.good("refresh", "me")
    sign_in.service.lives["access"] = 900
    sign_in.requests.clear()
    desktop_user.good("exec", "me", "--min-ttl", "5m", "--", "true")
    assert sign_in.log == []
    desktop_user.good("exec", "me", "--min-ttl", "10m", "--", "true")
    assert sign_in.log == [RENEWED]
