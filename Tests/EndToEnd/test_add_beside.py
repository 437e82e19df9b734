"""`add` of a key, where SDKs would go on to take something else: what wins, where it stands, and what to do."""

import json

import pytest
from home import PASSPHRASE, ROLE, WARDER, exit_code


@pytest.fixture
def there(bare, sts):
    bare.endpoint(sts.url)
    return bare


def added(home, name="alice", *arguments, **options):
    identifier, secret = home.key
    result = home.run("add", name, "--stdin", *arguments, input=f"{identifier}\n{secret}\n", passphrase=True, **options)
    assert result.code == 0 and secret not in result.out + result.err, result
    return result.err


def keyed(key, header):
    return f"{header}\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n"


def test_the_same_key_in_its_own_profile(there):
    (there.root / ".aws/credentials").write_text("# mine\n" + keyed(there.key, "[alice]"))
    text = added(there)
    assert f"{there.root}/.aws/credentials:3: this key is in plain text too, in the profile alice" in text
    assert "it takes precedence over the stored one until it is removed" in text
    assert "hint: run warder import alice\n" in text
    # It is so: of SDKs, and of warder itself.
    there.unlock()
    source = there.good("explain", "alice").splitlines()[1]
    assert "it takes precedence over the stored one until it is removed" in source
    assert json.loads(there.good("process", "alice"))["AccessKeyId"] == there.key[0]


def test_the_environments_key(there):
    variables = dict(zip(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], there.key))
    result = there.run("add", "alice", "--from-env", passphrase=True, env=variables)
    assert result.code == 0 and "AWS_ACCESS_KEY_ID is set here, and comes before every profile" in result.err
    assert "hint: unset AWS_ACCESS_KEY_ID" in result.err


def test_nothing_is_said_where_nothing_is_in_the_way(there):
    text = added(there, "alice", "--region", "eu-west-1")
    assert "hint: " not in text, text
    there.config(f"[profile bob]\ncredential_process = {WARDER} process bob\n")
    assert "hint: " not in added(there, "bob", "--no-verify")


# A profile of the credentials file alone


def test_a_profile_of_the_credentials_file_is_written_into_the_config(there):
    credentials = there.root / ".aws/credentials"
    credentials.write_text(keyed(there.key, "[dan]"))
    before = there.config_file.read_text() if there.config_file.exists() else ""
    text = added(there, "dan", "--write-profile", "--no-verify")
    assert f"added the profile dan to {there.config_file}" in text and "already" not in text
    assert there.config_file.read_text().removeprefix(before).strip() == (
        f"[profile dan]\ncredential_process = {WARDER} process dan")
    assert f"{credentials}:2: this key is in plain text too, in the profile dan" in text and "adopt" not in text
    assert "run warder import dan\n" in text
    for rest in ["[dan]\n", ""]:
        credentials.write_text(rest)
        assert "SessionToken" in json.loads(there.good("process", "dan", passphrase=True))


def test_a_profile_of_the_credentials_file_is_not_sent_to_adopt(there):
    (there.root / ".aws/credentials").write_text(keyed(there.key, "[dan]"))
    text = added(there, "dan", "--no-write-profile", "--no-verify")
    assert "adopt" not in text and "add [profile dan] to the config file with credential_process = " in text


# The same command again


def test_settings_of_a_profile_that_differ_are_named(there):
    added(there, "dan", "--no-verify", "--region", "eu-west-1", "--mfa-serial", ROLE.replace("role/", "mfa/"))
    before = there.config_file.read_bytes()
    device = "arn:aws:iam::123456789012:mfa/other"
    text = added(there, "dan", "--no-verify", "--mfa-serial", device, "--region", "us-east-1")
    assert f"mfa_serial there is {ROLE.replace('role/', 'mfa/')}, not {device}, and " in text
    assert "region there is eu-west-1, not us-east-1: it stays as it is" in text
    text = added(there, "dan", "--no-verify", "--region", "eu-west-1")
    assert "already, and stays as it is" in text and "not eu-west-1" not in text
    assert there.config_file.read_bytes() == before


@pytest.mark.parametrize("answer", ["y", "n"])
def test_at_a_terminal_the_import_of_the_same_key_is_offered(there, answer):
    """With the store open already: the passphrase is not asked for again."""
    credentials = there.root / ".aws/credentials"
    credentials.write_text(keyed(there.key, "[work]"))
    terminal = there.terminal("add", "alice", "--no-verify", "--no-write-profile")
    for question, text in [
        ("access key id: ", there.key[0]), ("secret access key: ", there.key[1]),
        ("passphrase for .*: ", PASSPHRASE), ("once more: ", PASSPHRASE),
    ]:
        terminal.expect(question)
        terminal.sendline(text)
    terminal.expect(r"run warder import work now\? \[Y/n\] ")
    terminal.sendline(answer)
    if answer == "y":
        terminal.expect(r"import 1 key\? \[y/N\] ")
        terminal.sendline("y")
    assert exit_code(terminal) == 0
    assert (credentials.read_text() == "") == (answer == "y")
    config = there.config_file.read_text() if there.config_file.exists() else ""
    assert ("warder_key = alice" in config) == (answer == "y")
