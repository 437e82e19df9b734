"""`warder presign` under the rules of a machine: no URL is signed by what may not be given out."""

import pytest
from home import ROLE
from importing import pair
from presigning import parameters
from ruled import PATH, Machine, Ruled, missing
from stores import add_key_profile

OBJECT = "s3://photos/k"
pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@pytest.fixture
def ruled(working, tmp_path):
    """A home with sessions in the cache, on a machine without rules so far."""
    tmp_path.chmod(0o755)
    return Ruled(working, Machine(tmp_path / "etc"))


def refused(ruled, rule, profile, *said):
    """And allowed, without the rule."""
    ruled.rule(rule)
    result = ruled.run("presign", profile, OBJECT, passphrase=True)
    result.failed(8, f"{PATH}:2", *said)
    assert result.out == ""
    ruled.rule("log = on")
    assert parameters(ruled.good("presign", profile, OBJECT, passphrase=True).strip())["X-Amz-Signature"]


@pytest.mark.parametrize("profile", ["prod", "itself"])
def test_on_stores(ruled, profile):
    """Neither a session that is in the cache nor a key of such a store."""
    add_key_profile(ruled.home, "itself", "alice")
    refused(ruled, "stores = libsecret", profile, "stores is libsecret, but the keys are in the")


@pytest.mark.parametrize("profile", ["plain", "behind"])
def test_on_keys_in_files(ruled, profile):
    ruled.home.add_profile("plain", *pair(ruled.home.key).splitlines())
    ruled.home.add_profile("behind", f"warder_role_arn = {ROLE}", "warder_source_profile = plain")
    refused(ruled, "plaintext_keys = refuse", profile, "the key of plain is in plain text")


def test_on_mfa(ruled):
    add_key_profile(ruled.home, "itself", "alice")
    refused(ruled, "require_mfa = true", "itself", "asks for no MFA code")


def test_on_durations(ruled):
    """A key that signs itself never ends, and a URL of it could last for days."""
    add_key_profile(ruled.home, "itself", "alice")
    refused(ruled, "max_session_duration = 12h", "itself", "the key alice would be given out as it is")
