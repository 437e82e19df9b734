"""Keys that aws-vault has, and profiles that ask it."""

import json
import pathlib
import shutil
import sys
import time

import pytest
from home import MFA, PASSPHRASE, ROLE, TESTS, WARDER, exit_code, random_key
from recording_sts import invalid_key

PHRASE = "of aws-vault"
OTHER = random_key()
CONFIG = f"""\
[profile alice]
mfa_serial = {MFA}
credential_process = /usr/bin/aws-vault exec --json alice

; the role
[profile prod]
region = eu-west-1
role_arn = {ROLE}
source_profile = alice

[profile app]
\tregion = eu-north-1
\tcredential_process = env AWS_VAULT_BACKEND=file aws-vault --prompt ykman export prod --format json

[profile raw]
credential_process = aws-vault exec -nj -d 2h bob
[profile shell]
credential_process = aws-vault exec prod -- env
[profile absent]
credential_process = aws-vault exec --json elsewhere
"""


def keep(home, **keys):
    """Gives aws-vault these keys alone."""
    home.aws_vault.write_text(json.dumps({"passphrase": PHRASE, "keys": keys}))


@pytest.fixture
def vaulted(bare, sts):
    """A home with aws-vault, which has the keys of alice and bob, and no store of warder's."""
    bare.endpoint(sts.url)
    bare.bin = bare.root / "bin"
    bare.bin.mkdir()
    program = bare.bin / "aws-vault"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} {TESTS}/Servers/aws_vault.py \"$@\"\n")
    program.chmod(0o755)
    bare.aws_vault = bare.root / "aws-vault.json"
    keep(bare, alice=bare.key, bob=OTHER)
    bare.environment |= {
        "PATH": f"{bare.bin}:{bare.environment['PATH']}", "AWS_VAULT_STAND_IN": str(bare.aws_vault),
        "AWS_VAULT_FILE_PASSPHRASE": PHRASE,
    }
    bare.config(CONFIG)
    return bare


def run(home, *arguments, **options):
    return home.run("import", "--from", "aws-vault", *arguments, **{"passphrase": True} | options)


def test_keys_and_profiles(vaulted, sts):
    result = run(vaulted, "--yes")
    # One profile goes on asking it.
    assert result.code == 8 and "absent goes on asking aws-vault" in result.err, result
    assert vaulted.stored() == {"alice": vaulted.key, "bob": OTHER}
    assert sts.actions() == ["GetCallerIdentity"] * 2
    for name in ("alice", "bob"):
        assert f"\n  aws-vault remove {name}\n" in result.err
    for secret in (vaulted.key[1], OTHER[1]):
        assert secret not in result.out + result.err
    text = vaulted.config_file.read_text()
    assert f"""[profile alice]
# adopted by warder: #credential_process +credential_process
credential_process = {WARDER} process alice
mfa_serial = {MFA}
# replaced by warder: credential_process = /usr/bin/aws-vault exec --json alice
""" in text
    assert f"""[profile app]
\t# adopted by warder: #credential_process +warder_include_profile +credential_process
\twarder_include_profile = prod
\tcredential_process = {WARDER} process app
""" in text
    assert f"""[profile raw]
# adopted by warder: #credential_process +warder_key +warder_session +credential_process
warder_key = bob
warder_session = off
credential_process = {WARDER} process raw
""" in text
    assert "\ncredential_process = aws-vault exec prod -- env\n" in text
    vaulted.good("adopt", "--undo", "--all")
    assert vaulted.config_file.read_text() == CONFIG


def test_what_the_profiles_get(vaulted, sts):
    run(vaulted, "--yes")
    vaulted.unlock("--keys")
    vaulted.good("refresh", "app", "--mfa-code", "123456")
    assert sts.actions()[-2:] == ["GetSessionToken", "AssumeRole"]
    assert sts.requests[-2].access_key_id == vaulted.key[0]
    assert json.loads(vaulted.good("process", "raw"))["AccessKeyId"] == OTHER[0]
    assert json.loads(vaulted.good("process", "alice"))["AccessKeyId"].startswith("ASIA")


def test_a_role_s_key_and_the_variables_of_a_subshell(vaulted):
    """What would make aws-vault give out a role is kept from it."""
    vaulted.config(f"[profile alice]\nrole_arn = {ROLE}\n")
    env = {"AWS_VAULT": "x", "AWS_ROLE_ARN": ROLE}
    result = run(vaulted, "alice", "--yes", env=env)
    assert result.code == 0 and vaulted.stored() == {"alice": vaulted.key}, result


