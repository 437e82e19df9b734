"""Rules of `/etc/warder/config` where more than one store or process has a part: moving, renewing, signing in."""

import calendar
import json
import time

import pytest
from home import random_key
from importing import pair
from ruled import PATH, Machine, Ruled, missing
from stores import FileStore, SecretServiceStore, lines
from test_sso import corp, signed_in  # noqa: F401

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@pytest.fixture
def machine(tmp_path):
    tmp_path.chmod(0o755)
    return Machine(tmp_path / "etc")


@pytest.mark.parametrize("kind, other", [(FileStore, "libsecret"), (SecretServiceStore, "file")])
def test_a_store_that_is_forbidden_can_be_looked_at_and_left(desktop, machine, kind, other):
    store = kind(desktop)
    ruled = Ruled(desktop, machine).rule(f"stores = {other}")
    ruled.run("process", "alice", passphrase=True).failed(
        8, f"{PATH}:2: stores is {other}, but the keys are in the", f"warder store move --to {other}")
    for words in (["list"], ["status"], ["store"], ["unlock"], ["log"]):
        ruled.good(*words, passphrase=True)
    assert f"{PATH}:2" in json.loads(ruled.good("explain", "alice", "--json"))["fails"]
    ruled.good("store", "move", "--to", other, passphrase=True)
    answer = json.loads(ruled.good("process", "alice", passphrase=True))
    assert answer["AccessKeyId"] == desktop.key[0]
    ruled.run("store", "move", "--to", store.kind, passphrase=True).failed(8, "this would store a key in the")


def test_a_vault_that_only_a_forbidden_slot_opens_can_be_left(desktop, machine):
    FileStore(desktop)
    keyfile = desktop.root / "keyfile"
    env = {"WARDER_KEYFILE": str(keyfile)}
    desktop.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
    desktop.good("vault", "slots", "remove", "passphrase", "--yes", env=env)
    desktop.good("lock")
    desktop.good("unlock", env=env)
    ruled = Ruled(desktop, machine).rule("slots = passphrase")
    ruled.run("process", "alice", env=env).failed(8, "by its keyfile slot")
    ruled.good("store", "move", "--to", "libsecret", env=env)
    ruled.good("process", "alice")


@pytest.mark.parametrize("rule, kind", [("stores = libsecret", "libsecret"), ("stores = file", "file")])
def test_the_first_key_goes_where_it_may(desktop, machine, rule, kind):
    """With a keyring that is open, it would go there."""
    ruled = Ruled(desktop, machine).rule(rule)
    ruled.good("add", "bob", "--stdin", "--no-verify", input=lines(random_key()), passphrase=True)
    assert ruled.good("store").split()[0] == kind


def test_no_vault_is_restored_where_none_may_be(bare, machine):
    bare.add_vault()
    copy = bare.vault.rename(bare.root / "copy")
    bare.data.rmdir()
    ruled = Ruled(bare, machine).rule("stores = libsecret")
    ruled.run("vault", "restore", copy, passphrase=True).failed(
        8, f"{PATH}:2: stores is libsecret", "this would store a key in the vault")
    assert not bare.vault.exists()
    machine.rule("stores = libsecret, file")
    ruled.good("vault", "restore", copy, passphrase=True)
    assert bare.stored() == {"alice": bare.key}


def test_a_vault_that_keys_move_into_has_a_passphrase_that_is_long_enough(desktop, machine):
    SecretServiceStore(desktop)
    ruled = Ruled(desktop, machine).rule("min_passphrase_length = 29")
    ruled.run("store", "move", "--to", "file", passphrase=True).failed(
        8, f"{PATH}:2: min_passphrase_length is 29", "this passphrase has 28 characters")
    assert ruled.good("store").split()[0] == "libsecret" and not desktop.vault.exists()
    machine.rule("min_passphrase_length = 28")
    ruled.good("store", "move", "--to", "file", passphrase=True)
    assert desktop.stored() == {"alice": desktop.key}


def test_import_does_not_touch_a_file_then(home, machine):
    credentials = home.root / ".aws/credentials"
    credentials.write_text("[bob]\n" + pair(random_key()))
    before = credentials.read_bytes(), home.config_file.read_bytes()
    ruled = Ruled(home, machine).rule("stores = libsecret")
    result = ruled.run("import", "bob", "--yes", "--no-verify", passphrase=True)
    assert result.code == 8 and f"{PATH}:2: stores is libsecret" in result.err, result
    assert (credentials.read_bytes(), home.config_file.read_bytes()) == before


def test_refresh_all_does_what_is_allowed(unlocked, machine, sts):
    unlocked.add_profile("p", "warder_key = alice")
    ruled = Ruled(unlocked, machine).rule("require_mfa = true")
    result = ruled.run("refresh", "--all", "--mfa-code", "123456", passphrase=True)
    assert result.code == 8, result
    assert f"p      {PATH}:2: require_mfa is true, but p asks for no MFA code" in result.err, result
    assert sorted(sts.actions()) == ["AssumeRole", "AssumeRole", "GetSessionToken"]
    ruled.good("process", "prod")


def test_a_renewal_of_exec_serve_is_bound_too(unlocked, machine):
    unlocked.add_profile("p", "warder_key = alice")
    words = ["renew-served", "--margin", "960", "--", "p"]
    given = {"input": "0" * 64 + "\n", "passphrase": True}
    ruled = Ruled(unlocked, machine)
    assert '"AccessKeyId":"ASIA' in ruled.good(*words, **given)
    ruled.rule("require_mfa = true")
    refused = ruled.run(*words, **given)
    assert refused.code == 8 and refused.out.startswith(f"{PATH}:2: require_mfa is true"), refused


def test_a_role_of_the_identity_center_ends_at_the_bound(signed_in, machine):  # noqa: F811
    """Its permission set says how long it lasts."""
    ruled = Ruled(signed_in, machine)

    def left():
        end = json.loads(ruled.good("process", "one"))["Expiration"]
        return calendar.timegm(time.strptime(end, "%Y-%m-%dT%H:%M:%SZ")) - time.time()

    assert left() > 1900
    ruled.rule("max_session_duration = 30m")
    assert 1700 < left() <= 1800
    ruled.good("forget", "one")
    assert 1700 < left() <= 1800
