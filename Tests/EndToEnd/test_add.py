"""How a key gets into the vault."""

import pexpect
import pytest
from home import MFA, PASSPHRASE, exit_code, random_key
from recording_sts import denied, invalid_key

HEAD = "Access key ID,Secret access key"


@pytest.fixture
def asked(bare, sts):
    """A home without a vault, whose AWS is the recording STS."""
    bare.endpoint(sts.url)
    return bare


def lines(key):
    return f"{key[0]}\n{key[1]}\n"


@pytest.mark.parametrize("text", ["{0}\n{1}\n", "{0}\n{1}", "{0}\r\n{1}\r\n", "  {0} \n {1} \n"], ids=repr)
def test_from_standard_input(asked, sts, text):
    asked.good("add", "alice", "--stdin", input=text.format(*asked.key), passphrase=True)
    assert asked.stored() == {"alice": asked.key}
    assert sts.only("GetCallerIdentity").access_key_id == asked.key[0]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "\n{0},{1}\n",
        "\ufeff" + HEAD + "\r\n{0},{1}\r\n",
        HEAD + "\n{0},{1}",
        '"Access key ID","Secret access key"\n"{0}","{1}"\n',
    ],
    ids=["as-it-is", "byte-order-mark-and-crlf", "no-last-newline", "quoted"],
)
def test_from_the_console_s_download(asked, text):
    file = asked.root / "alice_accessKeys.csv"
    file.write_text(text.format(*asked.key), newline="")
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


def test_a_second_key_joins_the_first(home):
    key = random_key()
    home.good("add", "bob", "--stdin", input=lines(key), passphrase=True)
    assert home.stored() == {"alice": home.key, "bob": key}


def test_no_verify_asks_nobody(home, sts):
    key = random_key()
    home.good("add", "bob", "--stdin", "--no-verify", input=lines(key), passphrase=True)
    assert home.stored()["bob"] == key
    assert sts.requests == []


@pytest.mark.parametrize("behaviour", [denied, invalid_key])
def test_a_key_that_is_refused_leaves_nothing(home, sts, behaviour):
    before = home.vault.read_bytes()
    sts.always("GetCallerIdentity", behaviour)
    home.run("add", "bob", "--stdin", input=lines(random_key()), passphrase=True).failed(5)
    assert home.vault.read_bytes() == before
    assert not home.has_secret("bob", home.root)


def test_a_name_that_is_taken(home):
    before = home.vault.read_bytes()
    result = home.run("add", "alice", "--stdin", "--no-verify", input=lines(random_key()), passphrase=True)
    result.failed(1, "alice", "--replace")
    assert home.vault.read_bytes() == before


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


def test_a_profile_that_is_not_wanted_is_not_written(asked):
    options = ["--mfa-serial", MFA, "--no-write-profile"]
    result = asked.run("add", "alice", "--stdin", *options, input=lines(asked.key), passphrase=True)
    assert result.code == 0 and f"mfa_serial = {MFA}" in result.err, result
    assert not asked.config_file.exists()


def test_without_a_word_of_it_no_profile_is_written(asked):
    asked.good("add", "alice", "--stdin", input=lines(asked.key), passphrase=True)
    assert not asked.config_file.exists()


def test_a_profile_that_is_there_stays_as_it_is(home):
    before = home.config_file.read_text()
    command = ["add", "alice", "--replace", "--stdin", "--no-verify", "--write-profile"]
    key = random_key()
    home.good(*command, input=lines(key), passphrase=True)
    assert home.stored() == {"alice": key}
    assert home.config_file.read_text() == before


@pytest.mark.parametrize(
    "text",
    ["", "\n", "AKIAABCDEFGHIJKLMNOP\n", "AKIA\nsecretsecretsecretsecret\n", "{1}\n{0}\n", "{0}\nshort\n", "\0\n\0\n"],
    ids=repr,
)
def test_what_is_no_key_is_refused_and_not_shown(home, text):
    before = home.vault.read_bytes()
    result = home.run("add", "bob", "--stdin", input=text.format(*random_key()), passphrase=True)
    assert result.code in (2, 8), result
    result.failed(result.code)
    assert home.vault.read_bytes() == before
    assert "secretsecret" not in result.err


def test_a_session_s_key_is_refused(home):
    key = ("ASIA" + "A" * 16, "x" * 40)
    home.run("add", "bob", "--stdin", input=lines(key), passphrase=True).failed(2)


@pytest.mark.parametrize("name", ["", "a b", "x" * 129, "ä", "a\nb", "../../etc/passwd\0"[:-1] + ";"], ids=repr)
def test_names_that_are_none(home, name):
    home.run("add", name, "--stdin", "--no-verify", input=lines(random_key()), passphrase=True).failed(2)


@pytest.mark.parametrize("name", ["alice@example.com", "a/b", "x" * 128, "A_b-c.d+e=f,g:h%i"])
def test_names_that_are_good(home, name):
    home.good("add", name, "--stdin", "--no-verify", input=lines(random_key()), passphrase=True)
    assert name in home.stored()
