"""`warder console`: which sessions it takes to the federation endpoint, what it sends there, and what it prints."""

import contextlib
import http.server
import json
import os
import re
import signal
import socket
import sys
import threading
import time
import urllib.parse

import pytest
from clouds import SIGN_IN_KEY, START
from home import ROLE, TESTS
from importing import pair
from logs import entries
from ruled import PATH, Machine, Ruled
from serving import wait_for
from test_sso import BY_DEVICE

sys.path.insert(0, str(TESTS / "Servers"))
from federation import Federation, Reply  # noqa: E402
from recording_sts import denied  # noqa: E402

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = '{"Version": "2012-10-17", "Statement": []}'
CODE = ["--mfa-code", "123456"]
# Roles behind prod, behind an instance and behind a sign-in; each of them is assumed by another role.
CHAINED = {
    "chained": "warder_source_profile = prod",
    "behind-instance": "credential_source = Ec2InstanceMetadata",
    "behind-identity": "warder_source_profile = identity",
}


@pytest.fixture
def federation(sts):
    server = Federation(sts)
    yield server
    server.stop()


@pytest.fixture
def signed(working, federation):
    """A home with cached sessions, and the tests' own federation endpoint."""
    working.environment["AWS_ENDPOINT_URL_SIGNIN"] = federation.url
    return working


def login(text):
    """The parameters of the one URL that is printed, and its address."""
    assert text.count("\n") == 1 and text.endswith("\n"), text
    address, _, query = text.strip().partition("?")
    return address, dict(urllib.parse.parse_qsl(query, strict_parsing=True))


def destination(text):
    return login(text)[1]["Destination"]


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


def process(home, identifier, secret, token=None, name="program"):
    """A profile whose credentials another program prints."""
    answer = {"Version": 1, "AccessKeyId": identifier, "SecretAccessKey": secret} | (
        {"SessionToken": token, "Expiration": "2099-01-01T00:00:00Z"} if token else {})
    (home.root / f"{name}.json").write_text(json.dumps(answer))
    home.add_profile(name, f"warder_credential_process = cat {home.root}/{name}.json")


def test_another_programs_session(signed, sts, federation):
    """Nothing is known about it: AWS is asked, and its refusal explained."""
    federation.others["ASIAOFAROLE000000001"] = ("a/secret", "a+token")
    process(signed, "ASIAOFAROLE000000001", "a/secret", "a+token")
    signed.good("console", "program")
    assert federation.only.session["sessionToken"] == "a+token"
    process(signed, "ASIAOFSOMEBODY000001", "b/secret", "b+token", "other")
    result = signed.run("console", "other")
    result.failed(5, "does not take the session of other", "GetSessionToken", "role_arn")
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


# Where


def test_no_console_of_another_host(signed, federation):
    for page in ("https://evil.example/", "https://aws.amazon.com.evil.example/", "https://evil.example/.aws.amazon.com",
                 "https://console.amazonaws.cn/", "https://evilaws.amazon.com/", "https://evil.example#.aws.amazon.com"):
        signed.run("console", "prod", "--to", page).failed(2, page, "aws.amazon.com")
    for page in ("http://console.aws.amazon.com/", "console.aws.amazon.com", "", "https://", "javascript:alert(1)",
                 "https://evil@console.aws.amazon.com/", "https://evil.example\\.console.aws.amazon.com/",
                 "https://console.aws.amazon.com:8443/", "https://console.aws.amazon.com/a b"):
        signed.run("console", "prod", "--to", page).failed(2, "is not a page of the console")
    assert federation.requests == []


@pytest.mark.parametrize("options, expected", [
    (["--service", "s3"], "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"),
    (["--service", "dynamodb"], "https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1"),
    (["--region", "us-east-2"], "https://us-east-2.console.aws.amazon.com/console/home?region=us-east-2"),
    (["--service", "s3", "--region", "us-east-2"], "https://us-east-2.console.aws.amazon.com/s3/home?region=us-east-2"),
    (["--to", "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:v=3;q=a%20b"],
     "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:v=3;q=a%20b"),
    (["--to", "https://us-east-1.quicksight.aws.amazon.com/sn/start"],
     "https://us-east-1.quicksight.aws.amazon.com/sn/start"),
])
def test_the_page(signed, options, expected):
    assert destination(signed.good("console", "prod", *options)) == expected


