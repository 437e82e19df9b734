"""`explain` says what the next `process` will fail of, with the words of that failure."""

import json

import pytest
from clouds import ACCOUNT, PERMISSIONS, START
from home import ROLE
from secret_service import answered


def foreseen(home, name, code, *words, **options):
    """That `process` fails, and that `explain`, which makes no fuss of it, says so in the same words before."""
    explanation = json.loads(answered(home, "explain", name, "--json", **options).out)
    tree = answered(home, "explain", name, **options).out
    result = answered(home, "process", name, "--mfa-code", "123456", **options)
    result.failed(code, *words)
    message = result.err.splitlines()[0].removeprefix("warder: ")
    assert explanation["fails"] and explanation["fails"].startswith(message), (explanation, result)
    assert tree.splitlines()[-2].startswith("next: fails: " + message[:50]), tree
    return explanation


@pytest.fixture
def keyfile(home):
    """A vault that opens by itself."""
    path = home.root / "keyfile"
    home.good("vault", "slots", "add", "keyfile", path, passphrase=True)
    home.environment["WARDER_KEYFILE"] = str(path)
    return path


@pytest.fixture
def filled(desktop):
    """A desktop whose Secret Service holds alice's key, and profiles that use it."""
    desktop.good("add", "alice", "--stdin", "--no-verify", "--store", "libsecret", input="\n".join(desktop.key) + "\n")
    desktop.add_profiles()
    return desktop


# The store


def test_what_warder_lock_took_stays_away(home, keyfile, sts):
    assert home.run("process", "prod").code == 4
    home.good("lock")
    assert foreseen(home, "prod", 3, "by warder lock")["prompts"] is False
    assert sts.requests == []


def test_so_it_does_of_the_secret_service(filled):
    filled.good("lock")
    foreseen(filled, "prod", 3, "by warder lock")


def test_a_locked_keyring(filled, sts):
    filled.add_profile("itself", "warder_key = alice", "warder_session = off")
    filled.good("unlock")
    filled.keyring.lock()
    foreseen(filled, "itself", 3, "keyring is locked")
    foreseen(filled, "prod", 3, "keyring is locked")
    filled.keyring.unlock()
    assert json.loads(answered(filled, "explain", "itself", "--json").out)["fails"] is None
    assert sts.requests == []


def test_what_is_cached_is_served_though_the_keyring_is_locked(filled):
    filled.good("refresh", "prod", "--mfa-code", "123456")
    filled.keyring.lock()
    explanation = json.loads(answered(filled, "explain", "prod", "--json").out)
    assert explanation["fails"] is None and explanation["prompts"] is False
    assert answered(filled, "process", "prod").code == 0


def test_a_service_that_is_not_there(filled):
    filled.keyring.kill()
    filled.add_profile("itself", "warder_key = alice", "warder_session = off")
    foreseen(filled, "itself", 3, "Secret Service")


@pytest.mark.parametrize("state", ["absent", "open to others"])
def test_a_keyfile_that_does_not_open(home, keyfile, state):
    home.start_anew()
    keyfile.unlink() if state == "absent" else keyfile.chmod(0o666)
    assert "the vault's passphrase" in home.good("explain", "prod").splitlines()[-2]
    home.run("process", "prod").failed(3)
    home.good("process", "prod", "--mfa-code", "123456", passphrase=True)


# The source


def test_no_such_key_in_the_secret_service(filled, sts):
    filled.add_profile("ghostly", f"warder_role_arn = {ROLE}", "warder_key = ghost")
    filled.good("unlock")
    foreseen(filled, "ghostly", 7, "there is no key named ghost")
    assert sts.requests == []


SOURCES = {
    "environment": ("credential_source = Environment", {"AWS_ACCESS_KEY_ID": "AKIA"}, 7),
    "sign-in": (
        f"sso_start_url = {START}\nsso_region = eu-west-1\nsso_account_id = {ACCOUNT}\nsso_role_name = {PERMISSIONS}",
        {}, 4),
}


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("has_store", [True, False])
def test_a_source_that_is_not_there(bare, sts, kind, has_store):
    settings, environment, code = SOURCES[kind]
    role = "" if kind == "sign-in" else f"role_arn = {ROLE}\n"
    bare.config(f"[profile p]\n{role}{settings}\n")
    bare.endpoint(sts.url)
    bare.environment |= environment
    if has_store:
        bare.add_vault()
        bare.unlock()
    explanation = foreseen(bare, "p", code, "run warder refresh p" if kind == "sign-in" else "")
    assert explanation["prompts"] is False and sts.requests == []
