"""Homes that each released version wrote, read by this one: `Tests/Homes/make` makes them, a folder a version.

They are read at the time at which they were made, since sessions end. WARDER_OLDER may name an older binary, which is
then used in turns with this one."""

import hashlib
import json
import os
import pathlib
import shlex
import shutil
import time

import clouds
import pytest
import recording_sts
import strict_iam
import vault_v1 as v1
from home import WARDER
from hooked import Hooked
from iam_account import Key
from logs import log as log_v1
from secret_service import Bus, Keyring, missing
from shells import RUNNABLE
from signin import Login, StrictSignIn
from upgraded import AWS, CENTER, HOMES, SIGN_IN, upgraded

VAULTS = sorted(HOMES.glob("*/vault"))
DESKTOPS = sorted(HOMES.glob("*/desktop"))
# As docs/vault-format.md numbers them.
TYPES = [v1.PASSPHRASE, 2, 3, v1.RECOVERY]
OLDER = os.environ.get("WARDER_OLDER")
NEW = {"WARDER_NEW_PASSPHRASE": "another one, as good"}
pytestmark = pytest.mark.needs("faketime")


def version(folder):
    return folder.parent.name


def bound(server, url):
    """A server at the one address; the test before may be about to leave it."""
    for _ in range(100):
        try:
            return server(int(url.rsplit(":", 1)[1]))
        except OSError as error:
            busy = error
            time.sleep(0.1)
    raise busy


@pytest.fixture(params=VAULTS, ids=version)
def old(request):
    """A home with a vault; nothing is unlocked."""
    with upgraded(request.param) as home:
        yield home


@pytest.fixture
def opened(old):
    """The same, unlocked by the keyfile, which takes no scrypt."""
    old.good("unlock", env=keyfile(old))
    return old


@pytest.fixture
def sts(old):
    server = bound(recording_sts.RecordingSTS, AWS)
    server.ahead = old.ahead
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=DESKTOPS, ids=version)
def seated(request):
    """A home whose keys are in the desktop's Secret Service."""
    lacking = missing("gnome-keyring-daemon", "secret-tool", modules=True)
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with upgraded(request.param) as home:
        with_keyring(home)
        yield home
        home.end()


def with_keyring(home):
    """A Secret Service that holds what was in the one there."""
    bus = Bus(home.root / "run")
    home.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
    home.keyring = Keyring(bus)
    for item in home.made["keyring"]:
        attributes = dict(item["attributes"])
        schema = attributes.pop("xdg:schema").removeprefix("org.warder.")
        home.keyring.put(schema, item["secret"], item["label"], **attributes)

    def end():
        home.keyring.kill()
        bus.kill()

    home.end = end


def keyfile(home):
    return {"WARDER_KEYFILE": str(home.root / "key")}


def files(home):
    """What is in the home, but for locks and the log, which goes on."""
    found = [path for path in home.root.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        str(path.relative_to(home.root)): path.read_bytes() for path in found
        if path.suffix != ".lock" and path.name != "lock" and not path.name.startswith("log")}


def test_there_is_a_home_of_each_kind():
    assert VAULTS and [version(folder) for folder in VAULTS] == [version(folder) for folder in DESKTOPS]


# The vault


def test_the_passphrase_opens_it(old):
    assert "sound" in old.good("vault", "verify", passphrase=True)
    key = json.loads(old.good("process", "carol", passphrase=True))
    assert [key["AccessKeyId"], key["SecretAccessKey"]] == old.made["keys"]["carol"]
    layout = v1.Layout(old.vault.read_bytes())
    assert sorted(kind for kind, _ in layout.slots) == TYPES


def test_the_recovery_code_opens_it(old):
    old.good("vault", "passphrase", "--recovery", "--stdin", input=old.made["recovery"], env=NEW)
    assert old.stored(NEW["WARDER_NEW_PASSPHRASE"])["alice"] == tuple(old.made["keys"]["alice"])


def test_the_keyfile_opens_it(old):
    key = json.loads(old.good("process", "carol", env=keyfile(old)))
    assert [key["AccessKeyId"], key["SecretAccessKey"]] == old.made["keys"]["carol"]


def test_the_secret_service_opens_it(old):
    lacking = missing("gnome-keyring-daemon", "secret-tool", modules=True)
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with_keyring(old)
    assert old.given("carol") == old.made["keys"]["carol"][0]
    old.end()


def test_what_is_changed_keeps_the_rest(old):
    identifier, secret = "AKIA" + "N" * 16, "n" * 40
    old.good("add", "new", "--stdin", "--no-verify", input=f"{identifier}\n{secret}\n", passphrase=True)
    vault = old.read_vault()
    assert {key["name"] for key in vault.access_keys()} == {"alice", "carol", "new"}
    (alice,) = [key for key in vault.access_keys() if key["name"] == "alice"]
    assert old.made["seed"] in alice["totp_seed"]
    assert sorted(kind for kind, _ in v1.Layout(old.vault.read_bytes()).slots) == TYPES


