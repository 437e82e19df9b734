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


def test_a_source_that_is_a_slip(there):
    there.config(ALICE + PROD.replace("= alice", "= alcie"))
    text = said(there, "prod")
    assert "the store has no key named alcie, and there is no such profile" in text and "if alice is meant" in text
    there.add_vault()
    text = said(there, "prod")
    assert "prod needs the key alcie, and whether the store has it cannot be seen: it is locked" in text
    there.unlock()
    text = said(there, "prod")
    assert "no key named alcie" in text and "if alice is meant" in text
    there.run("process", "prod").failed(8, "alcie")


def test_one_word_for_all_who_need_a_key(there):
    roles = "".join(f"[profile p{number}]\nrole_arn = {ROLE}\nsource_profile = alice\n" for number in range(30))
    there.config(ALICE + roles)
    text = said(there, "--all")
    assert "p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 20 more cannot be served yet" in text
    assert text.count("no key named") == 1


@pytest.mark.parametrize("arguments", [["p"], ["--all"]])
@pytest.mark.parametrize("lines, mentions", [
    ("role_arn = arn:aws:iam::2:role/A\nsource_profile = alice\n", "config:4: role_arn"),
    (f"role_arn = {ROLE}\nsource_profile = q\n[profile q]\nrole_arn = {ROLE}\nsource_profile = p\n", "circle"),
    ("sso_session = s\nsso_account_id = 1\nsso_role_name = R\n", "config:4: "),
    (f"role_arn = {ROLE}\nsource_profile = alice\nduration_seconds = 1h\n", "config:6: duration_seconds"),
    (f"role_arn = {ROLE}\nsource_profile = alice\ncredential_source = Environment\n", "config:5: "),
])
def test_what_cannot_be_resolved_is_refused(there, lines, mentions, arguments):
    there.config(f"{ALICE}[profile p]\n{lines}")
    before = there.config_file.read_bytes()
    assert mentions in said(there, *arguments, code=8)
    assert there.config_file.read_bytes() == before


def test_a_sign_in_that_warder_does_not_read(there):
    there.config("[profile p]\nlogin_session = arn:aws:iam::1:user/a\n")
    assert "config:2: warder does not read login_session" in said(there, "--dry-run", "p")
    text = said(there, "p")
    assert "config:4: warder does not read login_session" in text and "warder adopt --undo p" in text
    assert text.count("warder: ") == 2


# What SDKs take in its place


def test_a_key_in_plain_text_says_its_name(there):
    (there.root / ".aws/credentials").write_text(f"[prod]\n{KEY}[only]\n{KEY}")
    for name, line in (("prod", 2), ("only", 5)):
        text = said(there, name, code=8)
        assert f"credentials:{line}: a key in plain text" in text and f"run warder add {name}" in text


@pytest.mark.parametrize("dry", [["--dry-run"], []])
def test_a_source_in_plain_text(there, dry):
    """It is used as before, and the person believes that it is kept by warder now."""
    there.config(PROD + f"[profile second]\nrole_arn = {ROLE}\nsource_profile = alice\n[profile alice]\n{KEY}")
    text = said(there, *dry, "prod", "second")
    line = there.config_file.read_text().splitlines().index("aws_access_key_id = AKIAPLAIN") + 1
    assert f"config:{line}: the key of prod, second stands in plain text, and wins until it is taken away" in text
    assert "hint: run warder add alice, then take its lines away there" in text


def test_a_key_in_the_environment_beats_it(there):
    environment = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret/of/it"}
    text = said(there, "prod", env=environment)
    assert "AWS_ACCESS_KEY_ID is set here" in text and "hint: unset AWS_ACCESS_KEY_ID" in text


def test_a_program_that_is_gone(there):
    there.config("[profile p]\nwarder_key = alice\ncredential_process = /opt/gone/warder process p\n")
    text = said(there, "p")
    assert "config:3: there is no program /opt/gone/warder" in text
    assert f"hint: write credential_process = {WARDER} process p" in text
    assert "p names warder already: nothing to change" in text


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


@pytest.mark.parametrize("dry", [["--dry-run"], []])
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
        f"plain as it is: a key in plain text, {path}/config:{number}, which SDKs take first; warder add plain stores it",
        "signed as it is: warder does not read login_session",
        "only as it is: in the credentials file alone",
        f"kept as it is: a key in plain text, {path}/credentials:5, which SDKs take first; warder add kept stores it",
    ]
    # The line as it is when one looks.
    number = there.config_file.read_text().splitlines().index("role_arn = arn:aws:iam::2:role/A") + 1
    assert f"config:{number}: role_arn is not the ARN of a role" in text
    is_adopted = "process named\n" in there.config_file.read_text() and "process base\n" in there.config_file.read_text()
    assert is_adopted is not bool(dry)


def test_a_second_time_all_are_left(there):
    said(there, "--all")
    assert "left prod as it is: names warder already" in said(there, "--all")


@pytest.mark.parametrize("name, mentions", [
    ("corp", ["no profile named corp", "sso-session", "warder adopt one two"]), ("local", ["services section"]),
])
def test_a_section_that_is_no_profile(there, name, mentions):
    there.config("[profile one]\nsso_session = corp\n[profile two]\nwarder_sso_session = corp\n"
                 "[sso-session corp]\n[services local]\n")
    there.run("adopt", name).failed(7, *mentions)


def test_undo_names_a_line_that_is_not_adopts(there):
    there.config(f"[profile p]\ncredential_process = {WARDER} process p\n")
    assert f"{there.config_file}:2, is not adopt's" in said(there, "--undo", "p")


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


def test_a_section_twice(there):
    there.config(f"{PROD}[profile alice]\n[profile alice]\n")
    assert "config:7: [profile alice] stands there twice, and boto3 and the AWS CLI read no such file" in said(there, "prod")


def test_nothing_named(there):
    there.run("adopt", "--undo").failed(2, "warder adopt --undo PROFILE")


def test_explain_agrees(there):
    there.add_vault()
    said(there, "prod", "alice")
    for name in ("prod", "alice"):
        assert json.loads(there.good("explain", name, "--json"))["sdks"]["ask_warder"] is True
