"""What a newer version of warder left in a home, met by this one: it says so in one line that names the file, and
leaves it as it is; a cache of a newer format is passed over. docs/upgrades.md lists what there is."""

import json
import subprocess

import pytest
import vault_v1 as v1
from home import PASSPHRASE
from secret_service import parse
from stores import lines

NEWER = "a newer warder wrote "
VERSION = "upgrade warder"
SLOT, FIELD, RECORD = 77, 77, 77


def newer(result, path):
    result.failed(9, str(path), NEWER, VERSION)


def key_of(seed):
    return f"AKIA{seed * 16}\n{seed.lower() * 40}\n"


# The vault


@pytest.fixture
def newer_vault(unlocked):
    """A vault of version 2, which was unlocked; nothing may change it."""
    unlocked.vault.write_bytes(unlocked.vault.read_bytes().replace(b"warder-vault v1\n", b"warder-vault v2\n"))
    before = unlocked.vault.read_bytes()
    yield unlocked
    assert unlocked.vault.read_bytes() == before


@pytest.mark.parametrize("command", [
    ["list"], ["process", "prod"], ["unlock"], ["vault", "verify"], ["vault", "slots"], ["vault", "passphrase"],
    ["vault", "recovery"], ["add", "bob", "--stdin", "--no-verify"], ["remove", "alice", "--yes"], ["vault", "init"],
    ["refresh", "prod", "--mfa-code", "123456"], ["vault", "slots", "add", "keyfile", "key"], ["rotate", "alice"],
    ["vault", "backup", "copy"], ["lock"], ["store", "move", "--to", "libsecret"],
], ids=" ".join)
def test_a_newer_vault_is_left_alone(newer_vault, command):
    result = newer_vault.run(*command, input=key_of("B"), passphrase=True)
    newer(result, newer_vault.vault)


def test_a_newer_vault_is_not_replaced_by_a_backup(unlocked):
    backup = unlocked.root / "backup"
    unlocked.good("vault", "backup", backup)
    newer_vault = unlocked.vault.read_bytes().replace(b"warder-vault v1\n", b"warder-vault v2\n")
    unlocked.vault.write_bytes(newer_vault)
    newer(unlocked.run("vault", "restore", backup, passphrase=True), unlocked.vault)
    assert unlocked.vault.read_bytes() == newer_vault


def test_a_newer_backup_is_not_restored(careful):
    backup = careful.root / "backup"
    backup.write_bytes(b"warder-vault v2\n" + careful.vault.read_bytes()[16:])
    newer(careful.run("vault", "restore", backup, passphrase=True), backup)


def test_a_newer_copy_of_a_vault_that_is_gone_outlives_a_new_one(home):
    copy = b"warder-vault v2\n" + home.vault.read_bytes()[16:]
    home.vault.with_name("vault.bak").write_bytes(copy)
    home.vault.with_name("vault.bak").chmod(0o600)
    home.vault.unlink()
    for name in ("B", "C"):
        home.good("add", name, "--stdin", "--no-verify", input=key_of(name), passphrase=True)
    assert home.vault.with_name("vault.replaced").read_bytes() == copy


@pytest.fixture
def extended(home):
    """A vault of this version, with a slot, a record, and a field of a key that only a newer one knows."""
    vault = home.read_vault()
    vault.slots.append((SLOT, b"of a newer version"))
    vault.records = [
        (tag, value + v1.field(FIELD, b"a newer field") if tag == v1.ACCESS_KEY else value)
        for tag, value in vault.records] + [(RECORD, b"a newer record")]
    home.vault.write_bytes(v1.write(vault))
    return home


def is_whole(home, passphrase=PASSPHRASE):
    vault = home.read_vault(passphrase)
    assert (SLOT, b"of a newer version") in vault.slots and (RECORD, b"a newer record") in vault.records
    (alice,) = [key for key in vault.access_keys() if key["name"] == "alice"]
    assert alice["unknown"] == [[FIELD, b"a newer field".hex()]]
    return True


def test_what_a_newer_version_put_into_the_vault_stays(extended):
    extended.good("add", "bob", "--stdin", "--no-verify", input=key_of("B"), passphrase=True)
    extended.good("add", "alice", "--totp", "--stdin", input="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n", passphrase=True)
    extended.good("vault", "recovery", passphrase=True)
    extended.good("vault", "slots", "add", "keyfile", extended.root / "key", passphrase=True)
    extended.good("vault", "slots", "remove", "keyfile", passphrase=True)
    assert is_whole(extended) and f"type {SLOT}" in extended.good("vault", "slots")


def test_its_keys_are_not_renewed_without_that_slot(extended):
    extended.good("vault", "slots", "add", "keyfile", extended.root / "key", passphrase=True)
    result = extended.run("vault", "slots", "remove", "keyfile", "--rekey", passphrase=True)
    result.failed(1, f"type {SLOT}", "remove that slot first")
    assert "  " not in result.err and is_whole(extended)