@pytest.mark.parametrize("copy", ["data/backup", "data/warder/vault.bak", "data/warder/vault.replaced"])
def test_a_backup_is_restored(old, copy):
    before = old.read_vault().generation
    old.good("vault", "restore", old.root / copy, passphrase=True)
    vault = old.read_vault()
    assert {key["name"] for key in vault.access_keys()} == {"alice", "carol"} and vault.generation == before + 1


def test_an_older_copy_is_still_noticed(old):
    shutil.copy(old.root / "data/backup", old.vault)
    old.run("vault", "verify", passphrase=True).failed(9, "generation", "--accept-older")


# The cache


def test_sessions_are_served_without_a_question(opened):
    before = files(opened)
    for profile, identifier in opened.made["sessions"].items():
        assert opened.given(profile) == identifier
    assert files(opened) == before


def test_they_are_not_served_once_they_have_ended(opened):
    opened.made["time"] += 3600
    opened.run("process", "prod").failed(6)


def test_the_list_is_the_same(opened):
    told = json.loads(opened.good("list", "--json"))
    for name in ("entries", "sessions"):
        for before, now in zip(opened.made["list"][name], told[name], strict=True):
            assert {key: now[key] for key in before} == before


def test_a_role_is_taken_with_the_session_that_is_there(opened, sts):
    opened.given("audit")
    assert sts.actions() == ["AssumeRole"]
    assert sts.requests[0].access_key_id == next(
        session["access_key_id"] for session in opened.made["list"]["sessions"] if session["mfa_serial"])


def test_a_code_that_was_used_is_not_sent_again(opened, sts):
    opened.good("forget", "alice")
    result = opened.run("refresh", "alice", "--mfa-code", "123456", env=keyfile(opened))
    assert result.code != 0 and "123456" not in result.err and sts.actions() == [], result


# Sign-ins


def test_a_sign_in_gives_another_role(opened):
    center = bound(clouds.Center, CENTER)
    center.center.access[opened.made["sso"]] = float("inf")
    with opened.config_file.open("a") as file:
        file.write(
            "[profile other]\nregion = eu-west-1\nwarder_sso_session = corp\n"
            f"warder_sso_account_id = {clouds.ACCOUNT}\nwarder_sso_role_name = {clouds.PERMISSIONS}\n"
            "credential_process = warder process other\n")
    try:
        opened.good("process", "other")
        assert center.log == ["/federation/credentials"]
    finally:
        center.stop()


@pytest.mark.parametrize("profile", ["corp", "me"])
def test_one_of_a_newer_format_is_asked_for_again(opened, profile):
    for file in opened.sessions():
        file.write_bytes(b"warder-session2\n" + file.read_bytes()[16:])
    before = files(opened)
    opened.run("process", profile).failed(4, "sign in")
    assert files(opened) == before


@pytest.fixture
def console(opened):
    """AWS Sign-In, which knows the refresh token; the credentials that came with it have ended."""
    opened.made["time"] += 1000
    server = bound(StrictSignIn, SIGN_IN)
    server.service.ahead = opened.ahead
    login = opened.made["login"]
    server.service.tokens[login["refresh"]] = Login(login["arn"], login["client"], login["key"], float("inf"))
    opened.sign_in = server.start()
    yield opened
    server.stop()


def test_a_console_sign_in_is_renewed(console):
    assert console.given("me") != console.made["sessions"]["me"]
    assert console.sign_in.sent() == [console.made["login"]["refresh"]] and console.sign_in.service.broken == []


def test_a_refresh_token_that_was_sent_is_not_sent_again(console):
    digest = hashlib.sha256(console.made["login"]["refresh"].encode()).hexdigest()
    (console.state / "sent" / digest).touch(mode=0o600)
    assert console.run("process", "me").code != 0 and console.sign_in.sent() == []


# Folders, settings, profiles


def test_a_trusted_folder_is_trusted(old):
    assert old.good("folder", "--shell-hook", old.root / "shop") == f"prod\t{old.root}/shop/.warder\n"
    assert "shop" in old.good("trust", "--list")


def test_the_settings_hold(old):
    assert "unlocked for 3h" in old.run("unlock", passphrase=True).err
    old.made["time"] += 46 * 86400
    assert "the keys alice and carol are over 45d old" in old.run("list").err


def test_an_adopted_profile_is_put_back(old):
    old.good("adopt", "--undo", "audit")
    assert old.config_file.read_text() == old.made["config"]


