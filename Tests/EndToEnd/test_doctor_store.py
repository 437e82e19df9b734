"""What `warder doctor` finds about the store: where the keys are, the vault, and its keyfile."""

import os
import shutil

import pytest
import vault_v1 as v1
from doctor import Case, cases, codes, examined, goes_through, mend
from home import ORDINARY, PASSPHRASE, random_key
from secret_service import stored_keys
from stores import add_key, lines

TYPED = {"WARDER_PASSPHRASE": PASSPHRASE}


def remarks(report):
    return sorted({note["code"] for note in report["notes"]})


# Keys


def test_no_key_is_stored(bare):
    bare.add_profiles()
    bare.add_profile("carol", "warder_role_arn = arn:aws:iam::222222222222:role/A", "warder_source_profile = alice")
    found = examined(bare)["findings"]
    assert [(each["code"], each["command"]) for each in found] == [("no_store", "warder add alice")]
    assert found[0]["place"].endswith(".aws/config:1")
    added = add_key(bare, "alice", bare.key, "--store", "file", passphrase=True)
    assert added.code == 0, added
    assert examined(bare)["findings"] == []


def test_a_home_without_profiles_needs_no_store(bare):
    assert examined(bare) == {"findings": [], "notes": []}


def unstored(home):
    home.add_profile("bob", "warder_key = robert")


def store_robert(home):
    assert add_key(home, "robert", random_key(), passphrase=True).code == 0


@cases(Case("a key that the vault has not", unstored, "key_not_stored", "config:21", mends=store_robert))
def test_a_key_of_an_unlocked_vault(home, case):
    with home.opened():
        home.unlock()
    goes_through(home, case)


@cases(Case("a key that the keyring has not", unstored, "key_not_stored", mends=store_robert))
def test_a_key_of_the_secret_service(filled, case):
    goes_through(filled, case)


def test_what_a_locked_vault_holds_is_not_known(home):
    unstored(home)
    report = examined(home)
    assert report["findings"] == [] and "locked" in remarks(report)


def test_that_warder_lock_was_run_is_a_note(home):
    """Though nobody would be asked, nothing is opened until warder is unlocked."""
    with_keyfile(home)
    assert "locked" not in remarks(examined(home))
    home.good("lock")
    report = examined(home)
    (note,) = [note for note in report["notes"] if note["code"] == "locked"]
    assert report["findings"] == [] and "warder is locked, by warder lock" in note["message"], report


def test_one_profile(home):
    with home.opened():
        home.unlock()
    unstored(home)
    assert codes(examined(home, "prod")) == [] and codes(examined(home, "bob")) == ["key_not_stored"]


# Where the keys are


def garbled_marker(home):
    (home.data / "store").write_text("somewhere\n")
    (home.data / "store").chmod(0o600)


def exposed_marker(home):
    garbled_marker(home)
    (home.data / "store").chmod(0o640)


def remove_marker(home):
    (home.data / "store").unlink()


@cases(
    Case("a marker that says nothing", garbled_marker, "store_unknown", "warder/store"),
    Case("a marker that others may read", exposed_marker, "open_to_others", "warder/store", mends=remove_marker),
)
def test_it_cannot_be_told_where_the_keys_are(home, case):
    goes_through(home, case)


def linked_marker(home):
    (home.data / "store").rename(home.root / "elsewhere")
    (home.data / "store").symlink_to(home.root / "elsewhere")


@cases(Case("a link", linked_marker, "refused_link", "warder/store"))
def test_a_marker_that_is_elsewhere(filled, case):
    goes_through(filled, case)


def wanted_in_file(home):
    home.settings("[warder]\nstore = file\n")
    return TYPED


@cases(Case("the settings want a vault", wanted_in_file, "store_elsewhere", "config:2"))
def test_the_keys_are_elsewhere(filled, case):
    goes_through(filled, case)
    assert filled.stored()["alice"] == filled.key


def vault_too(home):
    marker = (home.data / "store").read_text()
    shutil.rmtree(home.data)
    home.add_vault()
    (home.data / "store").write_text(marker)
    (home.data / "store").chmod(0o600)
    return TYPED


