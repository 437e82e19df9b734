"""What depends on an imported key and may not do with a session, and what stands beside it."""

import json

import pytest
from home import MFA, PASSPHRASE, ROLE, exit_code, random_key
from importing import asking, imported, pair, run, user
from recording_sts import denied


def test_a_key_that_calls_iam(keyed, sts):
    """It is said, and with the option its session is switched off; a key with a device, or without IAM, keeps it."""
    sts.always("GetUser", user)
    result = imported(keyed)
    assert "default: the key can call IAM (iam:GetUser), but a session without MFA cannot" in result.err and "warder_session" in result.err
    assert "warder_session" not in keyed.config_file.read_text()
    other, third = random_key(), random_key()
    keyed.credentials.write_text(f"[work]\n{pair(other)}[mfa]\nmfa_serial = {MFA}\n{pair(third)}")
    assert "cannot call IAM" not in imported(keyed, "--session-off").err
    text = keyed.config_file.read_text()
    assert f"[profile work]\nwarder_session = off\n{asking('work')}" in text and text.count("warder_session") == 1
    keyed.unlock("--keys")
    assert json.loads(keyed.good("process", "work"))["AccessKeyId"] == other[0]


def test_a_key_that_may_not_call_iam(keyed, sts):
    sts.always("GetUser", denied)
    assert "IAM" not in imported(keyed, "--session-off").err
    assert "warder_session" not in keyed.config_file.read_text()


def test_the_question_about_iam(keyed, sts):
    sts.always("GetUser", user)
    terminal = keyed.terminal("import")
    terminal.expect(r"import 1 key\? \[y/N\] ")
    terminal.sendline("y")
    terminal.expect(r"\(warder_session = off\)\? \[y/N\] ")
    terminal.sendline("y")
    for question in ("passphrase for .*: ", "once more: "):
        terminal.expect(question)
        terminal.sendline(PASSPHRASE)
    assert exit_code(terminal) == 0
    assert "warder_session = off" in keyed.config_file.read_text()


ROLES = f"""\
[profile prod]
role_arn = {ROLE}
source_profile = default
mfa_serial = {MFA}
[profile plain]
role_arn = {ROLE}
source_profile = default
"""


@pytest.mark.parametrize("option", [[], ["--adopt"]])
def test_a_role_with_a_device_of_its_own(keyed, option):
    keyed.config(ROLES)
    result = imported(keyed, *option)
    text = keyed.config_file.read_text()
    assert ("warder adopt prod" in result.err) == (not option)
    assert (asking("prod") in text) == bool(option) and asking("plain") not in text
    keyed.good("adopt", "--undo", "--all")
    assert keyed.config_file.read_text().startswith(ROLES)


def test_the_question_about_roles(keyed):
    keyed.config(ROLES)
    terminal = keyed.terminal("import")
    terminal.expect(r"adopt it too, so that warder asks\? \[Y/n\] ")
    terminal.sendline("")
    terminal.expect(r"\+warder_role_arn = .*import 1 key\? \[y/N\] ")
    terminal.sendline("n")
    assert exit_code(terminal) == 4
    assert keyed.config_file.read_text() == ROLES


@pytest.mark.parametrize("lines", ["role_arn = {role}\nsource_profile = bob\n", "sso_session = s\n", "login_session = a\n",
                                   "credential_process = /bin/other\n"])
def test_what_stands_beside_a_key(keyed, lines):
    """SDKs differ in which they go by."""
    keyed.credentials.unlink()
    text = f"[profile p]\n{lines.format(role=ROLE)}{pair(keyed.key)}[profile bob]\nregion = r\n"
    keyed.config(text)
    run(keyed, "--yes").failed(8, f"{keyed.config_file}:2: ", "keep one of the two")
    assert keyed.config_file.read_text() == text and not keyed.vault.exists()


def test_a_program_that_a_key_hides(keyed):
    text = "[default]\ncredential_process = /bin/other\nregion = r\n"
    keyed.config(text)
    imported(keyed)
    keyed.unlock("--keys")
    assert json.loads(keyed.good("process", "default"))["AccessKeyId"].startswith("ASIA")
    keyed.good("adopt", "--undo", "default")
    assert keyed.config_file.read_text() == text


def test_a_device_is_named_whose_codes_sessions_need(keyed):
    """SDKs used the key without one."""
    third = random_key()
    keyed.credentials.write_text(f"[mfa]\nmfa_serial = {MFA}\n{pair(third)}")
    said = imported(keyed).err
    assert MFA in said and "once every 12 hours" in said and "warder refresh mfa\n" in said
