"""The vault's upkeep, judged by the second reader."""

import json
import re
import stat

import pytest
import vault_v1 as v1
from home import PASSPHRASE, random_key

CODE = r"(?:[0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}\n"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_init_makes_a_vault_and_prints_its_recovery_code_alone(bare):
    result = bare.run("vault", "init", passphrase=True)
    assert result.code == 0, result
    assert re.fullmatch(CODE, result.out)
    content = bare.vault.read_bytes()
    assert v1.read(content, PASSPHRASE.encode()).generation == 1
    assert v1.read(content, recovery=result.out).access_keys() == []
    assert [mode(bare.vault), mode(bare.data)] == [0o600, 0o700]


def test_init_without_a_recovery_code(bare):
    assert bare.run("vault", "init", "--no-recovery", passphrase=True).out == ""
    assert [kind for kind, _ in bare.read_vault().slots] == [v1.PASSPHRASE]


def test_a_new_vault_s_passphrase_is_expensive_to_guess(bare):
    bare.good("vault", "init", "--no-recovery", passphrase=True)
    ((_, body),) = bare.read_vault().slots
    assert body[0] == 17


def test_init_never_takes_a_vault_s_place(home):
    before = home.vault.read_bytes()
    home.run("vault", "init", passphrase=True).failed(1, str(home.vault))
    assert home.vault.read_bytes() == before


def test_what_the_second_writer_wrote_is_read(home):
    """The home's own vault is the second writer's."""
    home.unlock()
    told = json.loads(home.good("list", "--json"))
    assert {entry["name"]: entry["access_key_id"] for entry in told["entries"]}["alice"] == home.key[0]


def test_what_is_changed_is_read_by_the_second_reader_and_the_rest_stays(bare):
    vault = bare.add_vault(old=random_key())
    vault.records.append((99, b"from the future"))
    vault.slots.append((77, b"a slot of the future"))
    bare.vault.write_bytes(v1.write(vault))
    key = random_key()
    bare.good("add", "new", "--stdin", "--no-verify", input="{}\n{}\n".format(*key), passphrase=True)
    after = bare.read_vault()
    assert after.generation == vault.generation + 1
    assert after.identifier == vault.identifier
    assert set(bare.stored()) == {"old", "new"}
    assert (99, b"from the future") in after.records
    assert (77, b"a slot of the future") in after.slots
    assert after.session_cache_key() == vault.session_cache_key()
    assert bare.vault.with_name("vault.bak").exists()


