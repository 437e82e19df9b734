"""What `warder presign` refuses or warns of, how long a URL is valid, and what the log says."""

import calendar
import json
import re
import subprocess
import time

import pytest
from home import WARDER
from presigning import credentials, parameters, presigned
from ruled import Machine, Ruled
from stores import add_key_profile

OBJECT = "s3://photos/k"


@pytest.fixture
def silent(shared):
    """A home with cached sessions, for command lines that are refused before any is looked at."""
    before = shared.good("log", "--json")
    yield shared
    assert shared.good("log", "--json") == before


# Command lines


@pytest.mark.parametrize("text, said", [
    ("photos/k", "photos/k does not begin with s3://"), ("", "'' does not begin with s3://"),
    ("https://photos.s3.amazonaws.com/k", "does not begin with s3://"), ("s3://", "no bucket follows s3://"),
    ("s3:///k", "no bucket follows s3://"), ("s3://photos", "s3://photos names a bucket, not an object"),
    ("s3://photos/", "s3://photos names a bucket, not an object"),
    ("s3://Photos/k", "did you mean s3://photos/"), ("s3://ph/k", "a bucket cannot be named ph"),
    ("s3://arn:aws:s3:eu-west-1:111111111111:accesspoint/mine/k", "this names an access point, not a bucket"),
    ("s3://photos--euw1-az1--x-s3/k", "is a directory bucket"),
    ("s3://photos/" + "\u00e9" * 513, "the key has 1026 bytes, but S3 allows 1024 at most"),
])
def test_what_names_no_object(silent, text, said):
    silent.run("presign", "prod", text).failed(2, said)


@pytest.mark.parametrize("options, said", [
    (["--expires", "8d"], "8d is not a time that a URL can be valid for"),
    (["--expires", "0"], "0 is not a time that a URL can be valid for"),
    (["--expires", "40"], "40 has no unit"), (["--expires", "soon"], "write it as 40m or 12h, 7d at most"),
    (["--min-ttl", "soon"], "soon is not a length of time"), (["--method", "POST"], "'GET', 'PUT', 'HEAD' or 'DELETE'"),
    (["--content-type", "text/plain"], "--content-type does not go with GET"),
    (["--method", "PUT", "--version-id", "1"], "--version-id does not go with PUT"),
    (["--method", "DELETE", "--download-as", "x"], "--download-as does not go with DELETE"),
    (["--download-as", "a\nb"], "the value of --download-as"), (["--version-id", ""], "the value of --version-id"),
    (["--method", "PUT", "--content-type", "t\u00e9xt"], "the value of --content-type"),
])
def test_options_that_do_not_fit(silent, options, said):
    silent.run("presign", "prod", OBJECT, *options).failed(2, said)


def test_a_region_that_is_none(shared):
    shared.run("presign", "prod", OBJECT, "--region", "eu west").failed(2, "eu west is not a region")


