"""Everything that goes wrong: the exit code, one line that says what, one that says what to do, and nothing lost."""

import pytest
from home import MFA, PASSPHRASE, ROLE, exit_code, random_key

ROLE_LINE = f"warder_role_arn = {ROLE}"


# Locked, wrong, unknown


def test_wrong_passphrase(careful):
    careful.run("process", "prod", passphrase="wrong").failed(3)


def test_wrong_passphrase_for_a_change(careful):
    key = "{}\n{}\n".format(*random_key())
    careful.run("add", "bob", "--stdin", "--no-verify", input=key, passphrase="wrong").failed(3)


@pytest.mark.parametrize("arguments", [["process", "prod"], ["env", "prod", "--format", "json"], ["whoami", "prod"]])
@pytest.mark.parametrize("quiet", [[], ["--no-prompt"]])
def test_locked(careful, arguments, quiet):
    careful.run(*arguments, *quiet).failed(3, "locked", "warder unlock")


def test_locked_by_variable_even_at_a_terminal(careful):
    terminal = careful.terminal("process", "prod", env={"WARDER_NO_PROMPT": "1"})
    terminal.expect("warder: .*locked")
    assert exit_code(terminal) == 3


def test_a_code_is_needed_and_nobody_is_there(careful):
    careful.unlock()
    careful.run("process", "prod", passphrase=True).failed(4, MFA)


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", ""])
def test_what_is_no_code(careful, sts, code):
    result = careful.run("process", "prod", "--mfa-code", code, passphrase=True)
    result.failed(result.code)
    assert result.code in (2, 4) and sts.requests == []


@pytest.mark.parametrize("command", ["process", "env", "whoami", "refresh", "forget"])
def test_no_such_profile(careful, command):
    options = ["--format", "json"] if command == "env" else []
    careful.run(command, *options, "nobody", passphrase=True).failed(7, "nobody")


def test_a_profile_whose_key_is_not_there(careful):
    careful.add_profile("ghost", "warder_key = ghost")
    careful.run("process", "ghost", passphrase=True).failed(7, "ghost")


def test_no_vault(bare):
    bare.add_profiles()
    result = bare.run("process", "prod", passphrase=True)
    result.failed(result.code)
    assert result.code in (3, 7) and not bare.vault.exists()


# Configuration


@pytest.mark.parametrize("text", [None, ""], ids=["missing", "empty"])
def test_no_config(careful, text):
    careful.config_file.unlink()
    if text is not None:
        careful.config(text)
    careful.run("process", "prod", passphrase=True).failed(7, "prod")


@pytest.mark.parametrize(
    "text, code",
    [
        ("[profile prod]\nregion = a\0b\n", 8),
        ("\0" * 4096, 8),
        ("[profile prod\n", 8),
        ("region = eu-west-1\n", 8),
        ("[profile prod]\n= x\n", 8),
        ("[profile prod]\nnonsense\n", 8),
    ],
    ids=repr,
)
def test_a_config_that_cannot_be_read(careful, text, code):
    careful.config(text)
    result = careful.run("process", "prod", passphrase=True)
    result.failed(code, f"{careful.config_file}:")


BAD_LINES = {
    "role": "warder_role_arn = not-an-arn",
    "role of another service": "warder_role_arn = arn:aws:s3:::bucket",
    "duration": f"{ROLE_LINE}\nduration_seconds = soon",
    "duration under 900": f"{ROLE_LINE}\nduration_seconds = 899",
    "duration over 43200": f"{ROLE_LINE}\nduration_seconds = 43201",
    "device": f"{ROLE_LINE}\nmfa_serial = no device",
    "session name": f"{ROLE_LINE}\nrole_session_name = a b",
    "external id": f"{ROLE_LINE}\nexternal_id = x",
    "tags": f"{ROLE_LINE}\nsession_tags = novalue",
    "source identity": f"{ROLE_LINE}\nsource_identity = a/b",
    "source": f"{ROLE_LINE}\nwarder_source_profile = nobody",
    "itself in a circle": f"{ROLE_LINE}\nwarder_source_profile = other",
    "credential source": f"{ROLE_LINE}\ncredential_source = Magic",
    "policies": f"{ROLE_LINE}\npolicy_arns = " + ",".join(["arn:aws:iam::aws:policy/X"] * 11),
    "policy": f"{ROLE_LINE}\npolicy = " + "{" + "x" * 2100 + "}",
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_settings_that_aws_would_refuse(careful, sts, name):
    lines = BAD_LINES[name]
    if "source" not in name and "itself" not in name:
        lines += "\nwarder_source_profile = alice"
    careful.config(careful.config_file.read_text() + f"\n[profile bad]\n{lines}\n")
    careful.config(
        careful.config_file.read_text() + f"\n[profile other]\n{ROLE_LINE}\nwarder_source_profile = bad\n"
    )
    result = careful.run("process", "bad", "--mfa-code", "123456", passphrase=True)
    result.failed(8, f"{careful.config_file}:")
    assert sts.requests == []


def test_a_chain_that_is_too_long(careful):
    careful.add_profile("c0", ROLE_LINE, "warder_source_profile = alice")
    for number in range(1, 10):
        careful.add_profile(f"c{number}", ROLE_LINE, f"warder_source_profile = c{number - 1}")
    careful.run("process", "c9", passphrase=True).failed(8)


def test_a_folder_where_the_config_should_be(careful):
    careful.config_file.unlink()
    careful.config_file.mkdir()
    result = careful.run("process", "prod", passphrase=True)
    result.failed(result.code, str(careful.config_file))


# At the terminal


def test_a_terminal_that_hangs_up_while_it_is_asked(careful):
    terminal = careful.terminal("process", "prod")
    terminal.expect("passphrase for .*: ")
    terminal.sendcontrol("d")
    terminal.expect("warder: ")
    assert exit_code(terminal) == 4


def test_three_wrong_passphrases_typed(careful):
    terminal = careful.terminal("unlock")
    for attempt in ("a", "b", "c"):
        terminal.expect("passphrase for .*: ")
        terminal.sendline(attempt)
    terminal.expect("warder: ")
    assert exit_code(terminal) == 3


def test_a_mistyped_passphrase_may_be_mended(careful):
    # Where the log began would go into the vault.
    careful.settings("[warder]\nlog = off\n")
    terminal = careful.terminal("unlock")
    terminal.expect("passphrase for .*: ")
    terminal.sendline("wrong")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    assert exit_code(terminal) == 0
