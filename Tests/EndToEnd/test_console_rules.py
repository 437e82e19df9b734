"""`warder console`: the rules of a machine, and what is left of a sign-in."""

import pytest
from consoles import DOCUMENT, READ_ONLY, process
from federation import Reply
from home import ROLE
from importing import pair
from logs import entries
from ruled import PATH, Machine, Ruled

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


@pytest.mark.parametrize("source", ["environment", "file"])
def test_a_rule_on_a_session_that_lies_ready(ruled, federation, source):
    pair = {"AWS_ACCESS_KEY_ID": "ASIAOFAROLE000000001", "AWS_SECRET_ACCESS_KEY": "a/secret",
            "AWS_SESSION_TOKEN": "a+token"}
    federation.others["ASIAOFAROLE000000001"] = ("a/secret", "a+token")
    if source == "environment":
        ruled.home.environment |= pair
        lines = ["credential_source = Environment"]
    else:
        lines = [f"{name.lower()} = {value}" for name, value in pair.items()]
    ruled.home.add_profile("ready", *lines)
    ruled.good("console", "ready")
    ruled.rule("max_session_duration = 2h")
    ruled.good("console", "ready")
    assert [request.form.get("SessionDuration") for request in federation.requests] == [None, "7200"]


def test_a_rule_on_keys_in_files(ruled, sts, federation):
    ruled.home.add_profile("plain", *pair(ruled.home.key).splitlines())
    ruled.rule("plaintext_keys = refuse")
    ruled.run("console", "plain", "--read-only").failed(8, f"{PATH}:2")
    assert sts.requests == []
    ruled.rule("plaintext_keys = allow")
    ruled.good("console", "plain", "--read-only")
    assert sts.only("GetFederationToken").access_key_id == ruled.home.key[0]


@pytest.mark.parametrize("options", [["prod"], ["alice", "--read-only"]])
def test_a_rule_on_stores(ruled, sts, federation, options):
    """Neither a session that is in the cache nor a key of such a store."""
    ruled.rule("stores = libsecret")
    ruled.run("console", *options, passphrase=True).failed(8, f"{PATH}:2: stores is libsecret, but the keys are in the")
    assert sts.requests == [] and federation.requests == []
    ruled.rule("stores = libsecret, file")
    ruled.good("console", *options, passphrase=True)


@pytest.mark.parametrize("policy", [READ_ONLY, DOCUMENT])
def test_a_rule_on_keys_in_files_whatever_the_policy(ruled, sts, federation, policy):
    """A role behind such a key, too."""
    ruled.home.add_profile("plain", *pair(ruled.home.key).splitlines())
    ruled.home.add_profile("behind", f"warder_role_arn = {ROLE}", "warder_source_profile = plain")
    ruled.rule("plaintext_keys = refuse")
    for profile in ("plain", "behind"):
        ruled.run("console", profile, "--policy", policy).failed(8, f"{PATH}:2", "the key of plain is in plain text")
    assert sts.requests == [] and federation.requests == []
    ruled.rule("plaintext_keys = warn")
    result = ruled.run("console", "plain", "--policy", policy)
    assert result.code == 0 and "is in plain text" in result.err, result


def test_a_rule_that_requires_mfa_of_a_role(ruled, sts, federation):
    ruled.home.add_profile("key", "warder_key = alice")
    ruled.home.add_profile("codeless", f"warder_role_arn = {ROLE}", "warder_source_profile = key")
    ruled.rule("require_mfa = true")
    ruled.run("console", "codeless", passphrase=True).failed(8, f"{PATH}:2", "asks for no MFA code")
    assert sts.requests == [] and federation.requests == []
    ruled.rule("require_mfa = false")
    ruled.good("console", "codeless", passphrase=True)


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
