"""Signatures, judged by moto with its checks switched on: each request signed by a key that exists, each allowed."""

import json

import pytest

ROLE = "arn:aws:iam::123456789012:role/Admin"


@pytest.fixture
def checked(bare, moto):
    bare.key = moto.user("alice")
    moto.role("Admin")
    bare.endpoint(moto.url)
    bare.add_profiles()
    # moto knows the sessions of roles as signers, but not those of GetSessionToken: the key itself signs.
    bare.add_profile("direct", f"role_arn = {ROLE}", "warder_key = alice", "warder_session = off")
    moto.check_everything()
    return bare


def flipped(secret):
    """The secret with one bit of one byte changed."""
    return secret[:-1] + chr(ord(secret[-1]) ^ 1)


def test_a_key_is_accepted(checked, moto):
    checked.add_vault()
    assert json.loads(checked.good("process", "alice", "--mfa-code", "123456", passphrase=True))["Version"] == 1


def test_a_role_s_session_is_accepted_token_and_all(checked, moto):
    checked.add_vault()
    told = json.loads(checked.good("whoami", "direct", "--json", passphrase=True))
    assert told["arn"].startswith("arn:aws:sts::123456789012:assumed-role/Admin/")


@pytest.mark.parametrize("command", [("process", "alice", "--mfa-code", "123456"), ("process", "direct")], ids=str)
def test_one_changed_byte_is_refused(checked, moto, command):
    identifier, secret = checked.key
    checked.add_vault(alice=(identifier, flipped(secret)))
    checked.run(*command, passphrase=True).failed(5)


def test_add_finds_a_key_that_does_not_work(checked, moto):
    identifier, secret = checked.key
    result = checked.run("add", "alice", "--stdin", input=f"{identifier}\n{flipped(secret)}\n", passphrase=True)
    result.failed(5)
    assert not checked.vault.exists()


def test_add_says_whose_key_it_is(checked, moto):
    identifier, secret = checked.key
    result = checked.run("add", "alice", "--stdin", input=f"{identifier}\n{secret}\n", passphrase=True)
    assert result.code == 0, result
    assert "arn:aws:iam::123456789012:user/alice" in result.err