def test_a_key_that_is_not_utf_8(silent):
    """Swift reads an argument with U+FFFD in place of such a byte: that would be another object."""
    command = [WARDER, "presign", "prod", b"s3://photos/caf\xe9"]
    result = subprocess.run(command, env=silent.variables(), capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert "an argument is not UTF-8" in result.stderr


def test_the_replacement_character_itself(shared):
    assert "/caf%EF%BF%BD?" in presigned(shared, "prod", "s3://photos/caf\ufffd", "--expires", "40m")


# How long


def test_an_hour_unless_said_otherwise(unlocked):
    add_key_profile(unlocked, "itself", "alice")
    with unlocked.opened():
        assert parameters(presigned(unlocked, "itself", OBJECT))["X-Amz-Expires"] == "3600"
        assert parameters(presigned(unlocked, "itself", OBJECT, "--expires", "1h30m"))["X-Amz-Expires"] == "5400"


def test_no_longer_than_the_session(working):
    result = working.run("presign", "prod", OBJECT, "--expires", "7d")
    assert result.code == 0
    seconds = int(parameters(result.out.strip())["X-Amz-Expires"])
    assert 3500 < seconds <= 3600
    end = json.loads(working.good("process", "prod"))["Expiration"]
    left = "1h" if seconds == 3600 else f"{seconds // 60}m {seconds % 60}s".replace(" 0s", "")
    assert result.err == (
        f"warder: the URL is valid for {left}, not 7d: the session of prod ends at {end}; "
        "--min-ttl 7d mints a session that lasts, if the profile allows it\n")


def test_a_session_is_minted_anew_if_asked_for(working, sts):
    first = credentials(working, "prod")
    assert parameters(presigned(working, "prod", OBJECT))["X-Amz-Security-Token"] == first[2]
    assert sts.actions() == []
    # Its last seconds are gone.
    time.sleep(1.1)
    result = working.run("presign", "prod", OBJECT, "--min-ttl", "1h")
    assert result.code == 0 and result.err == "", result
    assert sts.actions() == ["AssumeRole"]
    given = parameters(result.out.strip())
    assert given["X-Amz-Security-Token"] != first[2] and int(given["X-Amz-Expires"]) > 3500


def test_a_session_that_cannot_be_that_long(working):
    working.run("presign", "prod", OBJECT, "--expires", "2h", "--min-ttl", "2h").failed(
        1, "the sessions of prod last", "less than 2h", "raise duration_seconds of the profile, or ask for less")


def test_the_longer_session_that_is_asked_for_is_said_to_be_short(working, sts):
    """With --min-ttl there is nothing more to ask for."""
    result = working.run("presign", "prod", OBJECT, "--expires", "2h", "--min-ttl", "30m")
    assert result.code == 0 and "--min-ttl" not in result.err and "not 2h" in result.err


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_clock_that_is_wrong(unlocked, sts, ahead):
    """S3 goes by AWS's clock: the URL begins by that, and ends with the session."""
    sts.ahead = ahead
    unlocked.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    given = parameters(presigned(unlocked, "prod", OBJECT, "--expires", "40m"))
    begin = calendar.timegm(time.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
    assert abs(begin - (time.time() + ahead)) < 30 and given["X-Amz-Expires"] == "2400"
    longer = parameters(presigned(unlocked, "prod", OBJECT, "--expires", "12h"))
    assert 3500 < int(longer["X-Amz-Expires"]) <= 3600


@pytest.mark.parametrize("left, code, said", [(-5, 8, "credentials that have ended"), (20, 1, "too soon for a URL")])
def test_a_session_that_is_all_but_over(bare, left, code, said):
    """Credentials of another program, which warder neither makes nor keeps."""
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + left))
    answer = {
        "Version": 1, "AccessKeyId": "ASIAOFANOTHERPROGRAM", "SecretAccessKey": "s", "SessionToken": "t",
        "Expiration": end,
    }
    program = bare.root / "other"
    program.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n")
    program.chmod(0o700)
    bare.config(f"[profile other]\nregion = eu-west-1\nwarder_credential_process = {program}\n")
    bare.run("presign", "other", OBJECT).failed(code, said)
    if left > 0:
        assert 1 <= int(parameters(presigned(bare, "other", OBJECT, "--expires", "5s"))["X-Amz-Expires"]) <= 5


# What applies to all that gives out a session


def test_the_log(working):
    url = presigned(working, "prod", "s3://photos/secret-plan.txt", "--expires", "40m")
    line = json.loads(working.good("log", "--json").splitlines()[-1])
    assert (line["event"], line["by"], line["profile"]) == ("served", "presign", "prod")
    signature = parameters(url)["X-Amz-Signature"].encode()
    for path in working.state.rglob("*"):
        assert not path.is_file() or (signature not in path.read_bytes() and b"secret-plan" not in path.read_bytes())


def test_a_failure_is_logged(home):
    home.run("presign", "prod", OBJECT, "--no-prompt").failed(3)
    line = json.loads(home.good("log", "--json").splitlines()[-1])
    assert (line["event"], line["by"], line["profile"]) == ("failed", "presign", "prod")


def test_the_machine_s_bounds(unlocked, tmp_path):
    tmp_path.chmod(0o755)
    ruled = Ruled(unlocked, Machine(tmp_path / "etc"))
    ruled.rule("max_session_duration = 30m")
    ruled.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    url = ruled.good("presign", "prod", OBJECT).strip()
    assert 1700 < int(parameters(url)["X-Amz-Expires"]) <= 1800
    ruled.run("presign", "prod", OBJECT, "--min-ttl", "1h").failed(
        8, "max_session_duration is 30m, but --min-ttl asks for 1h", "ask for 30m at most; a URL ends with its session")


def test_what_a_profile_wants_confirmed(working):
    working.config(working.config_file.read_text().replace("warder_role_arn", "warder_confirm = true\nwarder_role_arn", 1))
    result = working.run("presign", "prod", OBJECT, "--no-prompt")
    assert result.code == 4 and result.out == "", result


def test_all_goes_to_one_place(working):
    """The URL alone on stdout, whatever is said beside it."""
    result = working.run("presign", "prod", "s3://photos/../x", "--expires", "7d")
    assert len(result.err.splitlines()) == 2 and all(line.startswith("warder: ") for line in result.err.splitlines())
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/photos/\.\./x\?[A-Za-z0-9%&=._~-]+\n", result.out)


def test_a_closed_stdout_is_a_failure(working):
    with open("/dev/full", "wb") as full:
        process = working.start("presign", "prod", OBJECT, stdout=full)
    err = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 1 and "no space left on device" in err, err