# Rotation


def test_an_interrupted_rotation_is_named_and_finished(opened):
    assert "the rotation of carol is unfinished: warder rotate carol" in opened.run("status").err
    iam = strict_iam.StrictIAM().start()
    user = iam.account.user("carol", device=False)
    user.keys = [Key(*key, iam.account.now() - 86400) for key in opened.made["rotation"]]
    opened.good("rotate", "carol", env=keyfile(opened) | {"AWS_ENDPOINT_URL": iam.url}, now=True)
    iam.stop()
    (left,) = user.keys
    assert [left.id, left.secret] == opened.made["rotation"][1] and left.active and iam.account.broken == []
    assert opened.stored()["carol"] == (left.id, left.secret)


# The log


def lines(home):
    return [line for _, text in log_v1.read(home.state)[0] for line in text.splitlines()]


def test_the_log_verifies_and_goes_on(opened):
    assert "the log is as it was written" in opened.run("log", "--verify", env=keyfile(opened)).err
    before = lines(opened)
    # What waited was sealed.
    assert any(b'"late":true' in line for line in before)
    opened.good("process", "prod")
    assert lines(opened)[: len(before)] == before and len(lines(opened)) == len(before) + 1
    assert "the log is as it was written" in opened.run("log", "--verify", env=keyfile(opened)).err
    shown = opened.good("log")
    assert shown.count("minted") >= 4 and "slot changed" in shown


def test_a_line_that_was_changed_is_still_named(opened):
    log = opened.state / "log"
    log.write_bytes(log.read_bytes().replace(b'"by":"keyfile"', b'"by":"keyfilf"', 1))
    opened.run("log", "--verify", env=keyfile(opened)).failed(9, "log:", "not what was written")


# At a desktop


def test_the_keys_in_the_secret_service_are_there(seated):
    assert seated.given("carol") == seated.made["keys"]["carol"][0]
    assert seated.given("prod") == seated.made["sessions"]["prod"]
    (alice,) = [entry for entry in json.loads(seated.good("list", "--json"))["entries"] if entry["name"] == "alice"]
    assert alice["totp"] is True
    assert "the log is as it was written" in seated.run("log", "--verify").err


def test_they_move_to_a_vault(seated):
    seated.good("store", "move", "--to", "file", passphrase=True)
    assert seated.stored() == {name: tuple(key) for name, key in seated.made["keys"].items()}
    assert seated.given("prod", passphrase=True) == seated.made["sessions"]["prod"]


# Shells that were open before


@pytest.mark.parametrize("program", RUNNABLE)
def test_an_older_hook_works_with_this_version(opened, program):
    shell = Hooked(opened, program)
    shell.hook = opened.hooks / program
    shell.stand_in(f"#!/bin/sh\nexec {shlex.join(opened.at_its_time())} {WARDER} \"$@\"\n")
    said = shell.script("warder use --keys prod; env; warder drop; echo dropped; env", env={"AWS_PROFILE": "mine"})
    assert said.returncode == 0 and said.stderr == b"", said
    used, dropped = said.stdout.decode().split("\ndropped\n")
    assert f"\nAWS_ACCESS_KEY_ID={opened.made['sessions']['prod']}\n" in used and "\nAWS_PROFILE=" not in used
    assert "AWS_ACCESS_KEY_ID" not in dropped and "AWS_PROFILE=mine\n" in dropped


# In turns


@pytest.mark.skipif(OLDER is None, reason="WARDER_OLDER is not set")
def test_an_older_version_goes_on_where_this_one_stopped(opened):
    """As a container with an older one does, which shares the home."""

    def older(*arguments, **options):
        result = opened.run(*arguments, executable=str(pathlib.Path(OLDER).resolve()), now=True, **options)
        assert result.code == 0, result
        return result.out

    for turn in range(2):
        older("list")
        opened.good("list", now=True)
        key, more = f"AKIA{'O' * 15}{turn + 2}\n{'o' * 40}\n", {"env": keyfile(opened)}
        older("add", f"older-{turn}", "--stdin", "--no-verify", input=key, **more)
        opened.good("add", f"newer-{turn}", "--stdin", "--no-verify", input=key.replace("O", "N"), now=True, **more)
        older("log", "--verify", env=keyfile(opened))
        opened.good("log", "--verify", env=keyfile(opened), now=True)
        older("folder", "--shell-hook", opened.root / "shop")
    names = {key["name"] for key in opened.read_vault().access_keys()}
    assert names == {"alice", "carol", "older-0", "older-1", "newer-0", "newer-1"}
    assert sorted(kind for kind, _ in v1.Layout(opened.vault.read_bytes()).slots) == TYPES
