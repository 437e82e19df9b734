"""`warder doctor` on variables that SDKs look at before any profile, and on those that choose profile and files."""

import time

import pytest
from doctor import Case, cases, examined, goes_through
from faults import KEY, SESSION, asking, at, variables
from home import PROFILES, ROLE, WARDER


def expired(home):
    return {**SESSION, "WARDER_PROFILE": "prod", "AWS_CREDENTIAL_EXPIRATION": at(time.time() - 60)}


def a_relative_config(home):
    """Doctor runs in the home's folder."""
    return {"AWS_CONFIG_FILE": ".aws/config"}


def needed_with_token(home):
    home.add_profile("here", "warder_credential_source = Environment")
    return {**KEY, "AWS_SESSION_TOKEN": "t" * 40}


@cases(
    Case("a key", variables(**KEY), "environment_key", "AWS_ACCESS_KEY_ID"),
    Case("a session", variables(**SESSION), "environment_key", "AWS_ACCESS_KEY_ID"),
    Case("a session that warder exported and that has ended", expired, "expired_session", "AWS_ACCESS_KEY_ID"),
    Case(
        "another's that has ended",
        lambda home: {**SESSION, "AWS_CREDENTIAL_EXPIRATION": at(time.time() - 60)}, "expired_session",
    ),
    Case("a token alone", variables(AWS_SESSION_TOKEN="t" * 40), "stale_session_token", "AWS_SESSION_TOKEN"),
    Case("an older one", variables(AWS_SECURITY_TOKEN="t" * 40), "stale_session_token", "AWS_SECURITY_TOKEN"),
    Case(
        "a token beside a long-term key", variables(**KEY, AWS_SESSION_TOKEN="t" * 40), "environment_key",
        "AWS_ACCESS_KEY_ID",
    ),
    Case(
        "a token beside a long-term key that a profile lives on", needed_with_token, "stale_session_token",
        "AWS_SESSION_TOKEN",
    ),
    Case(
        "a web identity", variables(AWS_WEB_IDENTITY_TOKEN_FILE="/run/token", AWS_ROLE_ARN=ROLE),
        "environment_web_identity", "AWS_WEB_IDENTITY_TOKEN_FILE",
    ),
    Case("a profile that is mistyped", variables(AWS_PROFILE="prdo"), "unknown_profile", "AWS_PROFILE"),
    Case("a profile that is gone", variables(AWS_PROFILE="sandbox"), "unknown_profile", "AWS_PROFILE"),
    Case("a default that is gone", variables(AWS_DEFAULT_PROFILE="x"), "unknown_profile", "AWS_DEFAULT_PROFILE"),
    Case(
        "two profiles", variables(AWS_PROFILE="prod", AWS_DEFAULT_PROFILE="audit"), "two_profiles",
        "AWS_DEFAULT_PROFILE",
    ),
    Case("a relative config", a_relative_config, "relative_file", "AWS_CONFIG_FILE"),
    Case(
        "relative credentials", variables(AWS_SHARED_CREDENTIALS_FILE="credentials"), "relative_file",
        "AWS_SHARED_CREDENTIALS_FILE",
    ),
    Case("a config that is gone", variables(AWS_CONFIG_FILE="/nowhere/config"), "absent_file", "AWS_CONFIG_FILE"),
)
def test_the_environment(home, case):
    goes_through(home, case)


def test_a_key_without_a_profile_of_its_name_gets_one(unlocked):
    """SDKs know no key that has no section."""
    with unlocked.opened():
        unlocked.good("list")
    unlocked.config(PROFILES.split("\n\n", 1)[1].replace("source_profile = alice", "key = alice"))
    goes_through(unlocked, Case("a key", variables(AWS_PROFILE="alice"), "unknown_profile", "AWS_PROFILE"))
    assert f"[profile alice]\ncredential_process = {WARDER} process alice\n" in unlocked.config_file.read_text()


def notes(home):
    report = examined(home)
    assert report["findings"] == []
    # That the vault is locked, and the tests' own AWS, are notes too.
    return {note["code"]: note["place"] for note in report["notes"] if note["code"] not in ("endpoint", "locked")}


def test_what_is_meant_is_a_note(home):
    """A session that warder exported for this shell, a config elsewhere, a key that a profile lives on."""
    assert notes(home) == {}
    end = at(time.time() + 3600)
    home.environment |= {**SESSION, "WARDER_PROFILE": "prod", "AWS_CREDENTIAL_EXPIRATION": end}
    assert notes(home) == {"exported_session": "AWS_ACCESS_KEY_ID"}
    assert end in home.good("doctor")
    for name in (*SESSION, "WARDER_PROFILE", "AWS_CREDENTIAL_EXPIRATION"):
        del home.environment[name]
    (home.root / "elsewhere").write_text(PROFILES)
    home.environment |= {"AWS_CONFIG_FILE": str(home.root / "elsewhere"), "AWS_SHARED_CREDENTIALS_FILE": "~/none"}
    assert notes(home) == {
        "config_file": "AWS_CONFIG_FILE", "credentials_file": "AWS_SHARED_CREDENTIALS_FILE"
    }
    with (home.root / "elsewhere").open("a") as file:
        file.write("\n".join([*asking("here", "warder_credential_source = Environment"), ""]))
    home.environment |= KEY
    assert notes(home)["needed_key"] == "AWS_ACCESS_KEY_ID"


def test_a_web_identity_that_a_profile_lives_on_is_a_note(bare):
    web = f"[profile web]\ncredential_process = {WARDER} process web\nwarder_role_arn = {ROLE}\n"
    bare.config(web + "warder_web_identity_token_file = /run/token\n[profile pod]\n" + f"role_arn = {ROLE}\n")
    bare.environment |= {"AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token", "AWS_ROLE_ARN": ROLE}
    assert notes(bare) == {"web_identity_variable": "AWS_WEB_IDENTITY_TOKEN_FILE"}


@pytest.mark.parametrize("variables", [KEY, {"AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token"}])
def test_the_environment_is_free_to_who_asks_no_warder(bare, variables):
    bare.config("[profile plain]\nregion = eu-west-1\n")
    bare.environment |= variables
    assert examined(bare)["findings"] == [] and notes(bare) == {}


def test_no_secret_of_the_environment_is_shown(home):
    home.environment |= {**SESSION, "AWS_SESSION_TOKEN": "token-of-mine", "AWS_SECRET_ACCESS_KEY": "secret-of-mine"}
    for arguments in ([], ["--json"]):
        out = home.run("doctor", *arguments).out
        assert "of-mine" not in out
