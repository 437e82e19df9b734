"""Sessions of a console sign-in, which last 15 minutes at most, where more is asked for; and in the console."""

import pytest
from federation import Reply
from logins import desktop_user, signed_in

OBJECT = "s3://photos/k"
pytestmark = pytest.mark.needs("curl")
DOORS = {
    "exec": (["exec", "{}", "--min-ttl", "{}", "--", "true"], "--serve renews as it goes"),
    "presign": (["presign", "{}", OBJECT, "--min-ttl", "{}"], "ask for less"),
    "console": (["console", "{}", "--min-ttl", "{}"], "leave --min-ttl out"),
}


def through(home, door, profile, time):
    words, instead = DOORS[door]
    values = iter((profile, time))
    result = home.run(*[next(values) if word == "{}" else word for word in words])
    assert "duration_seconds" not in result.err, result
    return result, instead


@pytest.mark.parametrize("door", DOORS)
def test_no_session_of_it_lasts_as_long(signed_in, door):
    result, instead = through(signed_in, door, "me", "1h")
    result.failed(
        1, "the sessions of me last 15m at most, less than 1h", "a role behind the console sign-in (1h at most), or a key",
        instead)


@pytest.mark.parametrize("door", DOORS)
def test_nor_does_one_of_a_role_behind_it(signed_in, door):
    result, instead = through(signed_in, door, "behind", "2h")
    result.failed(1, "the sessions of behind last 1h at most, less than 2h", "let a key assume the role", instead)


def test_a_keys_own_session_has_a_setting_of_its_own(working):
    result = working.run("presign", "alice", OBJECT, "--min-ttl", "35h", "--mfa-code", "654321", passphrase=True)
    result.failed(1, "less than 35h", "raise warder_session_duration of the profile (36h at most)")


def test_a_federated_user_lasts_as_long_as_the_console(signed):
    result = signed.run("console", "alice", "--read-only", "--duration", "1h", "--min-ttl", "2h", passphrase=True)
    assert result.code == 1 and result.out == "", result
    assert "the federated user of alice lasts 1h, less than 2h\nhint: raise --duration" in result.err


def test_a_url_that_ends_with_it(signed_in):
    """Nothing is recommended that cannot be."""
    result = signed_in.run("presign", "me", OBJECT)
    assert result.code == 0 and "not 1h: the session of me ends at" in result.err, result
    assert "the sessions of a console sign-in last 15m at most" in result.err and "--min-ttl" not in result.err
    result = signed_in.run("presign", "behind", OBJECT, "--expires", "2h")
    assert result.code == 0 and "a role that a session assumes lasts 1h at most" in result.err, result
    assert "--min-ttl" not in result.err


def test_the_console_does_not_take_it(signed_in, federation):
    """GetSessionToken has no part in it."""
    signed_in.environment["AWS_ENDPOINT_URL_SIGNIN"] = federation.url
    federation.replies.append(Reply(400))
    result = signed_in.run("console", "me")
    result.failed(5, "AWS does not accept the session of me", "warder login me")
    assert "GetSessionToken" not in result.err and "role_arn" not in result.err
