"""`warder console`: which sessions it takes to the federation endpoint, and what it sends there."""

import json
import urllib.parse

import pytest
from clouds import SIGN_IN_KEY, START
from consoles import CODE, DOCUMENT, READ_ONLY, login, process
from federation import Reply
from home import ROLE
from recording_sts import denied
from test_sso import BY_DEVICE

# Roles behind prod, behind an instance and behind a sign-in; each of them is assumed by another role.
CHAINED = {
    "chained": "warder_source_profile = prod",
    "behind-instance": "credential_source = Ec2InstanceMetadata",
    "behind-identity": "warder_source_profile = identity",
}


# What is sent, and what comes out of it


def test_a_role(signed, sts, federation):
    text = signed.good("console", "prod")
    request = federation.only
    session = request.session
    made = sts.made[session["sessionId"]]
    assert made.request.action == "AssumeRole" and sts.requests == []
    assert session == {
        "sessionId": session["sessionId"], "sessionKey": made.secret, "sessionToken": made.token}
    assert request.form == {"Action": "getSigninToken", "SessionType": "json", "Session": request.form["Session"]}
    assert (request.method, request.path) == ("POST", "/federation")
    address, parameters = login(text)
    assert address == federation.url + "/federation"
    assert parameters == {
        "Action": "login", "Issuer": "warder", "SigninToken": federation.tokens[0],
        "Destination": "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1"}


def test_a_session_is_made_if_there_is_none(unlocked, sts, federation):
    unlocked.environment["AWS_ENDPOINT_URL_SIGNIN"] = federation.url
    unlocked.good("console", "prod", *CODE, passphrase=True)
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]
    assert federation.only.session["sessionId"] == "ASIATEMPORARY0000002"


def test_the_secrets_are_in_the_body_and_nowhere_else(signed, sts, federation):
    """Neither in a URL, nor in a header, nor in the log, nor on stderr."""
    result = signed.run("console", "prod")
    request = federation.only
    session = request.session
    for secret in (session["sessionKey"], session["sessionToken"], federation.tokens[0]):
        assert secret not in urllib.parse.unquote(json.dumps([request.path, request.headers]))
        assert secret not in result.err and not signed.has_secret(secret)
    # What is printed is the token, and no more.
    for secret in (session["sessionKey"], session["sessionToken"]):
        assert secret not in urllib.parse.unquote(result.out)


@pytest.mark.parametrize("options, seconds", [(["--duration", "8h"], "28800"), (["--duration=15m"], "900"),
                                              (["--duration", "12h"], "43200")])
def test_a_duration(signed, federation, options, seconds):
    signed.good("console", "prod", *options)
    assert federation.only.form["SessionDuration"] == seconds


@pytest.mark.parametrize("length", ["14m", "13h", "8", "soon", "0s", "-1h"])
def test_no_duration_of_a_console(signed, federation, length):
    signed.run("console", "prod", f"--duration={length}").failed(2, length)
    assert federation.requests == []


def test_a_session_with_enough_time_left(signed, sts, federation):
    """A cached session with less is renewed, and one that can never have as much is refused."""
    sts.lifetimes["AssumeRole"] = 1500
    signed.good("refresh", "prod")
    sts.lifetimes.clear()
    sts.requests.clear()
    signed.good("console", "prod", "--min-ttl", "20m")
    assert sts.requests == []
    signed.good("console", "prod", "--min-ttl", "30m")
    assert sts.actions() == ["AssumeRole"]
    federation.requests.clear()
    signed.run("console", "prod", "--min-ttl", "2h").failed(1, "prod", "2h")
    assert federation.requests == []


# Which sessions


@pytest.fixture
def sources(signed, metadata, tmp_path):
    """Profiles of all kinds."""
    signed.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.url
    del signed.environment["AWS_EC2_METADATA_DISABLED"]
    signed.environment["AWS_METADATA_SERVICE_TIMEOUT"] = "8"
    token = tmp_path / "token"
    token.write_text("head.payload.signature")
    signed.add_profile("identity", f"warder_role_arn = {ROLE}", f"web_identity_token_file = {token}")
    for name, source in CHAINED.items():
        signed.add_profile(name, f"warder_role_arn = {ROLE}", source)
    return signed


