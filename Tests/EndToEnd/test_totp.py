"""The seed of one-time codes: stored with a key, kept with it, and taken away."""

import base64
import hashlib
import hmac
import json
import os
import re
import time

from home import MFA, PASSPHRASE, exit_code, random_key
from secret_service import parse
from stores import FileStore, lines

ADDRESS = "otpauth://totp/Amazon%20Web%20Services:alice?secret={}&issuer=Amazon%20Web%20Services"
WARNING = "the second factor is then stored beside the first"


def random_seed():
    """As AWS gives them: 64 characters."""
    return base64.b32encode(os.urandom(40)).decode()


def canonical(seed, algorithm="SHA1", period=30):
    return f"otpauth://totp/AWS?secret={seed}&algorithm={algorithm}&digits=6&period={period}"


def code(seed, counter):
    """RFC 4226, in other words than warder's."""
    tag = hmac.digest(base64.b32decode(seed), counter.to_bytes(8, "big"), hashlib.sha1)
    at = tag[-1] & 15
    return f"{(int.from_bytes(tag[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def seeds_in_vault(home):
    keys = home.read_vault().access_keys()
    return {key["name"]: (key["totp_seed"], key.get("totp_device")) for key in keys if "totp_seed" in key}


def stored_seeds(store):
    """Name → (seed, its device), as whoever reads the store without warder finds them."""
    if isinstance(store, FileStore):
        return seeds_in_vault(store.home)
    items = {item["attributes"]["name"]: parse(item["secret"]) for item in store.service.items("AccessKey")}
    return {name: (key["totp_seed"], key.get("totp_device")) for name, key in items.items() if "totp_seed" in key}


def add_seed(store, seed, *options, name="alice", **more):
    return store.run("add", name, "--totp", "--stdin", *options, input=seed + "\n", **more)


def is_nowhere(home, seed):
    """The seed is not in plain in any file of the home, nor are its bytes."""
    found = [path for path in home.root.rglob("*") if path.is_file()]
    contents = [path.read_bytes() for path in found if "keyrings" not in path.parts]
    return not any(seed.encode() in text or base64.b32decode(seed) in text for text in contents)


def test_with_a_key_that_is_stored(store):
    seed = random_seed()
    result = add_seed(store, ADDRESS.format(seed), "--mfa-serial", MFA)
    assert result.code == 0 and result.out == "", result
    assert WARNING in result.err and "ykman" in result.err
    assert seed not in result.err
    assert stored_seeds(store) == {"alice": (canonical(seed), MFA)}
    assert store.stored() == {"alice": store.home.key}
    assert store.process() == store.home.key
    assert is_nowhere(store.home, seed)


def test_with_a_new_key(store):
    seed, key = random_seed(), random_key()
    options = ["--no-verify", "--totp", "--mfa-serial", MFA, "--stdin"]
    result = store.run("add", "bob", *options, input=lines(key) + seed + "\n")
    assert result.code == 0 and WARNING in result.err, result
    assert store.stored() == {"alice": store.home.key, "bob": key}
    assert stored_seeds(store) == {"bob": (canonical(seed), MFA)}


def test_what_is_no_seed_changes_nothing(store):
    before, seed = random_seed(), random_seed()
    assert add_seed(store, before).code == 0
    result = add_seed(store, seed + "A")
    result.failed(8)
    assert seed not in result.err
    assert stored_seeds(store) == {"alice": (canonical(before), None)}
    assert store.process() == store.home.key


def test_a_new_key_with_what_is_no_seed_is_not_stored(store):
    key = random_key()
    result = store.run("add", "bob", "--no-verify", "--totp", "--stdin", input=lines(key) + "no base32!")
    result.failed(8)
    assert store.stored() == {"alice": store.home.key}


def test_taking_it_away(store):
    seed = random_seed()
    assert add_seed(store, seed).code == 0
    store.good("add", "alice", "--no-totp")
    assert stored_seeds(store) == {}
    assert store.process() == store.home.key
    assert "no seed" in store.run("add", "alice", "--no-totp").err
    store.run("add", "carol", "--no-totp").failed(7, "carol")


def test_a_new_secret_keeps_the_seed_unless_told_otherwise(store):
    seed, new, newer = random_seed(), random_key(), random_key()
    assert add_seed(store, seed, "--mfa-serial", MFA).code == 0
    assert store.add("alice", new, "--replace").code == 0
    assert store.stored() == {"alice": new}
    assert stored_seeds(store) == {"alice": (canonical(seed), MFA)}
    assert store.add("alice", newer, "--replace", "--no-totp").code == 0
    assert store.stored() == {"alice": newer}
    assert stored_seeds(store) == {}


def test_a_new_secret_and_a_new_seed_at_once(store):
    first, second, new = random_seed(), random_seed(), random_key()
    assert add_seed(store, first).code == 0
    options = ["--replace", "--no-verify", "--totp", "--stdin"]
    store.good("add", "alice", *options, input=lines(new) + second)
    assert store.stored() == {"alice": new}
    assert stored_seeds(store) == {"alice": (canonical(second), None)}


