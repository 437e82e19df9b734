"""The vault's slots: more than one way to open it, each of them taken away again."""

import json
import os
import re
import stat

import pytest
import vault_v1 as v1
from home import PASSPHRASE, exit_code, random_key
from stores import add_key_profile, asked, lines

LIBSECRET, KEYFILE = 2, 3
CODE = r"(?:[0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}"


def slots(home):
    return json.loads(home.good("vault", "slots", "--json"))


def types(home):
    """As the second reader finds them in the file."""
    return sorted(kind for kind, _ in v1.Layout(home.vault.read_bytes()).slots)


@pytest.fixture
def safe(home):
    """A home with alice's key in a vault, and a profile that asks for the key itself."""
    add_key_profile(home, "itself", "alice")
    return home


@pytest.fixture
def keyfile(safe):
    path = safe.root / "key file"
    safe.good("vault", "slots", "add", "keyfile", path, passphrase=True)
    return path


@pytest.fixture
def desk(desktop):
    """A vault at a desktop with a Secret Service."""
    desktop.add_vault()
    desktop.add_profiles()
    add_key_profile(desktop, "itself", "alice")
    return desktop


def opens(home, **options):
    result = asked(home, "itself", **options)
    return result.code == 0 and json.loads(result.out)["SecretAccessKey"] == home.key[1]


# What there is


def test_they_are_listed_without_a_passphrase(safe):
    text = safe.good("vault", "slots")
    assert "passphrase" in text
    told = slots(safe)
    entries = told["slots"] if isinstance(told, dict) else told
    (entry,) = entries
    ((_, body),) = v1.Layout(safe.vault.read_bytes()).slots
    assert entry["type"] == "passphrase" and entry["identifier"] == body[1:9].hex(), entry


def test_where_there_is_no_vault(bare):
    result = bare.run("vault", "slots")
    result.failed(result.code)
    assert result.code in (1, 7)


# A keyfile


def test_a_keyfile_is_made_and_opens_the_vault(safe, keyfile):
    assert types(safe) == [v1.PASSPHRASE, KEYFILE]
    assert stat.S_IMODE(keyfile.stat().st_mode) == 0o600 and keyfile.stat().st_size >= 32
    assert not opens(safe)
    assert opens(safe, env={"WARDER_KEYFILE": str(keyfile)})
    assert opens(safe, passphrase=True)


