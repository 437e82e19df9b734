"""Signing in with console credentials: by the browser of this machine, and what comes of it."""

import base64
import json
import sys
import time
import urllib.parse

import pytest
from home import WARDER, exit_code
from logins import add_browser, desktop_user, key, last, page_in, signed_in
from signin import AUTHORIZE, REDEEMED, RENEWED, SAME_DEVICE, changed, dropped, refused, said

BY_BROWSER = [AUTHORIZE, REDEEMED]
SOMEBODY = "arn:aws:sts::111111111111:assumed-role/Admin/mallory"
# Asks the server beside it as often as it is told, and prints the keys that it is given.
ASK = """
import json, os, sys, urllib.request
for _ in range(int(sys.argv[1])):
    request = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        headers={"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
    print(json.load(urllib.request.urlopen(request, timeout=30))["AccessKeyId"])
"""
LIST = """
import boto3
print([bucket["Name"] for bucket in boto3.Session(profile_name="me").client("s3").list_buckets()["Buckets"]])
"""
pytestmark = pytest.mark.needs("curl")


@pytest.fixture
def ended(desktop_user, sign_in):
    """Signed in, and the credentials have ended since; nothing is recorded yet."""
    sign_in.service.lives["access"] = 1
    desktop_user.good("refresh", "me")
    sign_in.service.lives["access"] = 900
    time.sleep(1.1)
    sign_in.requests.clear()
    return desktop_user


# Signing in


def test_by_the_browser(desktop_user, sign_in):
    result = desktop_user.run("refresh", "me")
    assert result.code == 0 and result.out == "", result
    assert sign_in.log == BY_BROWSER and sign_in.requests[0].given["client_id"] == SAME_DEVICE
    # What is opened shows nothing to those who read others' arguments.
    (entrance,) = (desktop_user.root / "opened").read_text().splitlines()
    assert "state=" not in entrance and entrance.startswith("http://127.0.0.1:")
    assert page_in(result.err).startswith(sign_in.url)
    assert key(desktop_user) == last(sign_in)
    assert sign_in.log == BY_BROWSER


def test_the_credentials_say_whose_they_are(signed_in):
    printed = json.loads(signed_in.good("process", "me"))
    assert printed["AccountId"] == "111111111111" and printed["Expiration"].endswith("Z")


def test_it_is_renewed(ended, sign_in):
    assert key(ended) == last(sign_in) and sign_in.log == [RENEWED]
    assert sign_in.requests[0].given["clientId"] == SAME_DEVICE
    assert key(ended) == last(sign_in) and sign_in.log == [RENEWED]


def test_refresh_is_no_new_sign_in(signed_in, sign_in):
    signed_in.good("refresh", "me")
    assert sign_in.log in ([], [RENEWED])
    assert key(signed_in) == last(sign_in)


def test_login_is_one(signed_in, sign_in):
    signed_in.good("login", "me")
    assert sign_in.log == BY_BROWSER and key(signed_in) == last(sign_in)


# What the user does


def test_the_user_declines(desktop_user, sign_in):
    sign_in.service.user = "declines"
    result = desktop_user.run("refresh", "me")
    assert result.code == 5 and "hint: " in result.err, result
    assert sign_in.log == [AUTHORIZE]
    desktop_user.run("process", "me").failed(4)


def test_another_user_signs_in(desktop_user, sign_in):
    """The profile says who it is of: what another may do is not done under its name."""
    sign_in.service.arn = SOMEBODY
    result = desktop_user.run("refresh", "me")
    assert result.code not in (0, 1, 2) and SOMEBODY in result.err, result
    desktop_user.run("process", "me").failed(4)
    token = sign_in.service.issued[0]["refreshToken"]
    assert desktop_user.has_secret(token) == []


def test_the_state_is_another(desktop_user, sign_in):
    """What comes back to the listener with another state is no answer to this sign-in; the next one may be."""
    sign_in.service.user = "strays"
    add_browser(desktop_user, "#!/bin/sh\ncurl --silent --location --output {home}/page \"$1\"\nsleep 0.3\n"
                              "touch {home}/strayed\n")
    process = desktop_user.start("refresh", "me")
    end = time.monotonic() + 60
    while not (desktop_user.root / "strayed").exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert REDEEMED not in sign_in.log
    process.kill()
    process.communicate()
    desktop_user.run("process", "me").failed(4)


@pytest.mark.parametrize("answer", [
    refused("AUTHCODE_EXPIRED"), refused("INSUFFICIENT_PERMISSIONS"), said("<html>"), said("{}"),
    said("[" * 100_000), changed(idToken=None), changed(idToken="a.b.c"),
    changed(refreshToken=None),
    changed(accessToken={"accessKeyId": "x"}), said("", 500),
], ids=range(10))
def test_no_tokens_for_the_code(desktop_user, sign_in, answer):
    sign_in.always(answer)
    result = desktop_user.run("refresh", "me")
    assert result.code == 5 and "hint: " in result.err, result
    # A code is good once.
    codes = [request.given["code"] for request in sign_in.requests if "codeVerifier" in request.given]
    assert len(codes) == 1
    desktop_user.run("process", "me").failed(4)


