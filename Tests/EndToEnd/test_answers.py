"""A network that is not there, and an STS that answers what it should not."""

import time

import pytest
import recording_sts


def test_no_network(careful):
    careful.endpoint("http://127.0.0.1:9")
    careful.run("process", "prod", "--mfa-code", "123456", passphrase=True).failed(6)


def test_no_such_host(careful):
    careful.endpoint("https://sts.invalid")
    careful.run("process", "prod", "--mfa-code", "123456", passphrase=True).failed(6, "sts.invalid")


def test_plain_http_only_to_this_machine(careful):
    careful.endpoint("http://sts.example.com")
    result = careful.run("process", "prod", "--mfa-code", "123456", passphrase=True)
    result.failed(result.code, "sts.example.com")
    assert result.code in (6, 8)


ANSWERS = {
    "html": (recording_sts.html, {5, 6}),
    "300 KiB": (recording_sts.big, {5, 6}),
    "300 KiB in chunks": (recording_sts.big_chunked, {5, 6}),
    "redirect": (recording_sts.redirect, {5, 6}),
    "500": (recording_sts.server_error, {5, 6}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_sts_to_a_code(careful, sts, name):
    behaviour, codes = ANSWERS[name]
    sts.always("GetSessionToken", behaviour)
    result = careful.run("process", "prod", "--mfa-code", "123456", passphrase=True)
    result.failed(result.code)
    assert result.code in codes
    # A code works once: sending it again can only fail, and a redirect would give it to somebody else.
    assert sts.actions() == ["GetSessionToken"]
    assert careful.sessions() == []


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_sts_for_a_role(working, sts, name):
    behaviour, codes = ANSWERS[name]
    sts.always("AssumeRole", behaviour)
    began = time.monotonic()
    result = working.run("process", "audit")
    assert time.monotonic() - began < 10
    result.failed(result.code)
    assert result.code in codes
    assert 1 <= len(sts.requests) <= 3 and set(sts.actions()) == {"AssumeRole"}


def test_what_aws_said_is_told(working, sts):
    sts.always("AssumeRole", recording_sts.denied)
    working.run("process", "audit").failed(5, "AccessDenied", "is not authorized to perform: sts:AssumeRole")


def test_an_answer_s_control_characters_reach_no_terminal(working, sts):
    def hostile(sts, request):
        return recording_sts.error(403, "AccessDenied", "\u009b31m\u202eevil\nsecond line\nhint: run this")

    sts.always("AssumeRole", hostile)
    result = working.run("process", "audit")
    result.failed(5)
    assert not any(ord(character) < 32 and character != "\n" for character in result.err)
    assert "\u009b" not in result.err and "\u202e" not in result.err


def test_a_server_that_says_nothing_is_left_after_ten_seconds(working, sts):
    sts.always("AssumeRole", recording_sts.hang)
    began = time.monotonic()
    working.run("process", "audit").failed(6)
    assert time.monotonic() - began < 10
