"""What people type or have that is not so: what they believed, and what to do instead."""

import pytest
import recording_sts
from home import exit_code, random_key


@pytest.mark.parametrize(
    "words, said, hint",
    [
        ("proces prod", "no command proces", "did you mean warder process?"),
        ("prod", "no command prod", "it is a profile: eval $(warder env prod), or warder exec prod -- COMMAND"),
        ("list --jsn", "unknown option '--jsn'", "did you mean --json?"),
    ],
)
def test_a_word_that_warder_does_not_know(working, words, said, hint):
    working.run(*words.split()).failed(2, said, hint)


@pytest.mark.parametrize(
    "words, hint", [("env --shell bsh prod", "did you mean bash?")])
def test_a_value_that_is_none(working, words, hint):
    result = working.run(*words.split())
    assert result.code == 2 and hint in result.err and len(result.err.splitlines()) == 2, result


@pytest.mark.parametrize("command", [["process"], ["explain"], ["refresh"], ["exec"], ["whoami"], ["adopt"]])
def test_a_mistyped_profile(working, command):
    working.run(*command, "prdo").failed(7, "prdo", "did you mean prod?")
    assert "did you mean" not in working.run(*command, "entirely-else").err


def test_a_mistyped_profile_while_the_vault_is_locked(careful):
    careful.run("process", "prdo").failed(3, "prdo", "did you mean prod?")


def test_a_mistyped_key(working):
    working.run("remove", "alcie", "--yes").failed(7, "did you mean alice?")


# What AWS says of a key


def refusing(code):
    return lambda *_: recording_sts.error(403, code, "The one thing or the other.")


def test_a_secret_of_another_key(careful, sts):
    sts.always("GetSessionToken", refusing("SignatureDoesNotMatch"))
    careful.run("process", "prod", "--mfa-code", "123456", passphrase=True).failed(
        5, f"the secret does not belong to {careful.key[0]}", "warder add --replace alice")


def test_a_key_that_aws_does_not_know(careful, sts):
    sts.always("GetSessionToken", refusing("InvalidClientTokenId"))
    careful.run("process", "prod", "--mfa-code", "123456", passphrase=True).failed(
        5, f"{careful.key[0]} is active", "warder add --replace alice")


def test_a_session_that_aws_does_not_know(working, sts):
    sts.always("AssumeRole", refusing("InvalidClientTokenId"))
    working.run("process", "audit").failed(5, "warder forget")


def test_a_wrong_secret_for_add(home, sts):
    sts.always("GetCallerIdentity", refusing("SignatureDoesNotMatch"))
    key = f"AKIAIOSFODNN7EXAMPLE\n{random_key()[1]}\n"
    result = home.run("add", "bob", "--stdin", "--no-write-profile", input=key, passphrase=True)
    result.failed(5, "the secret does not belong to AKIAIOSFODNN7EXAMPLE")


# What env prints


@pytest.mark.parametrize(
    "options, said", [([], "eval $(warder env prod)"), (["--shell", "fish"], "warder env prod | source")])
def test_statements_at_a_terminal_are_called_what_they_are(working, options, said):
    terminal = working.terminal("env", *options, "prod")
    terminal.expect("AWS_SESSION_TOKEN")
    terminal.expect_exact("these are statements for your shell, secrets among them: " + said)
    assert exit_code(terminal) == 0
    assert working.run("env", "prod").err == ""


def test_what_aws_vault_says_of_its_shell_is_not_said_of_these_keys(working):
    inside = {"AWS_VAULT": "other"}
    assert "unset AWS_VAULT;" in working.good("env", "prod", env=inside)
    assert "unset AWS_VAULT;" in working.good("use", "--shell", "bash", "prod", env=inside)
    for options in ([], ["--serve"]):
        result = working.run("exec", *options, "prod", "--", "env", env=inside)
        assert result.code == 0 and "AWS_VAULT" not in result.out, result