def test_where_a_keyfile_is_found(safe, keyfile, tmp_path):
    safe.settings(f"[warder]\nkeyfile = {keyfile}\n")
    assert opens(safe)
    safe.settings("")
    (tmp_path / "warder.keyfile").write_bytes(keyfile.read_bytes())
    (tmp_path / "warder.keyfile").chmod(0o400)
    assert opens(safe, env={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert not opens(safe)


def test_a_keyfile_of_a_wrong_size(safe):
    path = safe.root / "own"
    path.write_bytes(content := os.urandom(31))
    path.chmod(0o600)
    before = safe.vault.read_bytes()
    result = safe.run("vault", "slots", "add", "keyfile", path, passphrase=True)
    assert result.code in (1, 2, 8), result
    result.failed(result.code)
    assert path.read_bytes() == content and safe.vault.read_bytes() == before


def test_a_keyfile_that_is_a_pipe(safe):
    path = safe.root / "odd"
    os.mkfifo(path)
    before = safe.vault.read_bytes()
    result = safe.run("vault", "slots", "add", "keyfile", path, passphrase=True, timeout=20)
    result.failed(result.code, str(path))
    assert safe.vault.read_bytes() == before


@pytest.mark.parametrize("damage", ["wrong", "a pipe"])
def test_a_keyfile_that_does_not_open(safe, keyfile, damage):
    content = keyfile.read_bytes()
    keyfile.unlink()
    if damage == "wrong":
        keyfile.write_bytes(os.urandom(len(content)))
        keyfile.chmod(0o600)
    else:
        os.mkfifo(keyfile)
    result = safe.run("process", "itself", env={"WARDER_KEYFILE": str(keyfile)}, timeout=10)
    assert result.code in (1, 3), result
    result.failed(result.code, "keyfile")


# The Secret Service


def test_a_slot_in_the_secret_service_opens_without_a_word(desk):
    desk.good("vault", "slots", "add", "libsecret", passphrase=True)
    assert types(desk) == [v1.PASSPHRASE, LIBSECRET]
    (item,) = desk.keyring.items("VaultKey")
    layout = v1.Layout(desk.vault.read_bytes())
    (body,) = [body for kind, body in layout.slots if kind == LIBSECRET]
    attributes = item["attributes"]
    assert attributes["vault"] == layout.identifier.hex() and attributes["slot"] == body[:8].hex()
    assert opens(desk)
    key = random_key()
    desk.good("add", "bob", "--stdin", "--no-verify", input=lines(key))
    assert desk.stored() == {"alice": desk.key, "bob": key}


@pytest.mark.parametrize("state", ["locked", "stopped", "absent"])
def test_without_the_secret_service_the_passphrase_serves(desk, state):
    desk.good("vault", "slots", "add", "libsecret", passphrase=True)
    {"locked": desk.keyring.lock, "stopped": desk.keyring.stop, "absent": desk.keyring.kill}[state]()
    assert opens(desk, passphrase=True)
    desk.run("process", "itself", timeout=10).failed(3)
    if state == "stopped":
        desk.keyring.resume()


def test_the_session_cache_is_unlocked_by_it_too(desk, sts):
    desk.good("vault", "slots", "add", "libsecret", passphrase=True)
    desk.good("refresh", "prod", "--mfa-code", "123456")
    desk.good("lock")
    desk.good("unlock")
    sts.requests.clear()
    assert asked(desk, "prod").code == 0 and sts.requests == []


def test_no_secret_service_no_slot(desk):
    before = desk.vault.read_bytes()
    desk.keyring.kill()
    desk.run("vault", "slots", "add", "libsecret", passphrase=True).failed(3)
    assert desk.vault.read_bytes() == before


def test_removing_the_slot_removes_the_item(desk):
    desk.good("vault", "slots", "add", "libsecret", passphrase=True)
    desk.good("vault", "slots", "remove", "libsecret", passphrase=True)
    assert types(desk) == [v1.PASSPHRASE]
    assert desk.keyring.items("VaultKey") == []
    assert not opens(desk)
    assert opens(desk, passphrase=True)


@pytest.fixture
def two(desk):
    """A vault that opens by the desktop's keyring and by its passphrase."""
    desk.good("vault", "slots", "add", "libsecret", passphrase=True)
    return desk


@pytest.mark.parametrize("options", [[], ["--rekey"]], ids=["as-it-is", "rekeyed"])
def test_the_keyring_is_not_left_alone_without_a_yes(two, options):
    before = two.vault.read_bytes()
    two.run("vault", "slots", "remove", "passphrase", *options).failed(4, "only the desktop's keyring", "recovery")
    assert two.vault.read_bytes() == before
    two.good("vault", "slots", "remove", "passphrase", "--yes", *options)
    assert types(two) == [LIBSECRET] and opens(two)


@pytest.mark.parametrize("answer, code", [("", 4), ("n", 4), ("y", 0)])
def test_at_a_terminal_the_keyring_alone_is_a_question(two, answer, code):
    terminal = two.terminal("vault", "slots", "remove", "passphrase")
    terminal.expect("only the desktop's keyring.*[[]y/N[]] ")
    terminal.sendline(answer)
    terminal.expect("removed the passphrase slot" if code == 0 else "the slot is kept")
    assert exit_code(terminal) == code
    assert types(two) == ([LIBSECRET] if code == 0 else sorted([v1.PASSPHRASE, LIBSECRET]))


@pytest.mark.parametrize("other", ["recovery", "keyfile"])
def test_with_another_way_nobody_is_asked(two, other):
    path = [two.root / "keyfile"] if other == "keyfile" else []
    two.good("vault", "slots", "add", other, *path, passphrase=True)
    two.good("vault", "slots", "remove", "passphrase")
    assert len(types(two)) == 2


# Others


def test_a_recovery_code_is_added(safe):
    printed = safe.good("vault", "slots", "add", "recovery", passphrase=True)
    code = re.search(CODE, printed)[0]
    assert v1.read(safe.vault.read_bytes(), recovery=code).access_keys()[0]["secret"] == safe.key[1]


def test_a_passphrase_is_added_to_a_vault_that_lost_its_own(safe, keyfile):
    env = {"WARDER_KEYFILE": str(keyfile)}
    safe.good("vault", "slots", "remove", "passphrase", env=env)
    assert types(safe) == [KEYFILE]
    safe.good("vault", "slots", "add", "passphrase", env=env | {"WARDER_NEW_PASSPHRASE": PASSPHRASE})
    assert safe.stored() == {"alice": safe.key}


@pytest.mark.parametrize("kind", ["passphrase", "recovery"])
def test_a_second_of_its_kind_is_refused(safe, kind):
    if kind == "recovery":
        safe.good("vault", "slots", "add", "recovery", passphrase=True)
    before = safe.vault.read_bytes()
    result = safe.run("vault", "slots", "add", kind, passphrase=True, env={"WARDER_NEW_PASSPHRASE": "another"})
    assert result.code != 0 and result.out == "", result
    assert safe.vault.read_bytes() == before


def test_of_many_that_add_one_keyfile_one_does(safe):
    path = safe.root / "shared"
    slow = safe.start("vault", "slots", "add", "keyfile", path, env={"WARDER_PASSPHRASE_COMMAND": "sleep 1; echo wrong"})
    others = [safe.start("vault", "slots", "add", "keyfile", path, passphrase=True) for _ in range(8)]
    codes = sorted(process.wait(60) for process in others)
    assert codes[0] == 0 and set(codes[1:]) == {2}, codes
    assert slow.wait(60) == 3
    # Who failed has not taken the file from who did not.
    assert opens(safe, env={"WARDER_KEYFILE": str(path)})
    assert safe.good("vault", "slots").count("keyfile") == 1


def test_the_last_slot_stays(safe):
    before = safe.vault.read_bytes()
    safe.run("vault", "slots", "remove", "passphrase", passphrase=True).failed(2)
    assert safe.vault.read_bytes() == before


@pytest.mark.parametrize("which", ["9", "0", "-1", "cloud", "ffffffffffffffff", ""])
def test_a_slot_that_is_not_there(safe, keyfile, which):
    before = safe.vault.read_bytes()
    result = safe.run("vault", "slots", "remove", "--", which, passphrase=True)
    assert result.code in (2, 7) and result.out == "", result
    assert safe.vault.read_bytes() == before


@pytest.mark.parametrize("by", ["number", "type", "identifier"])
def test_a_slot_is_named_in_three_ways(safe, keyfile, by):
    layout = v1.Layout(safe.vault.read_bytes())
    number, body = next((number, body) for number, (kind, body) in enumerate(layout.slots, 1) if kind == KEYFILE)
    which = {"number": number, "type": "keyfile", "identifier": body[:8].hex()}[by]
    safe.good("vault", "slots", "remove", which, passphrase=True)
    assert types(safe) == [v1.PASSPHRASE]
    assert not opens(safe, env={"WARDER_KEYFILE": str(keyfile)})


def test_a_type_that_is_there_twice_is_not_guessed(safe, keyfile):
    safe.good("vault", "slots", "add", "keyfile", safe.root / "second", passphrase=True)
    before = safe.vault.read_bytes()
    safe.run("vault", "slots", "remove", "keyfile", passphrase=True).failed(2)
    assert safe.vault.read_bytes() == before


def test_rekeyed_an_old_copy_s_data_key_opens_nothing(safe, keyfile):
    old = v1.read(safe.vault.read_bytes(), PASSPHRASE.encode())
    safe.good("vault", "slots", "remove", "keyfile", "--rekey", passphrase=True)
    new = v1.read(safe.vault.read_bytes(), PASSPHRASE.encode())
    assert new.data_key != old.data_key and new.session_cache_key() != old.session_cache_key()
    assert new.identifier == old.identifier and new.generation > old.generation
    assert safe.stored() == {"alice": safe.key}
    # The copy of before would still open by the slot that went.
    assert not safe.vault.with_name("vault.bak").exists()
    assert opens(safe, passphrase=True) and not opens(safe, env={"WARDER_KEYFILE": str(keyfile)})


def test_without_rekeying_what_was_cached_stays(safe, keyfile, sts):
    safe.unlock()
    safe.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    safe.good("vault", "slots", "remove", "keyfile", passphrase=True)
    sts.requests.clear()
    assert safe.run("process", "prod").code == 0 and sts.requests == []


# A passphrase that systemd hands over


def test_a_passphrase_in_systemd_s_credentials(safe, tmp_path):
    file = tmp_path / "warder.passphrase"
    file.write_text(PASSPHRASE + "\n")
    file.chmod(0o400)
    assert opens(safe, env={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    safe.good("unlock", env={"CREDENTIALS_DIRECTORY": str(tmp_path)})


def test_a_credential_that_is_none(safe, tmp_path):
    file = tmp_path / "warder.passphrase"
    file.write_text("wrong\n")
    file.chmod(0o400)
    result = safe.run("process", "itself", env={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert result.code in (1, 3, 4), result
    result.failed(result.code)


def test_no_credential_is_no_error(safe, tmp_path):
    assert opens(safe, env={"CREDENTIALS_DIRECTORY": str(tmp_path)}, passphrase=True)
