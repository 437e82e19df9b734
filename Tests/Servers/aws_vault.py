#!/usr/bin/env python3
"""A stand-in for aws-vault 7.2: its commands `list` and `export`. Its file store lists without a passphrase, and asks for
it to give a key out.

Its keys are in the file that AWS_VAULT_STAND_IN names, as JSON: the passphrase, and name → id and secret, or id, secret
and session token."""

import configparser
import getpass
import json
import os
import sys


def fail(message):
    print(f"aws-vault: error: {message}", file=sys.stderr)
    sys.exit(1)


def stored():
    with open(os.environ["AWS_VAULT_STAND_IN"]) as file:
        return json.load(file)


def opened():
    """The keys. After the question for the passphrase, aws-vault ends the line on standard output."""
    store = stored()
    given = os.environ.get("AWS_VAULT_FILE_PASSPHRASE")
    if given is None:
        if not sys.stdin.isatty():
            fail("inappropriate ioctl for device")
        print('Enter passphrase to unlock "~/.awsvault/keys/": ', end="", file=sys.stderr, flush=True)
        given = getpass.getpass("", stream=sys.stderr)
        print(flush=True)
    if given != store["passphrase"]:
        fail("aes.KeyUnwrap(): integrity check failed.")
    return store["keys"]


def list_command(arguments):
    if arguments == ["--credentials"]:
        for name in sorted(stored()["keys"]):
            print(name)
        return
    fail("only --credentials is played here")


def export_command(arguments):
    options = [word for word in arguments if word.startswith("-")]
    names = [word for word in arguments if not word.startswith("-")]
    if "AWS_VAULT" in os.environ:
        fail("in an existing aws-vault subshell; 'exit' from the subshell or unset AWS_VAULT to force")
    if sorted(options) != ["--format=json", "--no-session"] or len(names) != 1:
        fail(f"unexpected {arguments}")
    config = configparser.ConfigParser()
    config.read(os.environ.get("AWS_CONFIG_FILE", os.path.expanduser("~/.aws/config")))
    section = f"profile {names[0]}"
    if config.has_option(section, "role_arn") or "AWS_ROLE_ARN" in os.environ:
        fail(f"Failed to get credentials for {names[0]}: operation error STS: AssumeRole")
    keys = opened()
    if names[0] not in keys:
        fail(f"Failed to get credentials for {names[0]}: profile {names[0]}: credentials missing")
    members = zip(("AccessKeyId", "SecretAccessKey", "SessionToken"), keys[names[0]])
    print(json.dumps({"Version": 1, **dict(members)}, indent=2))


def main():
    if sys.argv[1:2] == ["list"]:
        list_command(sys.argv[2:])
    elif sys.argv[1:2] == ["export"]:
        export_command(sys.argv[2:])
    else:
        fail(f"expected command but got {sys.argv[1:2]}")


main()