@pytest.mark.parametrize("name", CHAINED)
def test_a_chained_role(sources, sts, federation, metadata, name):
    """AWS takes it, but no duration: that is said before anything is sent."""
    sources.run("console", name, "--duration", "1h").failed(2, "another role", "--duration")
    assert federation.requests == [] and sts.requests == [] and metadata.requests == []
    sources.good("console", name)
    made = sts.made[federation.only.session["sessionId"]]
    assert made.request.action == "AssumeRole" and "SessionDuration" not in federation.only.form


def test_a_web_identity(sources, sts, federation):
    sources.good("console", "identity", "--duration", "8h")
    assert sts.only("AssumeRoleWithWebIdentity") and federation.only.form["SessionDuration"] == "28800"


def test_a_role_of_identity_center(signed, center, federation):
    center.say("device", **{"is": "approved"})
    signed.environment |= center.environment()
    signed.add_profile(
        "sso", "sso_account_id = 111111111111", "sso_role_name = Reader", f"sso_start_url = {START}",
        "sso_region = eu-west-1")
    federation.others[SIGN_IN_KEY] = ("s3cr3t/+", "t0ken==")
    signed.good("refresh", "sso", "--device-code")
    signed.good("console", "sso", "--duration", "8h")
    assert federation.only.form["SessionDuration"] == "28800" and center.log[:3] == BY_DEVICE[:3]
    federation.replies.append(Reply(400))
    result = signed.run("console", "sso")
    result.failed(5, "revoked, or the role unassigned", "warder forget sso")
    assert "GetSessionToken" not in result.err and "role_arn" not in result.err


def test_a_key_without_a_role_is_told_why_not(signed, sts, federation):
    result = signed.run("console", "alice")
    result.failed(2, "alice has no role", "--policy", "role_arn")
    assert sts.requests == [] and federation.requests == []


@pytest.mark.parametrize("options, sent", [
    (["--policy", READ_ONLY], {"PolicyArns.member.1.arn": READ_ONLY}),
    (["--read-only"], {"PolicyArns.member.1.arn": READ_ONLY}),
    (["--policy", DOCUMENT], {"Policy": DOCUMENT}),
    (["--policy", "FILE"], {"Policy": DOCUMENT}),
])
def test_a_key_with_a_policy_gets_a_federated_user(signed, sts, federation, options, sent):
    file = signed.root / "policy.json"
    file.write_text(DOCUMENT + "\n")
    options = [str(file) if word == "FILE" else word for word in options]
    result = signed.run("console", "alice", *options, passphrase=True)
    assert result.code == 0, result
    request = sts.only("GetFederationToken")
    assert request.parameters == {
        "Version": "2011-06-15", "Name": "warder-alice", "DurationSeconds": "43200", **sent}
    assert request.access_key_id == signed.key[0] and request.token is None
    assert federation.only.session["sessionId"] in sts.made and "SessionDuration" not in federation.only.form
    assert "without MFA" in result.err


def test_the_duration_of_a_federated_user_is_its_own(signed, sts, federation):
    signed.good("console", "alice", "--read-only", "--duration", "2h", passphrase=True)
    assert sts.only("GetFederationToken").parameters["DurationSeconds"] == "7200"
    assert "SessionDuration" not in federation.only.form


def test_a_federated_user_has_no_code(signed, sts):
    signed.run("console", "alice", "--read-only", *CODE, passphrase=True).failed(2, "--mfa-code")
    assert sts.requests == []


def test_a_key_that_may_not_make_one(signed, sts, federation):
    sts.next("GetFederationToken", denied)
    signed.run("console", "alice", "--read-only", passphrase=True).failed(
        5, "federated user warder-alice", "allows sts:GetFederationToken")
    assert federation.requests == []


