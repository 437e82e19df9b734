"""`slots remove --rekey`, killed before each system call that changes something: the removed slot opens no copy that
warder keeps, and running the same command again finishes."""

import shutil

import pytest
import vault_v1 as v1
from home import PASSPHRASE
from moments import TRACED, moments

KEYFILE = 3
PARTS = 4


@pytest.fixture
def before(home, tmp_path):
    """A vault with a keyfile slot and a recovery code, a copy before it, and a cached session."""
    key = home.root / "key"
    home.unlock()
    home.good("vault", "slots", "add", "keyfile", key, passphrase=True)
    home.good("vault", "slots", "add", "recovery", passphrase=True)
    home.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    kept = tmp_path / "kept"
    shutil.copytree(home.data, kept / "data", copy_function=shutil.copy2)
    shutil.copytree(home.cache, kept / "cache", copy_function=shutil.copy2)

    def start_over():
        for name, folder in [("data", home.data), ("cache", home.cache)]:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(kept / name, folder, copy_function=shutil.copy2)
        shutil.rmtree(home.state, ignore_errors=True)
        with home.opened():
            home.unlock()

    home.start_over = start_over
    home.keyfile = key
    return home


def rekey(home, log, inject=None, word="keyfile"):
    prefix = ["strace", "-f", "-o", log, "-e", TRACED]
    prefix += ["-e", f"inject={inject}"] if inject else []
    return home.run(
        "vault", "slots", "remove", word, "--rekey", passphrase=True, prefix=prefix, env={"WARDER_KEYFILE": str(home.keyfile)})


def slot_types(path):
    return sorted(kind for kind, _ in v1.Layout(path.read_bytes()).slots)


@pytest.mark.long
@pytest.mark.needs("strace")
@pytest.mark.parametrize("first", range(PARTS))
def test_killed_at_any_moment(before, tmp_path, first):
    log = tmp_path / "log"
    before.start_over()
    assert rekey(before, log).code == 0
    places = moments(log)
    assert len(places) >= 40
    found = set()
    for call, number in places[first::PARTS]:
        before.start_over()
        # A word that means another slot once this one is gone.
        word = "2" if number % 2 else "keyfile"
        killed = rekey(before, log, f"{call}:signal=SIGKILL:when={number}", word)
        assert killed.code in (-9, 137), (call, number)
        is_removed = KEYFILE not in slot_types(before.vault)
        found.add(is_removed)
        for copy in before.data.glob("vault.*"):
            if is_removed and copy.read_bytes()[:8] == before.vault.read_bytes()[:8]:
                assert KEYFILE not in slot_types(copy), (call, number, copy)
        # Where it has said that it is done, nobody says it again.
        is_done = "removed the keyfile slot" in killed.err
        assert is_removed or not is_done
        again = killed if is_done else rekey(before, log, word=word)
        assert again.code == 0 or is_done, (call, number, again)
        assert slot_types(before.vault) == [v1.PASSPHRASE, 4], (call, number, again)
        # What is kept by now is of the vault with its new key, from before the recovery code was made once more.
        left = {path.name for path in before.data.iterdir()} - ({"vault.rekey"} if is_done else set())
        assert left <= {"vault", "vault.lock", "vault.bak"}, (call, number)
        assert all(KEYFILE not in slot_types(copy) for copy in before.data.glob("vault.bak")), (call, number)
        assert before.sessions() == [], (call, number)
        assert before.stored() == {"alice": before.key}
        assert len(again.out.strip()) == 39, (call, number, again)
    assert found == {False, True}


def test_a_full_disk_costs_neither_the_vault_nor_the_copy_before(before, tmp_path):
    before.start_over()
    vault, copy = before.vault.read_bytes(), (before.data / "vault.bak").read_bytes()
    assert rekey(before, tmp_path / "log", "fsync:error=ENOSPC:when=1+").code == 1
    assert before.vault.read_bytes() == vault and (before.data / "vault.bak").read_bytes() == copy
    assert rekey(before, tmp_path / "log").code == 0
    assert PASSPHRASE and slot_types(before.vault) == [v1.PASSPHRASE, 4]