def test_what_aws_vault_is_told(vaulted):
    """No passphrase of warder's, and nothing of a shell's that would change what it gives out."""
    told = vaulted.root / "told"
    program = vaulted.bin / "aws-vault"
    program.write_text(program.read_text().replace("exec ", f"env >> {told}\nexec ", 1))
    env = {"AWS_MFA_SERIAL": MFA, "AWS_ROLE_ARN": ROLE, "WARDER_NEW_PASSPHRASE": PASSPHRASE, "AWS_CONFIG_FILE": str(vaulted.config_file)}
    run(vaulted, "--yes", env=env)
    assert vaulted.stored() == {"alice": vaulted.key, "bob": OTHER}
    text = told.read_text()
    assert text.count("\nAWS_VAULT_FILE_PASSPHRASE=") >= 2 and text.count("AWS_CONFIG_FILE=/dev/null\n") >= 2
    for name in ("WARDER_PASSPHRASE", "WARDER_NEW_PASSPHRASE", "AWS_MFA_SERIAL", "AWS_ROLE_ARN"):
        assert f"{name}=" not in text
    assert PASSPHRASE not in text


def test_a_session_is_no_key(vaulted):
    """It would end within hours, and take the key's place until then."""
    keep(vaulted, alice=[*vaulted.key, "token"])
    run(vaulted, "--yes").failed(1, "aws-vault gave out a session for alice")
    assert not vaulted.vault.exists() and vaulted.config_file.read_text() == CONFIG


def test_a_name_that_looks_like_an_option(vaulted):
    """aws-vault would take it for one: it is not asked for that key, and the others are imported."""
    keep(vaulted, **{"--debug": random_key(), "alice": vaulted.key})
    vaulted.config("")
    result = run(vaulted, "--yes")
    assert result.code == 8 and "--debug is not a name that a key can have" in result.err, result
    assert vaulted.stored() == {"alice": vaulted.key}


def test_the_name_of_another_key(vaulted):
    """Both keys stay where they are, and so does the profile; the others are imported."""
    taken = random_key()
    vaulted.add_vault(alice=taken)
    result = run(vaulted, "--yes")
    assert result.code and "a different key named alice" in result.err, result
    assert vaulted.stored() == {"alice": taken, "bob": OTHER}
    text = vaulted.config_file.read_text()
    assert "\ncredential_process = /usr/bin/aws-vault exec --json alice\n" in text and "process raw\n" in text
    assert "aws-vault remove bob" in result.err and "aws-vault remove alice" not in result.err


def test_the_name_of_another_key_is_asked_for(vaulted):
    """Nothing is imported then."""
    taken = random_key()
    vaulted.add_vault(alice=taken)
    run(vaulted, "alice", "bob", "--yes").failed(1, "a different key named alice")
    assert vaulted.stored() == {"alice": taken} and vaulted.config_file.read_text() == CONFIG


def test_a_store_that_cannot_be_made(vaulted):
    """The profiles go on asking aws-vault until warder has the keys."""
    result = run(vaulted, "--yes", "--no-prompt", passphrase=False)
    assert result.code in (3, 4), result
    assert not vaulted.vault.exists() and vaulted.config_file.read_text() == CONFIG


def test_a_profile_that_would_not_ask_warder(vaulted):
    """SDKs take a key in plain text first: it stays as it is, and the keys are stored."""
    text = "[profile work]\ncredential_process = aws-vault export --format=json bob\n"
    vaulted.config(text)
    key = "[work]\naws_access_key_id = {}\naws_secret_access_key = {}\n".format(*random_key())
    (vaulted.root / ".aws/credentials").write_text(key)
    result = run(vaulted, "--yes")
    assert result.code == 8 and "work goes on asking aws-vault" in result.err, result
    assert vaulted.stored() == {"alice": vaulted.key, "bob": OTHER} and vaulted.config_file.read_text() == text


def test_a_read_only_config(vaulted, sts):
    """Found before anything is stored."""
    user = vaulted.as_ordinary_user()
    vaulted.config_file.chmod(0o400)
    result = run(vaulted, "--yes", **user)
    assert result.code == 1 and "permission denied" in result.err, result
    assert not vaulted.vault.exists() and sts.actions() == [] and vaulted.config_file.read_text() == CONFIG


def test_one_key_of_several(vaulted):
    """Profiles of the others go on asking aws-vault, and that is not an error."""
    result = run(vaulted, "bob", "--yes")
    assert result.code == 0 and vaulted.stored() == {"bob": OTHER}, result
    text = vaulted.config_file.read_text()
    assert "process raw\n" in text and "\ncredential_process = /usr/bin/aws-vault exec --json alice\n" in text


def test_a_key_that_aws_refuses_stays(vaulted, sts):
    """The other is imported, and a profile that asks for the refused one goes on asking aws-vault."""
    sts.always("GetCallerIdentity", lambda server, request: (
        invalid_key if request.access_key_id == vaulted.key[0] else type(server).ordinary)(server, request))
    vaulted.config("[profile raw]\ncredential_process = aws-vault exec -nj bob\n")
    result = run(vaulted, "alice", "bob", "--yes")
    assert result.code == 5 and vaulted.key[0] in result.err, result
    assert not vaulted.vault.exists() and "aws-vault exec -nj bob" in vaulted.config_file.read_text()
    text = "[profile alice]\ncredential_process = aws-vault exec -j alice\n"
    vaulted.config(text + "[profile raw]\ncredential_process = aws-vault exec -nj bob\n")
    result = run(vaulted, "--yes")
    assert result.code == 5 and vaulted.key[0] in result.err, result
    assert "aws-vault remove bob\n" in result.err and "aws-vault remove alice" not in result.err
    assert vaulted.stored() == {"bob": OTHER}
    after = vaulted.config_file.read_text()
    assert after.startswith(text) and "process raw\n" in after