@pytest.mark.parametrize("what", ["slot", "field", "record"])
def test_the_keys_are_not_moved_without_what_a_newer_version_put_there(desktop, what):
    desktop.add_vault()
    vault = desktop.read_vault()
    if what == "slot":
        vault.slots.append((SLOT, b"of a newer version"))
    elif what == "record":
        vault.records.append((RECORD, b"a newer record"))
    else:
        vault.records = [
            (tag, value + v1.field(FIELD, b"a newer field") if tag == v1.ACCESS_KEY else value)
            for tag, value in vault.records]
    desktop.vault.write_bytes(v1.write(vault))
    before = desktop.vault.read_bytes()
    result = desktop.run("store", "move", "--to", "libsecret", passphrase=True)
    result.failed(1, str(desktop.vault), "newer warder", "nothing was moved")
    assert desktop.vault.read_bytes() == before and desktop.keyring.items() == []


def test_a_rotation_that_only_a_newer_version_knows_is_left_alone(rotation):
    vault = rotation.home.read_vault()
    vault.records = [
        (tag, value + v1.field(v1.TAGS["rotation"], b"paused AKIA 5") if tag == v1.ACCESS_KEY else value)
        for tag, value in vault.records]
    rotation.home.vault.write_bytes(v1.write(vault))
    result = rotation.run()
    assert result.code != 0 and "newer" in result.err and rotation.iam.changes() == [], result
    (key,) = rotation.home.read_vault().access_keys()
    assert key["rotation"] == "paused AKIA 5"


# Notes beside it


@pytest.mark.parametrize("text", [
    "warder-generation 2\n7\n", "warder-generation 12\n", f"warder-generation 2\n7 {'f' * 64}\n"])
def test_a_newer_note_of_the_generation_opens_nothing_and_stays(home, text):
    home.good("vault", "verify", passphrase=True)
    (note,) = home.state.glob("generation-*")
    note.write_text(text)
    home.good("vault", "backup", home.root / "copy")
    before = home.vault.read_bytes()
    for command in (
        ["vault", "verify"], ["unlock"], ["process", "prod"], ["vault", "verify", "--accept-older"],
        ["vault", "restore", home.root / "copy"], ["vault", "recovery"],
    ):
        newer(home.run(*command, passphrase=True), note)
    assert note.read_text() == text and home.vault.read_bytes() == before


def codes(home):
    return [finding["code"] for finding in json.loads(home.run("doctor", "--json").out)["findings"]]


def test_doctor_names_a_newer_note_of_the_generation(home):
    home.good("vault", "verify", passphrase=True)
    (note,) = home.state.glob("generation-*")
    note.write_text("warder-generation 2\n7\n")
    assert "vault_newer" in codes(home)


@pytest.mark.parametrize("text", [
    "tpm2 00112233445566778899aabbccddeeff\n", "libsecret 00112233445566778899aabbccddeeff collection=work\n",
    "warder-store 2\nlibsecret\n"])
@pytest.mark.parametrize("command", [
    ["list"], ["process", "prod"], ["unlock"], ["add", "bob", "--stdin", "--no-verify"], ["vault", "verify"],
    ["store", "move", "--to", "libsecret"]], ids=" ".join)
def test_a_store_that_only_a_newer_version_knows_is_not_passed_over(careful, text, command):
    marker = careful.data / "store"
    marker.write_text(text)
    marker.chmod(0o600)
    newer(careful.run(*command, input=key_of("B"), passphrase=True), marker)
    assert marker.read_text() == text


def test_a_newer_note_of_a_renewal_is_left_alone(home):
    home.good("vault", "slots", "add", "keyfile", home.root / "key", passphrase=True)
    note = home.data / "vault.rekey"
    note.write_text("warder-rekey 2\nkeyfile\n")
    note.chmod(0o600)
    before = home.vault.read_bytes()
    newer(home.run("vault", "slots", "remove", "keyfile", "--rekey", passphrase=True), note)
    assert note.exists() and home.vault.read_bytes() == before


# The log


@pytest.fixture
def newer_log(working):
    """A log whose seal is of a newer format; it is not changed."""
    seal = working.state / "log.seal"
    working.seal = seal.read_bytes()
    seal.write_bytes(b"warder-log-seal2\n" + bytes(111))
    before = seal.read_bytes(), (working.state / "log").read_bytes()
    yield working
    assert (seal.read_bytes(), (working.state / "log").read_bytes()) == before


def test_a_newer_log_is_not_begun_anew(newer_log):
    # Commands go on, and their lines wait for a version that can seal them.
    newer_log.good("process", "prod")
    newer_log.good("process", "prod")
    waiting = sorted((newer_log.state / "log.late").glob("*.line"))
    assert len(waiting) == 2 and b'"event":"served"' in waiting[0].read_bytes()
    assert not (newer_log.state / "log.1").exists()


