"""Sessions and sign-ins that the AWS CLI keeps in plain text, as `warder doctor` finds them."""

import hashlib
import json
import os
import time

import pytest
import signin
from doctor import Case, cases, codes, examined, goes_through, mend
from home import ROLE
from logins import add_browser
from signin import CLICache
from test_doctor_modes import reached
from test_doctor_plaintext import OTHER, Quiet, appended, healthy, written

ARN = "arn:aws:sts::222222222222:assumed-role/Admin/warder-alice"


def cached(role, left=3600):
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + left))
    return json.dumps({
        "Credentials": {
            "AccessKeyId": "ASIA" + "A" * 16, "SecretAccessKey": OTHER[1], "SessionToken": "t" * 400, "Expiration": end,
        },
        "AssumedRoleUser": {"AssumedRoleId": "AROA:x", "Arn": role},
    })


def cli_cache(role, left=3600):
    return written(".aws/cli/cache/1234.json", cached(role, left))


def login(session, age=0, folder=".aws/login/cache"):
    """A sign-in of `aws login` in its cache."""

    def breaking(home):
        name = hashlib.sha256(session.encode()).hexdigest()
        file = home.root / folder / f"{name}.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"accessToken": {"accessKeyId": "ASIA" + "A" * 16}, "refreshToken": "r", "dpopKey": "k"}))
        os.utime(file, (time.time() - age, time.time() - age))

    return breaking


LOGIN = "arn:aws:iam::111111111111:user/bob"
LOGIN_FILE = hashlib.sha256(LOGIN.encode()).hexdigest() + ".json"


def login_in(folder):
    """A sign-in in another folder, which is named as `folder`."""

    def breaking(home):
        login(LOGIN, folder="logins")(home)
        return {"AWS_LOGIN_CACHE_DIRECTORY": folder}

    return breaking


@cases(
    Case("a session of a role that warder gives", cli_cache(ARN), "session_in_cli_cache", "1234.json"),
    Case("a sign-in that no profile uses", login(LOGIN), "sign_in_in_login_cache", ".json"),
    *[Case(f"one in {folder}", login_in(folder), "sign_in_in_login_cache", "/logins/" + LOGIN_FILE)
      for folder in ("~/logins", "$HOME/logins", "${HOME}/logins")],
)
def test_what_the_aws_cli_still_keeps(healthy, case):
    assert ROLE.split(":")[4] == ARN.split(":")[4]
    goes_through(healthy, case)


def used_login(home):
    login(LOGIN)(home)
    appended(".aws/config", f"\n[profile bob]\nregion = eu-west-1\nlogin_session = {LOGIN}\n")(home)


@cases(
    Quiet("one of another role", cli_cache(ARN.replace("Admin", "Other")), ("cli_sessions",)),
    Quiet("one of another account", cli_cache(ARN.replace("2222", "4444")), ("cli_sessions",)),
    Quiet("one that has ended", cli_cache(ARN, -10)),
    Quiet("what is none", written(".aws/cli/cache/1234.json", '{"Credentials": [')),
    Quiet("a sign-in that a profile uses", used_login),
    Quiet("a sign-in of yesterday", login(LOGIN, 13 * 3600)),
)
def test_what_the_aws_cli_may_keep(healthy, case):
    case.breaking(healthy)
    report = examined(healthy)
    assert codes(report) == [], report
    # The tests' AWS is an endpoint of its own.
    assert {note["code"] for note in report["notes"]} - {"endpoint"} == set(case.notes), report


# Sign-ins that warder uses


@pytest.fixture
def signing_in(healthy, sign_in):
    """A home with a profile that signs in to the console and asks warder, and another one behind it."""
    healthy.add_profile("me", f"warder_login_session = {signin.ARN}")
    healthy.add_profile("behind", "warder_source_profile = me", f"warder_role_arn = {ROLE}")
    healthy.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    healthy.sign_in = sign_in
    return healthy


def clis(change=lambda file: None, code=0, **more):
    """The AWS CLI's sign-in, changed; warder's exit code for it."""

    def breaking(home):
        change(CLICache(home, home.sign_in, left=900, **more).file)
        result = home.run("process", "me")
        assert result.code == code and home.sign_in.log == [], result

    return breaking


def in_its_place(make):
    def change(file):
        file.unlink()
        make(file)

    return change


def readable(home):
    reached(home)
    clis(lambda file: file.chmod(0o644), 9)(home)


def given_away(file):
    os.chown(file, 4711, 4711)


def own_beside(home):
    """The user has signed in with warder since."""
    CLICache(home, home.sign_in, left=900)
    environment = dict(home.environment)
    add_browser(home)
    home.good("login", "me")
    home.environment = environment


@cases(
    Case("others can read it", readable, "readable_sign_in", ".json"),
    Case("others could, if they got there", clis(lambda file: file.chmod(0o644), 9), "unusable_sign_in", ".json"),
    Case("others could write to it", clis(lambda file: file.chmod(0o602), 9), "unusable_sign_in", ".json"),
    Case("garbage", clis(lambda file: file.write_text("{"), 9), "unusable_sign_in", ".json"),
    Case("no token in it", clis(lambda file: file.write_text("{}"), 9), "unusable_sign_in", ".json"),
    Case("a key that is none", clis(code=9, dpopKey="x"), "unusable_sign_in", ".json"),
    Case("too large", clis(lambda file: file.write_text(" " * 300_000), 8), "unusable_sign_in", ".json"),
    Case("a folder", clis(in_its_place(os.mkdir), 9), "unusable_sign_in", ".json"),
    Case("a pipe", clis(in_its_place(os.mkfifo), 9), "unusable_sign_in", ".json"),
    Case("a copy of warder's own", own_beside, "sign_in_in_login_cache", ".json"),
)
def test_a_sign_in_of_the_aws_cli(signing_in, case):
    goes_through(signing_in, case)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files away")
def test_a_sign_in_of_another_user(signing_in):
    goes_through(signing_in, Case("", clis(given_away, 9), "unusable_sign_in", ".json"))


def test_a_sign_in_with_a_wrong_mode_serves_again(signing_in):
    """The command mends what warder refused, and `--fix` may run it."""
    readable(signing_in)
    (finding,) = examined(signing_in)["findings"]
    assert finding["gravity"] == "exposed" and finding["fix"] and finding["command"].startswith("chmod 600 /"), finding
    mend(signing_in, finding["command"])
    signing_in.good("process", "me")


def test_of_one_profile_only_its_own_sign_in(signing_in):
    clis(lambda file: file.write_text("{"), 9)(signing_in)
    assert codes(examined(signing_in, "behind")) == codes(examined(signing_in, "me")) == ["unusable_sign_in"]
    assert codes(examined(signing_in, "prod")) == []


def test_while_warder_has_its_own_it_does_not_look_at_garbage(signing_in):
    own_beside(signing_in)
    CLICache(signing_in, signing_in.sign_in).write_bytes(b"{")
    assert codes(examined(signing_in)) == []
    signing_in.good("process", "me")


def test_a_sign_in_that_works_is_noted(signing_in):
    clis()(signing_in)
    report = examined(signing_in)
    (note,) = [note for note in report["notes"] if note["code"] == "cli_sign_in"]
    assert codes(report) == [] and "the sign-in of me in plain text; warder login me " in note["message"], report


def test_a_copy_that_another_profile_has_stays(signing_in):
    """SDKs that do not ask warder need it."""
    own_beside(signing_in)
    appended(".aws/config", f"\n[profile cli]\nregion = eu-west-1\nlogin_session = {signin.ARN}\n")(signing_in)
    assert codes(examined(signing_in)) == []