def test_the_answer_to_the_code_is_lost(desktop_user, sign_in):
    sign_in.always(dropped)
    result = desktop_user.run("refresh", "me")
    assert result.code == 6, result


# Nobody is there


@pytest.mark.parametrize("name", ["me", "behind"])
def test_process_signs_in_never(desktop_user, sign_in, name):
    desktop_user.run("process", name).failed(4, "sign in", "warder refresh")
    assert sign_in.log == [] and not (desktop_user.root / "opened").exists()


@pytest.mark.parametrize("command", [
    ["env", "me"], ["exec", "me", "--", "true"], ["refresh", "me", "--no-prompt"], ["login", "me", "--no-prompt"],
], ids=str)
def test_nothing_is_opened_where_nobody_is(desktop_user, sign_in, command):
    assert desktop_user.run(*command).code == 4
    assert sign_in.log == [] and not (desktop_user.root / "opened").exists()


# The sign-in is over


@pytest.mark.parametrize("error, code, word", [
    ("TOKEN_EXPIRED", 4, "sign in"), ("USER_CREDENTIALS_CHANGED", 4, "sign in"),
    ("INSUFFICIENT_PERMISSIONS", 5, "SignInLocalDevelopmentAccess"),
])
def test_it_is_over(ended, sign_in, error, code, word):
    sign_in.service.end(error)
    result = ended.run("process", "me")
    result.failed(code, word)
    assert not any(token in result.err for token in sign_in.service.tokens)
    ended.run("process", "me").failed(code, word)
    # Once it is refused, it is not asked for again and again.
    assert len(sign_in.sent()) == 1
    ended.good("login", "me")
    assert key(ended) == last(sign_in)


# What is kept


def test_nothing_of_it_lies_open(signed_in, sign_in):
    answer = sign_in.service.issued[-1]
    key(signed_in)
    secrets = [*answer["accessToken"].values(), answer["refreshToken"], "PRIVATE KEY", "id_token"]
    for secret in secrets:
        # Base64 of a text within another starts at one of three places.
        shifted = [base64.b64encode(b"x" * shift + secret.encode())[4:-4].decode() for shift in range(3)]
        for form in [secret, secret.encode().hex(), urllib.parse.quote(secret, safe=""), *shifted]:
            assert signed_in.has_secret(form) == [], form


def test_the_aws_cli_is_left_nothing(signed_in):
    assert not (signed_in.root / ".aws/login").exists()


def test_forgotten_it_is_signed_out(signed_in):
    result = signed_in.run("forget")
    assert result.code == 0 and "sign-in" in result.err, result
    signed_in.run("process", "me").failed(4)


# What uses it


def test_a_role_behind_it(signed_in, sign_in, sts):
    assert key(signed_in, "behind") == "ASIATEMPORARY0000001"
    request = sts.only("AssumeRole")
    given = sign_in.service.issued[-1]["accessToken"]
    assert (request.access_key_id, request.token) == (given["accessKeyId"], given["sessionToken"])


def test_explain_says_where_it_comes_from(desktop_user, sign_in):
    explanation = json.loads(desktop_user.good("explain", "me", "--json"))
    assert explanation["prompts"] is False and "sign in" in explanation["fails"]
    desktop_user.good("refresh", "me")
    explanation = json.loads(desktop_user.good("explain", "me", "--json"))
    assert "fails" not in explanation or explanation["fails"] is None
    assert sign_in.service.arn in desktop_user.good("explain", "me")


def test_served_to_a_command(desktop_user, sign_in):
    """And renewed for it, without a word to the user."""
    sign_in.service.lives["access"] = 250
    desktop_user.good("refresh", "me")
    printed = desktop_user.good("exec", "--serve", "me", "--", sys.executable, "-c", ASK, "3").split()
    issued = [answer["accessToken"]["accessKeyId"] for answer in sign_in.service.issued]
    assert len(printed) == 3 and set(printed) <= set(issued)
    assert len(set(sign_in.sent())) == len(sign_in.sent())


# Anew


def test_from_an_empty_home_to_a_list_of_buckets(bare, sign_in, moto):
    """Of credentials that moto has made, and whose signatures it checks."""
    client = moto.client("sts", moto.user())
    role = moto.role()

    def mint(seconds):
        made = client.assume_role(RoleArn=role, RoleSessionName="alice")["Credentials"]
        return {"accessKeyId": made["AccessKeyId"], "secretAccessKey": made["SecretAccessKey"],
                "sessionToken": made["SessionToken"]}

    sign_in.service.mint = mint
    moto.client("s3").create_bucket(
        Bucket="mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    moto.check_everything()
    bare.environment |= {"AWS_ENDPOINT_URL_SIGNIN": sign_in.url, "AWS_ENDPOINT_URL_S3": moto.url}
    add_browser(bare)
    (bare.root / "bin/warder").symlink_to(WARDER)

    terminal = bare.terminal("login", "me", "--region", "eu-west-1")
    assert exit_code(terminal) == 0, terminal.before
    config = bare.config_file.read_text()
    assert "[profile me]" in config and f"warder_login_session = {sign_in.service.arn}" in config
    assert "region = eu-west-1" in config and "credential_process = " in config
    listed = bare.python(LIST)
    assert listed.stdout == "['mine']\n", listed.stderr
    assert sign_in.log == BY_BROWSER