@pytest.mark.parametrize("options, said", [
    (["--service", "s3?x"], "is not a service"), (["--service", ""], "is not a service"),
    (["--service", "../s3"], "is not a service"), (["--region", "cn-north-1"], "a region of aws-cn"),
    (["--region", "evil.example/"], "is not a region"), (["--service", "s3", "--to", "https://a"], "exclude"),
])
def test_no_page(signed, federation, options, said):
    signed.run("console", "prod", *options).failed(2, said)
    assert federation.requests == []


def test_the_profiles_region_goes_before_the_environments(signed):
    signed.environment["AWS_REGION"] = "us-west-2"
    assert "region=eu-west-1" in destination(signed.good("console", "prod"))


def test_a_region_of_another_partition_in_the_environment(signed, sts):
    """Left over from another profile: it must not lead to a console that knows no such account."""
    signed.add_profile("bare-role", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    text = signed.config_file.read_text().replace("region = eu-west-1\n", "")
    signed.config_file.write_text(text)
    signed.environment["AWS_REGION"] = "cn-north-1"
    assert destination(signed.good("console", "prod", *CODE, passphrase=True)) == (
        "https://console.aws.amazon.com/console/home")


@pytest.mark.parametrize("name, url", [
    ("AWS_ENDPOINT_URL_SIGNIN", "http://signin.example"), ("AWS_ENDPOINT_URL_SIGNIN", "ftp://127.0.0.1/"),
    ("AWS_ENDPOINT_URL_SIGNIN", "https://a@127.0.0.1/")])
def test_no_endpoint(signed, federation, name, url):
    signed.environment[name] = url
    signed.run("console", "prod").failed(8, "AWS_ENDPOINT_URL_SIGNIN")


class Tunnel(http.server.BaseHTTPRequestHandler):
    """A proxy that writes down where it is asked to connect, and connects nowhere."""

    def do_CONNECT(self):
        self.server.hosts.append(self.path)
        self.send_error(403)

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def proxy():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tunnel)
    server.hosts = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("region, partition, host", [
    ("eu-central-1", "aws", "signin.aws.amazon.com"),
    ("cn-north-1", "aws-cn", "signin.amazonaws.cn"),
    ("us-gov-west-1", "aws-us-gov", "signin.amazonaws-us-gov.com"),
    ("eusc-de-east-1", "aws-eusc", "eusc-de-east-1.signin.amazonaws-eusc.eu"),
])
def test_the_endpoint_of_a_partition(signed, sts, region, partition, host):
    """By the role's ARN, and by the region alone; the sessions are in the cache, so that nothing else is asked."""
    del signed.environment["AWS_ENDPOINT_URL_SIGNIN"]
    role = ROLE.replace(":aws:", f":{partition}:")
    signed.config(
        f"[profile key]\nwarder_key = alice\n[profile role]\nregion = {region}\nwarder_role_arn = {role}\n"
        f"warder_source_profile = key\n[profile only-role]\nwarder_role_arn = {role}\nwarder_source_profile = key\n")
    process(signed, "ASIAOFAROLE000000001", "a/secret", "a+token")
    text = signed.config_file.read_text()
    signed.config(text.replace("region = eu-west-1", f"region = {region}"))
    with proxy() as server:
        address = f"http://127.0.0.1:{server.server_port}"
        signed.environment |= {"AWS_ENDPOINT_URL_STS": sts.url, "HTTPS_PROXY": address}
        del signed.environment["AWS_ENDPOINT_URL"]
        for profile in ("role", "only-role", "program"):
            signed.run("console", profile, passphrase=True).failed(6, "proxy refused")
            assert set(server.hosts) == {f"{host}:443"}, profile
            server.hosts.clear()


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"])
def test_a_partition_without_a_known_console(signed, federation, sts, region):
    process(signed, "ASIAOFAROLE000000001", "a/secret", "a+token")
    signed.config(signed.config_file.read_text().replace("region = eu-west-1", f"region = {region}"))
    signed.run("console", "program").failed(2, "aws-iso")
    assert federation.requests == [] and sts.requests == []


# What goes wrong