def test_no_key_that_aws_takes(vaulted, sts):
    sts.always("GetCallerIdentity", invalid_key)
    result = run(vaulted, "--yes")
    assert result.code == 5 and "aws-vault remove" not in result.err, result
    assert not vaulted.vault.exists() and vaulted.config_file.read_text() == CONFIG


def test_a_dry_run_takes_no_key(vaulted, sts):
    result = run(vaulted, "--dry-run")
    assert "alice" in result.out and "+credential_process" in result.out, result
    assert vaulted.key[0] not in result.out and vaulted.config_file.read_text() == CONFIG
    assert not vaulted.vault.exists() and sts.actions() == []


@pytest.mark.parametrize("key", [(OTHER[1], OTHER[0]), ("test", "test"), (OTHER[0], "with blanks " + OTHER[1])])
def test_what_is_not_a_key(vaulted, key):
    """It stays in aws-vault, and is not shown."""
    vaulted.config("")
    store = {"passphrase": PHRASE, "keys": {"alice": vaulted.key, "bob": key}}
    (vaulted.root / "aws-vault.json").write_text(json.dumps(store))
    result = run(vaulted, "--yes")
    assert result.code == 8 and "aws-vault's bob" in result.err and OTHER[1] not in result.out + result.err, result
    assert vaulted.stored() == {"alice": vaulted.key}


def test_a_second_time(vaulted):
    vaulted.config("")
    assert run(vaulted, "--yes").code == 0
    before = vaulted.vault.read_bytes()
    again = run(vaulted, "--yes")
    assert again.code == 0 and again.err.count("is in the vault already") == 2, again
    assert vaulted.vault.read_bytes() == before


@pytest.mark.parametrize("case", ["absent", "wrong passphrase", "no terminal", "unknown name", "unnamed"])
def test_what_goes_wrong(vaulted, case):
    code, words, arguments = {
        "absent": (7, "no program aws-vault", []), "wrong passphrase": (1, "integrity check failed", []),
        "no terminal": (1, "inappropriate ioctl", []), "unknown name": (7, "did you mean alice?", ["alcie"]),
        "unnamed": (4, "a yes is needed", []),
    }[case]
    if case == "absent":
        shutil.rmtree(vaulted.bin)
    if case == "wrong passphrase":
        vaulted.environment["AWS_VAULT_FILE_PASSPHRASE"] = "other"
    if case == "no terminal":
        del vaulted.environment["AWS_VAULT_FILE_PASSPHRASE"]
    run(vaulted, *arguments, *([] if case == "unnamed" else ["--yes"])).failed(code, words)
    assert not vaulted.vault.exists() and vaulted.config_file.read_text() == CONFIG


def hanging(home):
    """aws-vault never ends; where it writes its process id."""
    place = home.root / "process"
    (home.bin / "aws-vault").write_text(f"#!/bin/sh\necho $$ > {place}.new\nmv {place}.new {place}\nexec sleep 1000\n")
    return place


def wait_until(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("in vain")


def is_running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


def test_one_that_never_ends(vaulted):
    """Where nobody can be asked, there is a limit, and nothing of it is left."""
    place = hanging(vaulted)
    before = time.monotonic()
    result = run(vaulted, "--yes", "--no-prompt")
    assert time.monotonic() - before < 40
    result.failed(1, "aws-vault list did not end in time", "aws-vault list --credentials")
    assert not is_running(place.read_text().strip()) and not vaulted.vault.exists()


def test_it_ends_with_warder(vaulted):
    place = hanging(vaulted)
    process = vaulted.start("import", "--from", "aws-vault", "--yes")
    wait_until(place.exists)
    process.kill()
    process.communicate()
    wait_until(lambda: not is_running(place.read_text().strip()))


def test_at_a_terminal(vaulted):
    """aws-vault asks for its own passphrase there, for each key."""
    del vaulted.environment["AWS_VAULT_FILE_PASSPHRASE"]
    vaulted.config("")
    terminal = vaulted.terminal("import", "--from", "aws-vault")
    for _ in range(2):
        terminal.expect("Enter passphrase to unlock.*: ")
        terminal.sendline(PHRASE)
    terminal.expect(r"import 2 keys of aws-vault\? \[y/N\] ")
    assert vaulted.key[1] not in terminal.before
    terminal.sendline("y")
    for question in ("passphrase for .*: ", "once more: "):
        terminal.expect(question)
        terminal.sendline(PASSPHRASE)
    terminal.expect("aws-vault remove bob")
    assert exit_code(terminal) == 0
    assert vaulted.stored() == {"alice": vaulted.key, "bob": OTHER}
