"""How a key gets into the vault."""

import pexpect
import pytest
from home import MFA, PASSPHRASE, exit_code, random_key
from recording_sts import invalid_key

HEAD = "Access key ID,Secret access key"


@pytest.fixture
def asked(bare, sts):
    """A home without a vault, whose AWS is the recording STS."""
    bare.endpoint(sts.url)
    return bare


def lines(key):
    return f"{key[0]}\n{key[1]}\n"


def test_from_standard_input(asked, sts):
    asked.good("add", "alice", "--stdin", input=lines(asked.key), passphrase=True)
    assert asked.stored() == {"alice": asked.key}
    assert sts.only("GetCallerIdentity").access_key_id == asked.key[0]


def test_from_the_console_s_download(asked):
    file = asked.root / "alice_accessKeys.csv"
    file.write_text("\ufeff" + HEAD + "\r\n{0},{1}\r\n".format(*asked.key), newline="")
    asked.good("add", "alice", "--csv", file, passphrase=True)
    assert asked.stored() == {"alice": asked.key}


def test_from_the_environment(asked):
    variables = dict(zip(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], asked.key))
    asked.good("add", "alice", "--from-env", passphrase=True, env=variables)
    assert asked.stored() == {"alice": asked.key}


def test_at_the_terminal(asked):
    identifier, secret = asked.key
    terminal = asked.terminal("add", "alice", "--no-verify")
    shown = []

    def answer(question, text):
        terminal.expect(question)
        shown.append(terminal.before)
        terminal.sendline(text)

    answer("access key id: ", identifier)
    answer("secret access key: ", secret)
    answer("passphrase for .*: ", PASSPHRASE)
    answer("once more: ", PASSPHRASE)
    # Whatever else is offered: yes.
    while terminal.expect(["[[]Y/n[]] ", "[[]y/N[]] ", pexpect.EOF]) < 2:
        shown.append(terminal.before)
        terminal.sendline("y")
    shown.append(terminal.before)
    assert exit_code(terminal) == 0
    assert asked.stored() == {"alice": asked.key}
    text = "".join(shown)
    assert identifier in text
    assert secret not in text and PASSPHRASE not in text


def test_two_passphrases_that_differ(asked):
    """A slip may be mended twice; then nothing is made."""
    terminal = asked.terminal("vault", "init")
    for _ in range(3):
        terminal.expect("passphrase for .*: ")
        terminal.sendline("one")
        terminal.expect("once more: ")
        terminal.sendline("other")
        terminal.expect("they differ")
    terminal.expect("warder: .*differ")
    assert exit_code(terminal) == 4
    assert not asked.vault.exists()


def test_a_key_that_is_refused_leaves_nothing(home, sts):
    before = home.vault.read_bytes()
    sts.always("GetCallerIdentity", invalid_key)
    home.run("add", "bob", "--stdin", input=lines(random_key()), passphrase=True).failed(5)
    assert home.vault.read_bytes() == before
    assert not home.has_secret("bob", home.root)


def test_replacing_a_key_drops_its_sessions(working):
    key = random_key()
    command = ["add", "alice", "--replace", "--stdin", "--no-verify"]
    working.good(*command, input=lines(key), passphrase=True)
    assert working.stored() == {"alice": key}
    assert working.sessions() == []


def test_the_profile_is_written_behind_what_is_there(asked):
    asked.config("# mine\n[profile other]\nregion = eu-north-1")
    options = ["--mfa-serial", MFA, "--region", "eu-west-1", "--write-profile"]
    asked.good("add", "alice", "--stdin", *options, input=lines(asked.key), passphrase=True)
    text = asked.config_file.read_text()
    assert text.startswith("# mine\n[profile other]\nregion = eu-north-1\n\n[profile alice]\n")
    assert f"mfa_serial = {MFA}\n" in text
    assert "process alice\n" in text
    assert asked.key[1] not in text


@pytest.mark.parametrize("option", ["--mfa-serial", "--region"])
def test_what_is_said_of_the_profile_is_not_dropped(asked, sts, option):
    """Where nobody can be asked: without its profile, sessions of the key would be made without MFA."""
    setting = {"--mfa-serial": f"mfa_serial = {MFA}", "--region": "region = eu-west-1"}[option]
    value = setting.split(" = ")[1]
    asked.environment["AWS_REGION"] = "eu-west-1"
    result = asked.run("add", "alice", "--stdin", option, value, input=lines(asked.key), passphrase=True)
    assert result.code == 0 and "added the profile alice" in result.err, result
    assert f"[profile alice]\n{setting}\n" in asked.config_file.read_text()
    answer = asked.run("process", "alice", passphrase=True)
    if option == "--mfa-serial":
        answer.failed(4, MFA)
        assert sts.actions() == ["GetCallerIdentity"]
    else:
        assert answer.code == 0, answer


def test_what_is_no_key_is_refused_and_not_shown(home):
    before = home.vault.read_bytes()
    identifier, secret = random_key()
    result = home.run("add", "bob", "--stdin", input=lines((secret, identifier)), passphrase=True)
    result.failed(8)
    assert home.vault.read_bytes() == before
    assert secret not in result.err