@pytest.mark.parametrize("reply, code, said", [
    (Reply(400, "<html>Bad</html>", "text/html"), 5, "status 400"),
    (Reply(403, "", "text/plain"), 5, "status 403"),
    (Reply(200, "<html>Please log in</html>", "text/html"), 6, "no token"),
    (Reply(200, ""), 6, "no token"), (Reply(200, "[]"), 6, "no token"), (Reply(200, "{}"), 6, "no token"),
    (Reply(200, '{"SigninToken": ""}'), 6, "no token"), (Reply(200, '{"SigninToken": 1}'), 6, "no token"),
    (Reply(200, '{"SigninToken": "a b"}'), 6, "no token"), (Reply(200, '{"SigninToken": "a\\nb"}'), 6, "no token"),
    (Reply(302, headers={"Location": "https://evil.example/?token"}), 6, "redirect"),
    (Reply(200, "x" * 300_000), 6, "more than an answer can be"),
])
def test_what_the_endpoint_may_answer(signed, federation, reply, code, said):
    federation.replies.append(reply)
    signed.run("console", "prod").failed(code, said)
    assert len(federation.requests) == 1


def test_what_repeats_a_secret_is_not_shown(signed, federation, sts):
    process(signed, "ASIAOFSOMEBODY000001", "b/secret+of/forty", "b+token+of/forty", "other")
    result = signed.run("console", "other")
    assert result.code == 5 and "forty" not in result.err


def test_a_passing_failure_is_passed_over(signed, federation):
    federation.replies += [Reply(503, "busy", "text/plain")]
    assert login(signed.good("console", "prod"))[1]["SigninToken"] == federation.tokens[0]
    assert len(federation.requests) == 2


def test_a_lasting_failure(signed, federation):
    federation.replies += [Reply(503, "busy", "text/plain")] * 3
    signed.run("console", "prod").failed(5, "not available", "503")
    assert len(federation.requests) == 3


def test_nothing_answers(signed):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        signed.environment["AWS_ENDPOINT_URL_SIGNIN"] = f"http://127.0.0.1:{closed.getsockname()[1]}"
        signed.run("console", "prod").failed(6, "127.0.0.1")