def test_each_write_is_under_a_fresh_salt(home):
    salts = set()
    for name in ("one", "two", "three"):
        home.good("add", name, "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()), passphrase=True)
        salts.add(v1.Layout(home.vault.read_bytes()).salt)
    assert len(salts) == 3


@pytest.mark.parametrize("source", ["variable", "command", "descriptor"])
def test_where_a_passphrase_comes_from(home, source, tmp_path):
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    if source == "descriptor":
        with file.open() as handle:
            env = {"WARDER_PASSPHRASE_FD": str(handle.fileno())}
            result = home.run("unlock", env=env, pass_fds=[handle.fileno()])
    elif source == "command":
        result = home.run("unlock", env={"WARDER_PASSPHRASE_COMMAND": f"cat '{file}'"})
    else:
        result = home.run("unlock", env={"WARDER_PASSPHRASE": PASSPHRASE})
    assert result.code == 0, result
    assert json.loads(home.good("status", "--json"))["unlocked"] is True


def test_changing_the_passphrase(home):
    home.good("vault", "passphrase", passphrase=True, env={"WARDER_NEW_PASSPHRASE": "a new one"})
    assert home.stored("a new one") == {"alice": home.key}
    home.run("unlock", passphrase=True).failed(3)
    home.good("unlock", passphrase="a new one")


def test_changing_the_passphrase_keeps_the_sessions(working):
    before = working.good("process", "prod")
    working.good("vault", "passphrase", passphrase=True, env={"WARDER_NEW_PASSPHRASE": "a new one"})
    assert working.read_vault("a new one").generation == 2
    assert working.good("process", "prod") == before


def test_a_forgotten_passphrase(home):
    code = home.good("vault", "recovery", passphrase=True)
    assert re.fullmatch(CODE, code)
    sloppy = code.lower().replace("-", " ")
    command = ["vault", "passphrase", "--recovery", "--stdin"]
    home.good(*command, input=sloppy, env={"WARDER_NEW_PASSPHRASE": "a new one"})
    assert home.stored("a new one") == {"alice": home.key}


def test_a_new_recovery_code_ends_the_one_before(home):
    first = home.good("vault", "recovery", passphrase=True)
    home.good("vault", "recovery", passphrase=True)
    command = ["vault", "passphrase", "--recovery", "--stdin"]
    before = home.vault.read_bytes()
    home.run(*command, input=first, env={"WARDER_NEW_PASSPHRASE": "x"}).failed(3)
    assert home.vault.read_bytes() == before


def test_verify(home):
    assert "sound" in home.good("vault", "verify", passphrase=True)


def test_backup_and_restore(home):
    backup = home.root / "backup"
    home.good("vault", "backup", backup, passphrase=True)
    assert mode(backup) == 0o600
    assert v1.read(backup.read_bytes(), PASSPHRASE.encode()).access_keys()[0]["secret"] == home.key[1]
    home.good("remove", "alice", "--yes", passphrase=True)
    home.good("vault", "restore", backup, passphrase=True)
    assert home.stored() == {"alice": home.key}
    assert home.good("vault", "verify", passphrase=True)


def test_a_backup_never_takes_a_file_s_place(home):
    precious = home.root / "precious"
    precious.write_text("precious")
    result = home.run("vault", "backup", precious, passphrase=True)
    result.failed(result.code, str(precious))
    assert result.code == 1 and precious.read_text() == "precious"


def test_restoring_what_is_no_vault(home):
    before = home.vault.read_bytes()
    file = home.root / "other"
    file.write_bytes(before[:-1])
    home.run("vault", "restore", file, passphrase=True).failed(9)
    assert home.vault.read_bytes() == before


@pytest.mark.parametrize("damaged", [b"", b"warder-vau", bytes(612), b"warder-vault v0\n" + bytes(600)], ids=range(4))
def test_a_copy_takes_the_place_of_a_vault_whose_first_bytes_are_lost(home, damaged):
    """What the error says to do must be possible."""
    home.good("add", "bob", "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()), passphrase=True)
    home.vault.write_bytes(damaged)
    copy = home.vault.with_name("vault.bak")
    home.run("vault", "verify", passphrase=True).failed(9, f"warder vault restore {copy}")
    home.good("vault", "restore", copy, passphrase=True)
    assert home.stored() == {"alice": home.key} and home.vault.with_name("vault.replaced").read_bytes() == damaged
    home.good("vault", "verify", "--accept-older", passphrase=True)


def test_an_old_copy_put_in_the_vault_s_place_is_noticed(home):
    home.good("vault", "verify", passphrase=True)
    old = home.vault.read_bytes()
    home.good("add", "bob", "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()), passphrase=True)
    home.vault.write_bytes(old)
    home.run("vault", "verify", passphrase=True).failed(9, "--accept-older")
    home.good("vault", "verify", "--accept-older", passphrase=True)
    home.good("vault", "verify", passphrase=True)


def test_two_at_once_both_arrive(home):
    keys = {f"key{number}": random_key() for number in range(6)}
    processes = []
    for name, key in keys.items():
        process = home.start("add", name, "--stdin", "--no-verify", passphrase=True, stdin=-1)
        process.stdin.write("{}\n{}\n".format(*key).encode())
        process.stdin.close()
        processes.append(process)
    for process in processes:
        assert process.wait(60) == 0
        process.stdout.close()
        process.stderr.close()
    assert home.stored() == {"alice": home.key, **keys}


def test_the_copy_of_a_vault_that_is_gone_outlives_a_new_one(home):
    """Somebody adds a key where the vault was deleted by mistake; its copy is not to go with the next change."""
    for name in ("bob", "eve"):
        home.good("add", name, "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()), passphrase=True)
    copy = home.vault.with_name("vault.bak").read_bytes()
    home.vault.unlink()
    for name in ("carol", "dave"):
        home.good("add", name, "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()), passphrase=True)
    assert home.vault.with_name("vault.replaced").read_bytes() == copy
    home.good("vault", "restore", home.vault.with_name("vault.replaced"), passphrase=True)
    assert {"alice", "bob"} <= set(home.stored())