def test_the_list_shows_which_keys_have_one(store):
    assert store.add("bob", random_key()).code == 0
    assert add_seed(store, random_seed()).code == 0

    def listed():
        store.good("unlock")
        entries = {entry["name"]: entry["totp"] for entry in json.loads(store.good("list", "--json"))["entries"]}
        rows = [line for line in store.good("list").splitlines() if " totp" in line]
        return entries, [row.split()[0] for row in rows]

    assert listed() == ({"alice": True, "bob": False}, ["alice"])
    assert store.add("alice", random_key(), "--replace").code == 0
    assert listed() == ({"alice": True, "bob": False}, ["alice"])
    store.good("add", "alice", "--no-totp")
    assert listed() == ({"alice": False, "bob": False}, [])


def codes_shown(text, seed, began):
    """That both codes in the text follow each other, and the first was the present one while it was shown."""
    codes = re.findall(r"\b\d{6}\b", text)
    now = [int(moment) // 30 for moment in (began, time.time())]
    assert codes in [[code(seed, counter), code(seed, counter + 1)] for counter in range(now[0], now[1] + 1)], text
    (left,) = re.findall(r"for (\d+) s", text)
    assert 1 <= int(left) <= 30


def test_at_the_terminal(home):
    seed = random_seed()
    terminal = home.terminal("add", "alice", "--totp")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    terminal.expect("anyone who opens the store has both")
    terminal.expect("ykman oath accounts code --single")
    terminal.expect("seed or otpauth:// address: ")
    began = time.time()
    terminal.sendline(ADDRESS.format(seed))
    code_of_exit = exit_code(terminal)
    text = terminal.before
    assert code_of_exit == 0, text
    assert seed not in text and PASSPHRASE not in text
    codes_shown(text, seed, began)
    (key,) = home.read_vault().access_keys()
    assert key["totp_seed"] == canonical(seed)
    assert is_nowhere(home, seed)


def test_a_new_key_at_the_terminal(home):
    seed, key = random_seed(), random_key()
    terminal = home.terminal("add", "bob", "--no-verify", "--totp", "--no-write-profile", passphrase=True)
    shown = []
    began = time.time()
    for question, answer in [
        ("access key id: ", key[0]), ("secret access key: ", key[1]), ("seed or otpauth:// address: ", seed),
    ]:
        terminal.expect(question)
        shown.append(terminal.before)
        terminal.sendline(answer)
    code_of_exit = exit_code(terminal)
    shown.append(terminal.before)
    assert code_of_exit == 0, shown
    assert seed not in "".join(shown) and key[1] not in "".join(shown)
    codes_shown(shown[-1], seed, began)
    found = {stored["name"]: stored for stored in home.read_vault().access_keys()}
    assert found["bob"]["totp_seed"] == canonical(seed) and found["bob"]["secret"] == key[1]


def test_codes_go_to_the_terminal_alone(home):
    """Whatever standard output and standard error are."""
    seed, script = random_seed(), home.root / "script"
    script.write_text('"$@" > "$HOME/out" 2> "$HOME/err" < "$HOME/in"\n')
    (home.root / "in").write_text(seed + "\n")
    command = ["/bin/sh", str(script), *home.command("add", "alice", "--totp", "--stdin")]
    began = time.time()
    terminal = home.terminal(command=command, passphrase=True)
    assert exit_code(terminal) == 0
    codes_shown(terminal.before, seed, began)
    assert (home.root / "out").read_text() == ""
    # The key's id may have as many digits in a row.
    assert not re.search(r"\d{6}", (home.root / "err").read_text().replace(home.key[0], ""))


def test_it_moves_with_its_key(desktop):
    seed, other = random_seed(), random_key()
    desktop.add_vault(alice=desktop.key, bob=other)
    assert add_seed(desktop, seed, "--mfa-serial", MFA, passphrase=True).code == 0
    desktop.good("store", "move", "--to", "libsecret", passphrase=True)
    items = {item["attributes"]["name"]: item for item in desktop.keyring.items("AccessKey")}
    assert parse(items["alice"]["secret"])["totp_seed"] == canonical(seed)
    assert parse(items["alice"]["secret"])["totp_device"] == MFA
    assert "totp_seed" not in parse(items["bob"]["secret"])
    assert items["alice"]["label"] == f"warder: alice with TOTP ({desktop.key[0]})"
    assert items["bob"]["label"] == f"warder: bob ({other[0]})"
    desktop.good("store", "move", "--to", "file", passphrase=True)
    assert seeds_in_vault(desktop) == {"alice": (canonical(seed), MFA)}
    assert desktop.keyring.items("AccessKey") == []


def test_a_backup_holds_it(home):
    seed, backup = random_seed(), home.root / "backup"
    assert add_seed(home, seed, passphrase=True).code == 0
    home.good("vault", "backup", backup, passphrase=True)
    home.good("add", "alice", "--no-totp", passphrase=True)
    assert seeds_in_vault(home) == {}
    home.good("vault", "restore", backup, passphrase=True)
    assert seeds_in_vault(home) == {"alice": (canonical(seed), None)}


def test_a_key_that_is_stored_is_not_added_again_with_it(home):
    before = home.vault.read_bytes()
    variables = dict(zip(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], random_key()))
    result = home.run("add", "alice", "--totp", "--from-env", "--no-verify", passphrase=True, env=variables)
    assert result.code in (1, 4), result
    assert home.vault.read_bytes() == before