def test_it_hangs(signed):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        signed.environment["AWS_ENDPOINT_URL_SIGNIN"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        start = time.monotonic()
        signed.run("console", "prod").failed(6, "did not answer in time")
        assert time.monotonic() - start < 20


def test_no_such_profile(signed, federation):
    signed.run("console", "prdo").failed(7, "did you mean prod?")
    signed.run("console").failed(2)


# The machine's rules


@pytest.fixture
def ruled(signed, tmp_path):
    tmp_path.chmod(0o755)
    return Ruled(signed, Machine(tmp_path / "etc"))


def test_a_rule_that_requires_mfa(ruled, sts, federation):
    """A federated user's session has no MFA in it, whatever device the profile has."""
    ruled.rule("require_mfa = true")
    ruled.run("console", "alice", "--read-only", passphrase=True).failed(8, f"{PATH}:2", "takes no MFA code")
    process(ruled.home, *ruled.home.key)
    ruled.run("console", "program", "--read-only").failed(8, f"{PATH}:2")
    assert sts.requests == [] and federation.requests == []
    ruled.good("console", "prod")


def test_a_rule_on_durations(ruled, sts, federation):
    ruled.rule("max_session_duration = 2h")
    for options in (["prod", "--duration", "3h"], ["alice", "--read-only", "--duration", "3h"], ["prod", "--min-ttl=3h"]):
        ruled.run("console", *options, passphrase=True).failed(8, f"{PATH}:2", "asks for 3h")
    assert sts.requests == [] and federation.requests == []
    ruled.good("console", "alice", "--read-only", passphrase=True)
    assert sts.only("GetFederationToken").parameters["DurationSeconds"] == "7200"
    ruled.good("console", "prod", "--duration", "2h", "--mfa-code", "654321", passphrase=True)
    assert federation.requests[-1].form["SessionDuration"] == "7200"


def test_a_rule_on_credentials_that_warder_cannot_shorten(ruled, federation):
    """Their console session would last as long as they do."""
    federation.others["ASIAOFAROLE000000001"] = ("a/secret", "a+token")
    process(ruled.home, "ASIAOFAROLE000000001", "a/secret", "a+token")
    ruled.good("console", "program")
    ruled.rule("max_session_duration = 2h")
    ruled.good("console", "program")
    assert [request.form.get("SessionDuration") for request in federation.requests] == [None, "7200"]
    federation.replies.append(Reply(400))
    ruled.run("console", "program").failed(5, "max_session_duration")


def test_a_rule_on_keys_in_files(ruled, sts, federation):
    ruled.home.add_profile("plain", *pair(ruled.home.key).splitlines())
    ruled.rule("plaintext_keys = refuse")
    ruled.run("console", "plain", "--read-only").failed(8, f"{PATH}:2")
    assert sts.requests == []
    ruled.rule("plaintext_keys = allow")
    ruled.good("console", "plain", "--read-only")
    assert sts.only("GetFederationToken").access_key_id == ruled.home.key[0]


# In a browser


# Writes down what it was started with, and fetches the page, as a browser does; what is behind it is not followed.
BROWSER = """\
#!/bin/sh
for word; do printf '%s\\n' "$word" >> {home}/words; done
env > {home}/environment
cat /proc/*/cmdline 2>&1 | tr '\\0' ' ' > {home}/arguments
for word; do url=$word; done
case $url in ext+container:*) url=$(python3 -c '
import sys, urllib.parse
print(dict(urllib.parse.parse_qsl(sys.argv[1].partition(":")[2]))["url"])' "$url");; esac
{stranger}
curl --silent --output /dev/null --write-out '%{{http_code}} %{{redirect_url}}' "$url" > {home}/went
curl --silent --output /dev/null --write-out '%{{http_code}}' "$url" > {home}/again
touch {home}/done
"""


@pytest.fixture
def browsing(signed):
    """A home with a desktop whose browsers are scripts."""
    folder = signed.root / "bin"
    folder.mkdir()
    for name in ("xdg-open", "firefox"):
        (folder / name).write_text(BROWSER.format(home=signed.root, stranger=""))
        (folder / name).chmod(0o755)
    signed.environment["PATH"] = f"{folder}:{signed.environment['PATH']}"
    signed.environment["DISPLAY"] = ":77"
    return signed


def opened(home):
    """The words that the browser was started with, and the URL that it was redirected to."""
    wait_for((home.root / "done").exists, "the browser")
    status, url = (home.root / "went").read_text().split(" ")
    assert status == "302"
    return (home.root / "words").read_text().splitlines(), url


ENTRANCE = r"http://127\.0\.0\.1:\d+/sign-in/[\w-]{43}"


@pytest.mark.needs("curl")
def test_the_desktops_browser(browsing, federation):
    result = browsing.run("console", "prod", "--open", "--service", "s3")
    assert result.code == 0 and result.out == "" and "prod" in result.err, result
    words, url = opened(browsing)
    assert len(words) == 1 and re.fullmatch(ENTRANCE, words[0])
    parameters = login(url + "\n")[1]
    assert parameters["SigninToken"] == federation.tokens[0] and "/s3/home" in parameters["Destination"]
    # The page is gone with the command.
    assert (browsing.root / "again").read_text() in ("000", "410")


@pytest.mark.needs("curl", "strace")
def test_no_program_gets_a_secret_among_its_arguments(browsing, federation):
    log = browsing.root / "trace"
    browsing.good(
        "console", "prod", "--open", prefix=["strace", "-f", "-s", "100000", "-v", "-o", log, "-e", "trace=execve"])
    opened(browsing)
    session = federation.only.session
    seen = [log.read_bytes(), (browsing.root / "arguments").read_bytes(), (browsing.root / "environment").read_bytes()]
    for secret in (session["sessionKey"], session["sessionToken"], federation.tokens[0]):
        for text in seen:
            assert secret.encode() not in text and urllib.parse.quote(secret, safe="").encode() not in text
    assert b"xdg-open" in seen[0] and b"/sign-in/" in seen[0] and b"SigninToken" not in b"".join(seen)


@pytest.mark.needs("curl")
def test_the_browser_is_told_no_passphrase(browsing):
    browsing.good("console", "prod", "--open", env={"WARDER_PASSPHRASE_COMMAND": "cat secret"})
    opened(browsing)
    assert "WARDER_PASSPHRASE" not in (browsing.root / "environment").read_text()


@pytest.mark.needs("curl")
@pytest.mark.parametrize("command, words", [
    ("firefox", []), ("firefox -P work", ["-P", "work"]), ("firefox -P 'my work'", ["-P", "my work"]),
    ("firefox --url=%s --new", ["--url=URL", "--new"])])
def test_a_browser_of_ones_own(browsing, command, words):
    del browsing.environment["DISPLAY"]
    if "%s" in command:
        script = browsing.root / "bin/firefox"
        script.write_text(script.read_text().replace("url=$word; done", "case $word in --url=*) url=${word#*=};; esac; done"))
    browsing.good("console", "prod", "--browser", command)
    given, _ = opened(browsing)
    if "%s" in command:
        assert [re.sub(ENTRANCE, "URL", word) for word in given] == words
    else:
        assert given[:-1] == words and re.fullmatch(ENTRANCE, given[-1])


@pytest.mark.needs("curl")
@pytest.mark.parametrize("options", [[], ["--open"], ["--browser", "firefox"]])
def test_a_container_of_firefox(browsing, federation, options):
    name = "team/prod+a@b%c:1"
    browsing.add_profile(name, f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    browsing.good("console", "--container", *options, name)
    (word,), url = opened(browsing)
    scheme, _, query = word.partition(":")
    parameters = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
    assert scheme == "ext+container" and parameters["name"] == name
    assert re.fullmatch(ENTRANCE, parameters["url"]) and federation.tokens[0] not in word
    assert login(url + "\n")[1]["SigninToken"] == federation.tokens[0]


@pytest.mark.needs("curl", "setpriv")
@pytest.mark.skipif(os.geteuid() != 0, reason="root alone becomes another user")
def test_another_user_of_the_host_gets_nothing(browsing, federation):
    """Though the arguments of the browser show the page."""
    script = browsing.root / "bin/xdg-open"
    as_other = "setpriv --reuid 4711 --regid 4711 --clear-groups curl --silent --include \"$url\" > {home}/denied"
    script.write_text(BROWSER.format(home=browsing.root, stranger=as_other.format(home=browsing.root)))
    browsing.good("console", "prod", "--open")
    opened(browsing)
    denied = (browsing.root / "denied").read_text()
    assert " 403 " in denied and "SigninToken" not in denied


@pytest.mark.parametrize("options, said", [
    (["--open"], "no display"), (["--browser", "no-such-browser"], "no-such-browser"),
    (["--browser", "/nowhere/firefox"], "/nowhere/firefox"), (["--browser", ""], "--browser"),
    (["--browser", "firefox; rm x"], "no shell"), (["--browser", "'firefox"], "no shell"),
    (["--browser", "$HOME/firefox"], "no shell"),
])
def test_no_browser(signed, sts, federation, options, said):
    """That is seen before a session is made."""
    signed.run("console", "prod", *options).failed(2, said)
    assert sts.requests == [] and federation.requests == []


@pytest.mark.parametrize("options, said", [(["--open"], "xdg-open"), (["--container"], "firefox")])
def test_no_program_for_it(signed, federation, options, said):
    folder = signed.root / "empty"
    folder.mkdir()
    signed.run("console", "prod", *options, env={"PATH": str(folder), "DISPLAY": ":77"}).failed(2, said, "--browser")
    assert federation.requests == []


def test_a_browser_that_never_comes(signed, federation):
    """Interrupted, the command ends, and so does the page."""
    process = signed.start("console", "prod", "--browser", "true")
    wait_for(lambda: federation.tokens, "the token")
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT and federation.tokens[0].encode() not in out + err


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


# What is left of it


def test_the_log(signed, federation):
    before = len(entries(signed))
    signed.good("console", "prod")
    signed.good("console", "alice", "--read-only", passphrase=True)
    federation.replies.append(Reply(400))
    signed.run("console", "prod")
    signed.run("console", "alice")
    role, minted, key, refused, failed = [entry for entry in entries(signed)[before:] if entry["event"] != "unlocked"]
    assert (role["event"], role["profile"], role["by"], role["role"]) == ("served", "prod", "console", ROLE)
    assert (minted["event"], minted["profile"]) == ("minted", "alice")
    assert (key["event"], key["profile"], key["by"], key["from"]) == ("served", "alice", "console", "minted")
    assert (refused["event"], refused["by"]) == ("refused", "console") and "400" in refused["reason"]
    assert (failed["event"], failed["by"]) == ("failed", "console") and "no role" in failed["reason"]


def test_at_a_terminal_it_says_how_long(signed):
    terminal = signed.terminal("console", "prod")
    terminal.expect("SigninToken=")
    terminal.expect("within 15 minutes")


def test_a_profile_that_wants_a_confirmation(signed, federation):
    signed.add_profile("asked", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_confirm = true")
    signed.run("console", "asked", "--no-prompt").failed(4)
    assert federation.requests == []