@cases(Case("a vault beside the marker", vault_too, "move_unfinished", "warder/vault"))
def test_a_move_that_was_interrupted(filled, case):
    goes_through(filled, case)
    assert not filled.vault.exists() and stored_keys(filled.keyring) == {"alice": filled.key}


# The vault


def older(home):
    """The vault as it was, after it was changed."""
    before = home.vault.read_bytes()
    assert add_key(home, "bob", random_key(), passphrase=True).code == 0
    home.vault.write_bytes(before)
    # A copy of the newer one would be something else.
    home.vault.with_name("vault.bak").unlink()
    return TYPED


def forgotten(home):
    home.good("vault", "verify", passphrase=True)
    (note,) = home.state.glob("generation-*")
    note.write_text("garbage\n")
    return TYPED


def exposed(home):
    home.vault.chmod(0o644)


def foreign(home):
    os.chown(home.vault, ORDINARY, ORDINARY)


def newer_version(home):
    home.before = home.vault.read_bytes()
    home.vault.write_bytes(home.before.replace(b"warder-vault v1\n", b"warder-vault v2\n"))


def put_back(home):
    home.vault.write_bytes(home.before)


def damaged(home):
    assert add_key(home, "bob", random_key(), passphrase=True).code == 0
    home.vault.write_bytes(home.vault.read_bytes()[:200])
    return TYPED


def damaged_alone(home):
    home.before = home.vault.read_bytes()
    home.vault.write_bytes(b"not a vault")


def a_folder(home):
    home.vault.rename(home.root / "kept")
    home.vault.mkdir()


def a_file_again(home):
    home.vault.rmdir()
    (home.root / "kept").rename(home.vault)


def weak(home):
    shutil.rmtree(home.data)
    home.add_vault(cost=15)
    return TYPED | {"WARDER_NEW_PASSPHRASE": PASSPHRASE + " again"}


def copy_of_another(home):
    """As one that stays when the vault is removed, and another one is made."""
    other = v1.Vault(os.urandom(16), os.urandom(32))
    other.slots = [v1.make_slot(v1.KEYFILE, other.identifier, other.data_key, os.urandom(32), os.urandom(32), b"")]
    other.records = [(v1.CACHE_KEY, os.urandom(32))]
    copy = home.vault.with_name("vault.bak")
    copy.write_bytes(v1.write(other))
    copy.chmod(0o600)


def copy_before_renewal(home):
    keyfile = home.root / "key"
    home.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
    before = home.vault.read_bytes()
    home.good("vault", "slots", "add", "keyfile", home.root / "second", passphrase=True)
    found = {"WARDER_KEYFILE": str(keyfile)}
    home.good("vault", "slots", "remove", "2", "--rekey", "--yes", passphrase=True, env=found)
    copy = home.vault.with_name("vault.bak")
    copy.write_bytes(before)
    copy.chmod(0o600)


def gone(home):
    """The copy beside it stays."""
    assert add_key(home, "bob", random_key(), passphrase=True).code == 0
    assert home.vault.with_name("vault.bak").exists()
    home.vault.unlink()
    return TYPED


@cases(
    Case("it is gone, and its copy is there", gone, "vault_gone", "warder/vault"),
    Case("older than last seen", older, "vault_older", "warder/vault"),
    Case("last seen is not known", forgotten, "vault_unseen", "warder/vault"),
    Case("others may read it", exposed, "open_to_others", "warder/vault"),
    Case("of a newer version", newer_version, "vault_newer", "warder/vault", mends=put_back),
    Case("cut short, with a copy", damaged, "vault_damaged", "warder/vault"),
    Case("no vault, without a copy", damaged_alone, "vault_damaged", "warder/vault", mends=put_back),
    Case("a folder", a_folder, "vault_unreadable", "warder/vault", mends=a_file_again),
    Case("a cost below today's", weak, "weak_scrypt", "warder/vault"),
    Case("a copy of another vault", copy_of_another, "copy_of_other_key", "vault.bak"),
    Case("a copy from before its keys were renewed", copy_before_renewal, "copy_of_other_key", "vault.bak"),
)
def test_the_vault(home, case):
    goes_through(home, case)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files away")
