"""Plaintext keys that go into the store, and all that used them before and does after."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from home import PASSPHRASE, WARDER, exit_code, random_key
from importing import asking, imported, pair, run
from logs import entries
from recording_sts import html, invalid_key
from secret_service import stored_keys

WHO = """
import boto3, sys
for name in sys.argv[1:]:
    print(name, boto3.Session(profile_name=name).client('sts').get_caller_identity()['Arn'])
"""
LONG_ROLE = """
[profile long]
role_arn = {role}
source_profile = default
duration_seconds = 7200
"""


# What happens


def test_one_key(keyed, sts):
    imported(keyed)
    assert keyed.stored() == {"default": keyed.key}
    assert keyed.config_file.read_text() == "[default]\n" + asking("default")
    assert keyed.credentials.read_text() == ""
    assert sts.actions() == ["GetCallerIdentity", "GetUser"]
    assert sorted(path.name for path in keyed.credentials.parent.iterdir()) == ["config", "credentials"]


def test_whose_the_key_is_stays_with_it(keyed):
    """AWS said so when it was checked."""
    imported(keyed)
    (key,) = keyed.read_vault().access_keys()
    assert key["account_id"] == "111111111111" and key["principal_arn"].startswith("arn:aws:iam::111111111111:user/")


def test_a_dry_run_asks_nothing_and_changes_nothing(keyed, sts):
    before = sorted(keyed.root.rglob("*"))
    result = keyed.run("import", "--dry-run")
    assert result.code == 0 and "-[default]" in result.out and "+[default]" in result.out, result
    assert keyed.key[0] in result.out and keyed.key[1] not in result.out + result.err
    assert sorted(keyed.root.rglob("*")) == before and sts.actions() == []


def test_without_a_yes_nothing_changes(keyed):
    text = keyed.credentials.read_text()
    for options in ([], ["--no-prompt"]):
        keyed.run("import", *options, passphrase=True).failed(4, "--yes")
    assert keyed.credentials.read_text() == text and not keyed.vault.exists()


def test_a_second_time_there_is_nothing(keyed):
    imported(keyed)
    again = run(keyed)
    assert again.code == 0 and "there is no key in plain text" in again.err, again
    named = run(keyed, "default")
    assert named.code == 0 and "asks warder already" in named.err, named


def test_the_sections_around_stay_to_the_byte(keyed):
    other = random_key()
    keyed.credentials.write_bytes(
        f"\ufeff# mine\r\n[default]\r\n{pair(keyed.key, end=chr(13) + chr(10))}\r\n# of work\r\n[work]\r\nregion = r \r\n"
        f"{pair(other, '=', chr(13) + chr(10))}output=json".encode())
    keyed.config_file.write_bytes(b"\xef\xbb\xbf[profile work]\r\n\tregion = r2\r\n; end")
    imported(keyed)
    assert keyed.stored() == {"default": keyed.key, "work": other}
    assert keyed.credentials.read_bytes().decode() == "\ufeff# mine\r\n# of work\r\n[work]\r\nregion = r \r\noutput=json"
    ask = [f"credential_process = {WARDER} process {name}" for name in ("work", "default")]
    assert keyed.config_file.read_bytes().decode() == (
        f"\ufeff[profile work]\r\n\t{ask[0]}\r\n\tregion = r2\r\n; end\r\n\r\n[default]\r\n{ask[1]}\r\n")


def test_one_key_of_two_profiles_is_stored_once(keyed):
    keyed.credentials.write_text(f"[default]\n{pair(keyed.key)}[work]\n{pair(keyed.key)}")
    imported(keyed)
    assert keyed.stored() == {"default": keyed.key}
    assert keyed.config_file.read_text() == (
        f"[default]\n{asking('default')}\n[profile work]\nwarder_key = default\n{asking('work')}")


def test_a_key_that_the_store_has_under_another_name(home, sts):
    home.credentials = home.root / ".aws/credentials"
    home.credentials.write_text("[work]\n" + pair(home.key))
    imported(home)
    assert home.stored() == {"alice": home.key}
    assert "[profile work]\nwarder_key = alice\n" in home.config_file.read_text()


def test_the_name_of_another_key(home):
    """That profile stays as it is, and the others are imported."""
    other = random_key()
    home.credentials = home.root / ".aws/credentials"
    text = "[alice]\n" + pair(random_key())
    home.credentials.write_text(text + "[work]\n" + pair(other))
    before = home.vault.read_bytes()
    run(home, "--yes", "alice").failed(1, "a different key named alice", "--replace alice")
    assert home.vault.read_bytes() == before
    result = run(home, "--yes")
    assert result.code == 1 and "a different key named alice" in result.err, result
    assert home.stored() == {"alice": home.key, "work": other}
    assert home.credentials.read_text() == text


def test_a_key_that_aws_refuses_stays(keyed, sts):
    good = random_key()
    keyed.credentials.write_text(f"[default]\n{pair(keyed.key)}[work]\n{pair(good)}")
    sts.next("GetCallerIdentity", invalid_key)
    result = run(keyed, "--yes")
    assert result.code == 5 and keyed.key[0] in result.err, result
    assert keyed.stored() == {"work": good}
    assert keyed.credentials.read_text() == "[default]\n" + pair(keyed.key)
    assert "[default]" not in keyed.config_file.read_text()
    imported(keyed, "--no-verify")
    assert keyed.stored() == {"default": keyed.key, "work": good}


def test_a_named_key_that_aws_refuses(keyed, sts):
    """The command line asks for all of them: none is imported."""
    text = f"[default]\n{pair(keyed.key)}[work]\n{pair(random_key())}"
    keyed.credentials.write_text(text)
    sts.next("GetCallerIdentity", invalid_key)
    assert run(keyed, "--yes", "default", "work").code == 5
    assert keyed.credentials.read_text() == text and not keyed.vault.exists() and not keyed.config_file.exists()


def test_an_answer_that_is_none_stops_it(keyed, sts):
    """It says nothing about the key, which is not taken for refused: none is imported."""
    text = f"[default]\n{pair(keyed.key)}[work]\n{pair(random_key())}"
    keyed.credentials.write_text(text)
    sts.always("GetCallerIdentity", lambda sts, request: (
        html if request.access_key_id == keyed.key[0] else type(sts).ordinary)(sts, request))
    assert run(keyed, "--yes").code == 6
    assert keyed.credentials.read_text() == text and not keyed.vault.exists() and not keyed.config_file.exists()


def test_it_is_in_the_log(keyed):
    """Each key that was stored, and none that was there already."""
    other = random_key()
    keyed.credentials.write_text(f"[default]\n{pair(keyed.key)}[work]\n{pair(other)}[same]\n{pair(other)}")
    imported(keyed)
    keyed.credentials.write_text("[default]\n" + pair(keyed.key))
    imported(keyed)
    found = [(entry["profile"], entry["key"]) for entry in entries(keyed) if entry["event"] == "imported"]
    assert found == [("default", keyed.key[0][-4:]), ("work", other[0][-4:])]


def test_a_key_in_the_config_file(keyed):
    keyed.credentials.unlink()
    keyed.config(f"[profile work]\nregion = r\n{pair(keyed.key)}output = json\n")
    imported(keyed)
    assert keyed.config_file.read_text() == f"[profile work]\n{asking('work')}region = r\noutput = json\n"
    assert keyed.stored() == {"work": keyed.key}


@pytest.mark.parametrize("text", [
    "[p]\naws_secret_access_key = {1}\n", "[p]\naws_access_key_id = {0}\n",
    "[p]\naws_access_key_id = {0}\naws_secret_access_key =\n  {1}\n",
    "[p]\naws_access_key_id = {0}\naws_secret_access_key = {1}\n[p]\naws_access_key_id = AKIAOTHER\n",
    "[my p]\naws_access_key_id = {0}\naws_secret_access_key = {1}\n",
])
def test_what_is_no_key_stays(keyed, text):
    text = text.format(*keyed.key)
    keyed.credentials.write_text(text)
    result = run(keyed, "--yes")
    result.failed(8, f"{keyed.credentials}:")
    assert keyed.key[1] not in result.err
    assert keyed.credentials.read_text() == text and not keyed.config_file.exists() and not keyed.vault.exists()


def test_two_keys_of_one_profile(keyed):
    """Neither may be lost."""
    keyed.credentials.write_text("[p]\n" + pair(keyed.key))
    keyed.config("[profile p]\n" + pair(random_key()))
    run(keyed, "--yes").failed(8, f"{keyed.config_file}:2", f"{keyed.credentials}:2")
    keyed.config("[profile p]\n" + pair(keyed.key))
    imported(keyed)
    assert keyed.credentials.read_text() == "" and keyed.config_file.read_text() == f"[profile p]\n{asking('p')}"


def test_sessions_stay(keyed):
    text = "[t]\naws_access_key_id = ASIAX\naws_secret_access_key = y\naws_session_token = z\n"
    keyed.credentials.write_text(f"[default]\n{pair(keyed.key)}{text}")
    assert "left t as it is" in imported(keyed).err
    assert keyed.credentials.read_text() == text
    run(keyed, "t").failed(8, "the credentials of a session")


def test_a_session_without_its_token_stays(keyed):
    """Its id tells."""
    text = "[t]\naws_access_key_id = ASIAX\naws_secret_access_key = y\n"
    keyed.credentials.write_text(f"[default]\n{pair(keyed.key)}{text}")
    assert "left t as it is" in imported(keyed).err
    assert keyed.credentials.read_text() == text and keyed.stored() == {"default": keyed.key}


def test_an_unknown_profile(keyed):
    run(keyed, "--yes", "defualt").failed(7, "did you mean default?")


# The files


def test_mode_owner_and_links(keyed):
    folder = keyed.root / "dotfiles"
    folder.mkdir()
    target = folder / "aws"
    keyed.credentials.rename(target)
    keyed.credentials.symlink_to("../dotfiles/aws")
    target.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(target, 12345, 54321)
    before = target.stat()
    imported(keyed)
    after = target.stat()
    assert keyed.credentials.is_symlink() and target.read_text() == ""
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["aws"]


def test_files_elsewhere(keyed):
    elsewhere = keyed.credentials.rename(keyed.root / "mine")
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(elsewhere), "AWS_CONFIG_FILE": str(keyed.root / "conf")}
    imported(keyed, env=env)
    assert elsewhere.read_text() == "" and (keyed.root / "conf").read_text() == "[default]\n" + asking("default")
    elsewhere.write_text("[default]\n" + pair(random_key()))
    env["AWS_CONFIG_FILE"] = env["AWS_SHARED_CREDENTIALS_FILE"]
    run(keyed, "--yes", env=env).failed(8, "at once")


@pytest.mark.parametrize("what", ["file", "folder"])
def test_read_only(keyed, sts, what):
    """Found before anything is stored."""
    user = keyed.as_ordinary_user()
    frozen = keyed.credentials if what == "file" else keyed.credentials.parent
    mode = frozen.stat().st_mode
    frozen.chmod(0o400 if what == "file" else 0o500)
    result = run(keyed, "--yes", **user)
    result.explained("permission denied")
    assert result.code == 1 and sts.actions() == []
    assert not keyed.vault.exists() and not keyed.config_file.exists()
    frozen.chmod(mode)
    imported(keyed, **user)
    assert keyed.stored() == {"default": keyed.key}


def test_a_full_disk(keyed, tmpfs):
    """The key stays in the file, and a run with room finishes."""
    text = f"[default]\n{pair(keyed.key)}[work]\nregion = r\n"
    credentials, ballast = tmpfs / "credentials", tmpfs / "ballast"
    credentials.write_text("# " + "x" * 20_000 + "\n" + text)
    whole = credentials.read_text()
    ballast.write_bytes(b"x" * 30_000)
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    result = run(keyed, "--yes", env=env)
    assert result.code == 1 and "no space left" in result.err, result
    assert "the keys are stored, but the files still hold them in plain text" in result.err and "nothing was changed" not in result.err
    assert "warder import again" in result.err
    assert credentials.read_text() == whole and keyed.stored() == {"default": keyed.key}
    assert sorted(path.name for path in tmpfs.iterdir()) == ["ballast", "credentials"]
    ballast.unlink()
    imported(keyed, env=env)
    assert credentials.read_text() == whole.replace("[default]\n" + pair(keyed.key), "")


@pytest.mark.needs("strace")
def test_a_store_that_does_not_keep_them(home, tmp_path):
    """A disk that says it wrote, and did not: what was stored is read back before any line goes."""
    credentials = home.root / ".aws/credentials"
    text = "[work]\n" + pair(random_key())
    config, vault, trace = home.config_file.read_text(), home.vault.read_bytes(), tmp_path / "trace"

    def again(*inject):
        home.put_back(vault)
        credentials.write_text(text)
        home.config(config)
        return run(home, "--yes", "--no-verify", prefix=["strace", "-f", "-o", trace, "-e", "trace=rename", *inject])

    assert again().code == 0
    (number,) = [at for at, line in enumerate(trace.read_text().splitlines(), 1) if f'"{home.vault}")' in line]
    result = again("-e", f"inject=rename:retval=0:when={number}")
    assert result.code in (1, 9), result
    assert home.vault.read_bytes() == vault
    assert credentials.read_text() == text and home.config_file.read_text() == config


# Real programs, before and after


def cli(home, name):
    command = [Path(sys.executable).parent / "aws", "sts", "get-caller-identity", "--profile", name, "--region", "eu-west-1"]
    done = subprocess.run(command, env=home.variables(), cwd=home.root, capture_output=True, text=True)
    assert done.returncode == 0, done
    return done.stdout


def test_boto3_and_the_cli_before_and_after(bare, moto):
    bare.key, other = moto.user("alice"), moto.user("bob")
    role, second = moto.role("Admin"), moto.role("Audit")
    bare.endpoint(moto.url)
    credentials = bare.root / ".aws/credentials"
    credentials.write_text(
        f"[default]\n{pair(bare.key)}[work]\nregion = eu-west-1\n{pair(bare.key)}[bob]\n{pair(other)}\n"
        f"[own]\nregion = eu-west-1\n{pair(other)}")
    bare.config(
        f"[default]\nregion = eu-west-1\n[profile prod]\nrole_arn = {role}\nsource_profile = default\n"
        f"[profile far]\nrole_arn = {second}\nsource_profile = prod\n"
        f"[profile bob]\nregion = eu-west-1\n{pair(other)}[profile own]\nrole_arn = {role}\nsource_profile = own\n"
        + LONG_ROLE.format(role=role))
    names = ["default", "work", "bob", "prod", "far", "own", "long"]
    before = bare.python(WHO, *names, env={"AWS_DEFAULT_REGION": "eu-west-1"})
    assert before.returncode == 0, before
    for name in names:
        cli(bare, name)
    imported(bare)
    bare.unlock("--keys")
    after = bare.python(WHO, *names, env={"AWS_DEFAULT_REGION": "eu-west-1"})
    assert after.returncode == 0, after
    for old, new in zip(before.stdout.splitlines(), after.stdout.splitlines(), strict=True):
        # moto names no user behind a session.
        assert "assumed-role" not in old or old.split("/")[:2] == new.split("/")[:2]
    for name in names:
        cli(bare, name)
    assert set(bare.stored()) == {"default", "bob"}
    assert bare.key[1] not in credentials.read_text() + bare.config_file.read_text()
    assert "process long\n" in bare.config_file.read_text()


# At a terminal


def test_a_newcomer_at_a_terminal(bare, moto):
    """From an empty home: the first import makes the vault, and SDKs are served at once after that."""
    bare.key = moto.user("alice")
    bare.endpoint(moto.url)
    credentials = bare.root / ".aws/credentials"
    credentials.write_text("[default]\nregion = eu-west-1\n" + pair(bare.key))
    terminal = bare.terminal("import")
    terminal.expect(r"import 1 key\? \[y/N\] ")
    shown = terminal.before
    terminal.sendline("y")
    terminal.expect(r"\(warder_session = off\)\? \[y/N\] ")
    terminal.sendline("n")
    for question in ("passphrase for .*: ", "once more: "):
        terminal.expect(question)
        shown += terminal.before
        terminal.sendline(PASSPHRASE)
    terminal.expect("asks warder from now on")
    shown += terminal.before
    assert exit_code(terminal) == 0
    assert bare.key[1] not in shown + (terminal.before or "") and "*" * 40 in shown
    assert bare.stored() == {"default": bare.key} and credentials.read_text() == "[default]\nregion = eu-west-1\n"
    # The passphrase was typed: from the first session on, SDKs are served.
    with bare.opened():
        bare.good("refresh", "default")
    done = bare.python(WHO, "default")
    assert done.returncode == 0 and "user/" in done.stdout, done


def test_no_at_a_terminal(keyed):
    text = keyed.credentials.read_text()
    terminal = keyed.terminal("import")
    terminal.expect(r"\[y/N\] ")
    terminal.sendline("")
    terminal.expect("nothing was changed")
    assert exit_code(terminal) == 4
    assert keyed.credentials.read_text() == text and not keyed.vault.exists()


# The Secret Service


def test_into_the_secret_service(desktop):
    other = random_key()
    credentials = desktop.root / ".aws/credentials"
    credentials.write_text(f"[default]\n{pair(desktop.key)}[work]\n{pair(other)}")
    imported(desktop, passphrase=False)
    assert stored_keys(desktop.keyring) == {"default": desktop.key, "work": other}
    assert credentials.read_text() == "" and not desktop.vault.exists()
    credentials.write_text(f"[default]\n{pair(random_key())}")
    run(desktop, "--yes", "default", passphrase=False).failed(1, "a different key named default")


def test_into_the_store_that_is_named(desktop):
    (desktop.root / ".aws/credentials").write_text("[default]\n" + pair(desktop.key))
    imported(desktop, "--store", "file")
    assert desktop.stored() == {"default": desktop.key} and stored_keys(desktop.keyring) == {}
