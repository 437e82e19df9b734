"""What `adopt` says: what cannot be served yet, what SDKs take in warder's place, what was left and why."""

import json

import pytest
from home import MFA, ROLE, WARDER

ALICE = f"[profile alice]\nmfa_serial = {MFA}\n"
PROD = f"[profile prod]\nrole_arn = {ROLE}\nsource_profile = alice\n"
KEY = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"


@pytest.fixture
def there(bare):
    bare.config(ALICE + PROD)
    return bare


def said(home, *arguments, code=0, **options):
    result = home.run("adopt", *arguments, **options)
    assert result.code == code, result
    assert "secret/of/it" not in result.out + result.err
    return result.err


# What the profile comes to


@pytest.mark.parametrize("dry", [["--dry-run"], []])
def test_a_key_that_is_not_stored(there, dry):
    assert said(there, *dry, "prod").endswith(
        "warder: prod cannot be served yet: the store has no key named alice\nhint: run warder add alice\n")


def test_once_the_key_is_stored_nothing_is_said(there):
    there.add_vault()
    there.unlock()
    assert said(there, "prod") == "warder: prod asks warder from now on\n"
    # Of a locked vault, too, whose keys cannot be seen.
    there.good("lock")
    assert said(there, "--undo", "prod") == "warder: prod asks warder no more\n"
    assert said(there, "prod") == "warder: prod asks warder from now on\n"


@pytest.mark.parametrize("arguments", [["p"]])
@pytest.mark.parametrize("lines, mentions", [
    ("role_arn = arn:aws:iam::2:role/A\nsource_profile = alice\n", "config:4: role_arn"),
])
def test_what_cannot_be_resolved_is_refused(there, lines, mentions, arguments):
    there.config(f"{ALICE}[profile p]\n{lines}")
    before = there.config_file.read_bytes()
    assert mentions in said(there, *arguments, code=8)
    assert there.config_file.read_bytes() == before


# What SDKs take in its place


def test_a_key_in_plain_text_says_its_name(there):
    (there.root / ".aws/credentials").write_text(f"[prod]\n{KEY}[only]\n{KEY}")
    for name, line in (("prod", 2), ("only", 5)):
        text = said(there, name, code=8)
        assert f"credentials:{line}: a key in plain text" in text and f"run warder import {name}" in text


# What is left


LEFT = f"""\
[default]
region = eu-west-1
{ALICE}
[profile asks]
credential_process = {WARDER} process asks
[profile vaulted]
credential_process = /usr/bin/aws-vault export x
[profile plain]
{KEY}
[profile signed]
login_session = arn:aws:iam::1:user/a
[profile named]
include_profile = base
[profile base]
role_arn = {ROLE}
source_profile = alice
[profile bad]
role_arn = arn:aws:iam::2:role/A
source_profile = alice
[sso-session corp]
sso_region = eu-west-1
[services local]
sts =
  endpoint_url = http://localhost
"""


@pytest.mark.parametrize("dry", [[]])
def test_each_that_is_left_is_named_and_why(there, dry):
    there.config(LEFT)
    (there.root / ".aws/credentials").write_text(f"[plain]\n[only]\nregion = x\n[kept]\n{KEY}")
    text = said(there, "--all", *dry, code=8)
    lines = [line.removeprefix("warder: left ") for line in text.splitlines() if line.startswith("warder: left ")]
    number = LEFT.splitlines().index("aws_access_key_id = AKIAPLAIN") + 1
    path = there.root / ".aws"
    assert lines == [
        "default, alice as they are: no role and no sign-in; if its key is stored: warder adopt default",
        "asks as it is: names warder already",
        "vaulted as it is: asks another program; warder adopt vaulted puts warder before it",
        f"plain as it is: a key in plain text, {path}/config:{number}, which SDKs take first; warder import plain stores it",
        "only as it is: in the credentials file alone",
        f"kept as it is: a key in plain text, {path}/credentials:5, which SDKs take first; warder import kept stores it",
    ]
    # The line as it is when one looks.
    number = there.config_file.read_text().splitlines().index("role_arn = arn:aws:iam::2:role/A") + 1
    assert f"config:{number}: role_arn is not the ARN of a role" in text
    now = there.config_file.read_text()
    is_adopted = all(f"process {name}\n" in now for name in ("named", "base", "signed"))
    assert is_adopted is not bool(dry)


@pytest.mark.parametrize("command", [["adopt", "p"], ["explain", "p"], ["use", "--shell", "bash", "p"], ["process", "p"]])
def test_another_file_that_is_in_force(there, command):
    """Whoever is told to add it to ~/.aws/config would look in vain."""
    for name, mentions in (("gone", "which is not there"), (".aws/other", "add it there, or unset the variable")):
        (there.root / ".aws/other").write_text("[default]\n")
        path = str(there.root / name)
        result = there.run(*command, env={"AWS_CONFIG_FILE": path})
        assert result.code == 7 and f"AWS_CONFIG_FILE names {path}" in result.err and mentions in result.err
    result = there.run(*command, env={"AWS_SHARED_CREDENTIALS_FILE": "/gone"})
    assert "; AWS_SHARED_CREDENTIALS_FILE names /gone, which is not there" in result.err


def test_no_config_at_all(there):
    path = str(there.root / "gone")
    assert f"there is no config file {path}" in said(there, "--all", env={"AWS_CONFIG_FILE": path})


def test_nothing_named(there):
    there.run("adopt", "--undo").failed(2, "warder adopt --undo PROFILE")


def test_explain_agrees(there):
    there.add_vault()
    said(there, "prod", "alice")
    for name in ("prod", "alice"):
        assert json.loads(there.good("explain", name, "--json"))["sdks"]["ask_warder"] is True
