"""Every command as a person first meets it: a real terminal, the vault locked, and no variable that gives the passphrase."""

import json
import re

import pexpect
import pytest
from home import PASSPHRASE, WARDER, random_key

PROMPTS = [
    r"passphrase for [^\r\n]*: ", r"MFA code for [^\r\n]*: ", r"(?:choose a passphrase for|once more)[^\r\n]*: ",
    r"secret access key: ", r"secret key or otpauth[^\r\n]*: ", r"\[[yY]/[nN]\] ", pexpect.EOF,
]
CODES = iter(range(100_000, 1_000_000))


class Answered:
    """A command at a terminal, whose prompts are answered; how often it asked for the passphrase and for codes."""

    def __init__(self, home, *arguments, env=None):
        terminal = home.terminal(*arguments, env=env)
        self.passphrases = self.codes = 0
        self.text = ""
        while True:
            which = terminal.expect(PROMPTS)
            self.text += terminal.before + (terminal.after if isinstance(terminal.after, str) else "")
            if which == 6:
                break
            assert self.passphrases + self.codes < 12, self.text
            if which == 0:
                self.passphrases += 1
            elif which == 1:
                self.codes += 1
            terminal.sendline({0: PASSPHRASE, 1: str(next(CODES)), 2: "another long passphrase", 3: home.key[1],
                               4: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 5: "y"}[which])
        terminal.close()
        self.code = terminal.exitstatus
        assert PASSPHRASE not in self.text

    def good(self, passphrases=1, codes=0):
        assert self.code == 0, self.text
        assert (self.passphrases, self.codes) == (passphrases, codes), self.text
        return self.text


@pytest.fixture
def plain(home):
    """A key without MFA, a role behind it, and another one that the key itself signs for."""
    home.config(
        f"[profile alice]\nregion = eu-west-1\ncredential_process = {WARDER} process alice\n"
        f"[profile ro]\nregion = eu-west-1\ncredential_process = {WARDER} process ro\n"
        "warder_role_arn = arn:aws:iam::444444444444:role/ReadOnly\nwarder_source_profile = alice\n"
        f"[profile direct]\nregion = eu-west-1\ncredential_process = {WARDER} process direct\n"
        "warder_role_arn = arn:aws:iam::555555555555:role/Direct\nwarder_key = alice\nwarder_session = off\n")
    return home


def test_refresh_all_of_a_key_without_mfa(plain, sts):
    text = Answered(plain, "refresh", "--all").good()
    assert len(re.findall("good for", text)) == 3
    assert sorted(sts.actions()) == ["AssumeRole", "AssumeRole", "GetSessionToken"]
    # The role is signed for by the session that was made just now.
    signers = {request.access_key_id for request in sts.requests if request.action == "AssumeRole"}
    assert len(signers) == 2


def test_refresh_all_of_a_key_with_mfa(home, sts):
    text = Answered(home, "refresh", "--all").good(codes=1)
    assert len(re.findall("good for", text)) == 3
    assert sorted(sts.actions()) == ["AssumeRole", "AssumeRole", "GetSessionToken"]


def test_refresh_all_with_the_sessions_unlocked(plain, sts):
    plain.unlock()
    Answered(plain, "refresh", "--all").good()


@pytest.mark.parametrize("arguments", [
    ["refresh", "ro"], ["refresh", "alice", "ro", "direct"], ["process", "ro"], ["process", "direct"],
    ["env", "ro", "--format", "json"], ["exec", "ro", "--", "true"], ["exec", "--serve", "ro", "--", "true"],
    ["whoami", "ro"], ["forget", "ro"], ["vault", "verify"], ["vault", "recovery"], ["vault", "passphrase"], ["unlock"],
    ["unlock", "--keys"], ["add", "--replace", "alice", "--csv", "key.csv", "--no-verify"], ["remove", "alice", "--yes"],
    ["vault", "slots", "add", "keyfile", "key"], ["vault", "slots", "add", "recovery"],
], ids=" ".join)
def test_a_command_asks_once(plain, arguments):
    identifier, secret = random_key()
    (plain.root / "key.csv").write_text(f"Access key ID,Secret access key\n{identifier},{secret}\n")
    Answered(plain, *arguments).good()


@pytest.mark.parametrize("arguments", [
    ["status"], ["list"], ["explain", "ro"], ["vault", "slots"], ["vault", "backup", "copy"], ["lock"], ["store"],
], ids=" ".join)
def test_a_command_that_only_looks_asks_nobody(plain, arguments):
    Answered(plain, *arguments).good(passphrases=0)


@pytest.mark.parametrize("arguments", [
    ["process", "prod"], ["env", "prod", "--format", "json"], ["exec", "prod", "--", "true"], ["refresh", "prod"],
    ["exec", "--serve", "prod", "--", "true"], ["whoami", "prod"],
], ids=" ".join)
def test_with_mfa_a_command_asks_for_one_passphrase_and_one_code(home, arguments):
    Answered(home, *arguments).good(codes=1)


def test_a_slot_is_removed_with_its_keys_renewed(plain):
    Answered(plain, "vault", "slots", "add", "keyfile", "key").good()
    plain.good("lock")
    Answered(plain, "vault", "slots", "remove", "keyfile", "--rekey").good()


def test_what_was_typed_serves_the_others(plain):
    """A person opened the vault: what is cached is there for everybody, from all commands alike."""
    Answered(plain, "refresh", "ro").good()
    assert plain.run("process", "ro").code == 0
    assert json.loads(plain.good("status", "--json"))["unlocked"]