@cases(Case("another user's", foreign, "foreign_owner", "warder/vault"))
def test_a_vault_of_another_user(home, case):
    goes_through(home, case)


def test_the_usual_copies_are_no_finding(home):
    """After a key is added, the passphrase changed, a slot added and removed, the keys renewed."""
    keyfile = home.root / "key"
    again = {"WARDER_NEW_PASSPHRASE": PASSPHRASE}
    for command, more in [
        (["add", "bob", "--stdin", "--no-verify"], {"input": lines(random_key())}),
        (["vault", "passphrase"], {"env": again}),
        (["vault", "passphrase"], {"env": again}),
        (["vault", "recovery"], {}),
        (["vault", "passphrase"], {"env": again}),
        (["vault", "slots", "add", "keyfile", keyfile], {}),
        (["vault", "slots", "remove", "keyfile"], {}),
        (["vault", "slots", "add", "keyfile", keyfile], {}),
        (["vault", "slots", "remove", "recovery", "--rekey", "--yes"], {"env": {"WARDER_KEYFILE": str(keyfile)}}),
        (["remove", "bob", "--yes"], {}),
    ]:
        home.good(*command, passphrase=True, **more)
        assert examined(home)["findings"] == [], command


@cases(Case("a renewal that was interrupted", lambda home: home.interrupt(), "unfinished_rekey", "warder/vault"))
def test_a_renewal_of_the_keys(home, case, tmp_path):
    """Killed when the vault is written, and before the rest is done."""
    home.good("vault", "slots", "add", "keyfile", home.root / "key", passphrase=True)
    home.good("vault", "recovery", passphrase=True)

    def interrupt():
        command = ["vault", "slots", "remove", "recovery", "--rekey", "--yes"]
        env = TYPED | {"WARDER_KEYFILE": str(home.root / "key")}
        for moment in range(1, 9):
            kill = ["strace", "-f", "-o", "/dev/null", "-e", f"inject=?rename,?renameat2:signal=SIGKILL:when={moment}"]
            home.run(*command, env=env, prefix=kill)
            if "unfinished_rekey" in codes(examined(home)):
                return env
        pytest.fail("no moment left it unfinished")

    home.interrupt = interrupt
    goes_through(home, case)


# The keyfile


def with_keyfile(home):
    keyfile = home.root / "keys/vault"
    keyfile.parent.mkdir()
    home.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
    home.environment["WARDER_KEYFILE"] = str(keyfile)
    return keyfile


def keyfile_gone(home):
    (home.root / "keys/vault").unlink()
    return TYPED


def keyfile_mode(mode):
    return lambda home: (home.root / "keys/vault").chmod(mode)


def keyfile_a_folder(home):
    (home.root / "keys/vault").unlink()
    (home.root / "keys/vault").mkdir()


def keyfile_removed(home):
    (home.root / "keys/vault").rmdir()
    home.good("vault", "slots", "add", "keyfile", home.root / "keys/vault", passphrase=True)


@cases(
    Case("it is not there", keyfile_gone, "no_keyfile", "keys/vault"),
    Case("others may write it", keyfile_mode(0o602), "keyfile_mode", "keys/vault"),
    Case("it is a folder", keyfile_a_folder, "keyfile_unreadable", "keys/vault", mends=keyfile_removed),
)
def test_the_keyfile(home, case):
    with_keyfile(home)
    goes_through(home, case)


def test_a_keyfile_that_others_may_read(home):
    """Who may read root's own is up to root."""
    keyfile = with_keyfile(home)
    user = home.as_ordinary_user()
    keyfile.chmod(0o640)
    # Another copy of warder runs, which the profiles do not name.
    (found,) = [each for each in examined(home, **user)["findings"] if each["code"] == "keyfile_mode"]
    assert found["gravity"] == "exposed" and found["place"] == str(keyfile) and found["fix"]
    mend(home, found["command"])
    assert "keyfile_mode" not in codes(examined(home, **user))