@pytest.mark.parametrize("command", [["log", "--verify"], ["log", "--begin-anew"]], ids=" ".join)
def test_a_newer_log_is_neither_verified_nor_replaced(newer_log, command):
    newer(newer_log.run(*command, passphrase=True), newer_log.state / "log.seal")


def test_a_newer_log_is_shown(newer_log):
    assert "minted" in newer_log.good("log")


def test_what_waited_is_sealed_by_a_version_that_can(working):
    seal = working.state / "log.seal"
    before = seal.read_bytes()
    seal.write_bytes(b"warder-log-seal2\n" + bytes(111))
    working.good("process", "prod")
    seal.write_bytes(before)
    working.good("process", "prod")
    assert working.good("log", "--json").count('"late":true') == 1
    assert "as it was written" in working.run("log", "--verify", passphrase=True).err


def test_doctor_names_a_newer_log(newer_log):
    assert "log_newer" in codes(newer_log)


# Caches, and what is in memory


def test_a_newer_session_is_made_anew(working, sts):
    for file in working.sessions():
        file.write_bytes(b"warder-session2\n" + file.read_bytes()[16:])
    with working.opened():
        working.good("refresh", "prod", "--mfa-code", "654321", passphrase=True)
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]
    assert all(file.read_bytes().startswith(b"warder-session1\n") for file in working.sessions())


def test_a_newer_list_of_keys_is_made_anew(listed):
    index = listed.cache / "keys"
    index.write_bytes(b"warder-session2\n" + index.read_bytes()[16:])
    listed.good("vault", "verify", passphrase=True)
    assert "alice" in listed.good("list", passphrase=True)
    assert index.read_bytes().startswith(b"warder-session1\n")


def put(name, payload):
    subprocess.run(["keyctl", "padd", "user", name, "@u"], input=payload, capture_output=True, check=True)


@pytest.mark.needs("keyctl")
@pytest.mark.parametrize("size", [13, 40, 200])
def test_a_newer_mark_of_a_lock_locks_until_it_is_unlocked(working, size):
    identifier = working.vault.read_bytes()[16:32].hex()
    put(f"warder:lock-of-session-cache:{identifier}", b"warder-mark2" + bytes(range(size)))
    assert working.run("process", "prod").code == 3
    with working.opened():
        working.unlock()
    working.good("process", "prod")
    working.good("lock")
    assert working.run("process", "prod").code == 3


@pytest.mark.needs("keyctl")
def test_a_newer_unlocked_key_is_asked_for_again(working):
    identifier = working.vault.read_bytes()[16:32].hex()
    put(f"warder:session-cache:{identifier}", b"warder-key3\n" + bytes(100))
    assert working.run("process", "prod").code == 3
    with working.opened():
        working.unlock()
    working.good("process", "prod")


# Folders, profiles, settings


def test_a_newer_approval_approves_nothing(home):
    folder = home.root / "shop"
    folder.mkdir(mode=0o755)
    (folder / ".warder").write_text("prod\n")
    (folder / ".warder").chmod(0o644)
    home.good("trust", folder)
    (entry,) = [path for path in (home.data / "trusted").iterdir() if len(path.name) == 64]
    entry.write_text(f"warder-trusted 2\n{entry.read_text()}")
    home.run("folder", "--shell-hook", folder).failed(3, "is not trusted", "run warder trust")
    home.good("trust", folder)
    home.good("folder", "--shell-hook", folder)


def test_what_a_newer_adopt_did_is_not_half_undone(home):
    home.good("adopt", "prod", "alice")
    mark = "[profile prod]\n# adopted by warder: role_arn ~region"
    text = home.config_file.read_text().replace("[profile prod]", mark)
    home.config(text)
    result = home.run("adopt", "--undo", "prod")
    result.failed(8, str(home.config_file), "newer warder", VERSION)
    assert home.config_file.read_text() == text


def test_a_setting_of_a_newer_version_is_an_error_with_its_line(home):
    home.settings("[warder]\nunlock_time = 2h\ntea_time = 5m\n")
    result = home.run("list")
    result.failed(8, "config:3", "tea_time")


# The Secret Service


def test_lines_of_a_key_that_only_a_newer_version_knows_stay(desktop):
    desktop.run("add", "alice", "--stdin", "--no-verify", "--store", "libsecret", input=lines(desktop.key))
    (item,) = desktop.keyring.items("AccessKey")
    desktop.keyring.put("AccessKey", item["secret"] + "colour = green\n", item["label"], name="alice")
    desktop.good("add", "alice", "--totp", "--stdin", input="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n")
    (item,) = desktop.keyring.items("AccessKey")
    kept = parse(item["secret"])
    assert kept["colour"] == "green" and "totp_seed" in kept
    result = desktop.run("store", "move", "--to", "file", passphrase=True)
    result.failed(1, "alice", "newer warder", "nothing was moved")
    assert not desktop.vault.exists() and desktop.keyring.items("AccessKey") == [item]