@pytest.mark.parametrize("policy, code", [
    ("arn:aws:iam::aws:role/Admin", 2), ("arn:", 2), ("{", 8), ("{}x", 8), ("/nowhere", 1), ("[]", 1),
    ('{"a": "' + "x" * 2048 + '"}', 8)])
def test_what_is_no_policy(signed, sts, federation, policy, code):
    for profile in ("alice", "prod"):
        result = signed.run("console", profile, "--policy", policy, passphrase=True)
        assert result.code in (code, 7, 8), result
        result.explained()
    assert sts.requests == [] and federation.requests == []


def test_a_role_can_be_narrowed(signed, sts, federation):
    signed.good("console", "prod", "--policy", READ_ONLY)
    assert sts.only("AssumeRole").parameters["PolicyArns.member.1.arn"] == READ_ONLY
    assert federation.only.session["sessionId"] in sts.made
    signed.run("console", "prod", "--policy", READ_ONLY, "--read-only").failed(2, "exclude")


def test_another_programs_session(signed, sts, federation):
    """Nothing is known about it: AWS is asked, and its refusal explained."""
    federation.others["ASIAOFAROLE000000001"] = ("a/secret", "a+token")
    process(signed, "ASIAOFAROLE000000001", "a/secret", "a+token")
    signed.good("console", "program")
    assert federation.only.session["sessionToken"] == "a+token"
    process(signed, "ASIAOFSOMEBODY000001", "b/secret", "b+token", "other")
    result = signed.run("console", "other")
    result.failed(5, "does not accept the session of other", "GetSessionToken", "role_arn")
    assert "secret" not in result.err and "token" not in result.err.lower().replace("getsessiontoken", "")
    signed.run("console", "other", "--read-only").failed(2, "cannot be narrowed")
    assert sts.requests == []


def test_another_programs_key(signed, sts, federation):
    process(signed, signed.key[0], signed.key[1])
    signed.run("console", "program").failed(2, "--policy")
    assert sts.requests == []
    signed.good("console", "program", "--read-only", "--duration", "2h")
    request = sts.only("GetFederationToken")
    assert (request.access_key_id, request.parameters["DurationSeconds"]) == (signed.key[0], "7200")
    assert "SessionDuration" not in federation.only.form


def test_the_environments_session(signed, sts, federation):
    signed.environment |= {
        "AWS_ACCESS_KEY_ID": "ASIAOFAROLE000000001", "AWS_SECRET_ACCESS_KEY": "a/secret", "AWS_SESSION_TOKEN": "a+token"}
    federation.others["ASIAOFAROLE000000001"] = ("a/secret", "a+token")
    signed.add_profile("env", f"warder_role_arn = {ROLE}", "credential_source = Environment")
    # Whether a role made them is not known beforehand.
    signed.run("console", "env", "--duration", "1h").failed(5, "--duration")
    signed.good("console", "env")
    assert [bool(request.form.get("SessionDuration")) for request in federation.requests] == [True, False]


# At another STS, which checks what is signed


@pytest.mark.parametrize("secret, code", [("", 0), ("~", 5)], ids=["right", "wrong"])
def test_moto_checks_what_a_key_signs(bare, moto, federation, secret, code):
    bare.key = moto.user("alice")
    bare.endpoint(moto.url)
    bare.environment["AWS_ENDPOINT_URL_SIGNIN"] = federation.url
    bare.add_profiles()
    moto.check_everything()
    federation.trusts = True
    bare.add_vault(alice=(bare.key[0], bare.key[1] + secret))
    # moto encodes a body anew before it checks the signature, and spaces otherwise than they were.
    policy = DOCUMENT.replace(" ", "")
    result = bare.run("console", "alice", "--policy", policy, "--duration", "1h", passphrase=True)
    assert result.code == code and len(federation.requests) == (code == 0), result
    if code == 0:
        assert federation.only.session["sessionToken"] and federation.only.session["sessionKey"] != bare.key[1]
