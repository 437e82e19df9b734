"""Vaults that are damaged, of other people, or on a disk that is full."""

import os
import shutil

import pytest
from home import random_key

BOB = ("AKIABOBBOBBOBBOBBOBB", "the+secret+of+bob+that+is+not+a+real+one")


# Each part's first and last bytes: magic, identifier, generation, slots, salt, length, records, HMAC.
OFFSETS = [0, 5, 13, 15, 16, 31, 32, 39, 40, 41, 43, 44, 45, 76, 77, 108, 109, 156, 157, 188, 189, 192, 193, 300]
OFFSETS += [-50, -33, -32, -1]


def test_a_flipped_bit_in_the_vault(bare, sts):
    bare.endpoint(sts.url)
    bare.add_vault()
    bare.add_profiles()
    content = bare.vault.read_bytes()
    for offset in OFFSETS:
        damaged = bytearray(content)
        damaged[offset] ^= 1
        bare.vault.write_bytes(damaged)
        result = bare.run("vault", "verify", passphrase=True)
        # In the slot, damage and a wrong passphrase cannot be told apart. Its cost can be one that is not accepted.
        codes = {3, 9} if 41 <= offset < 157 or 16 <= offset < 32 else {9}
        result.failed(result.code, str(bare.vault))
        assert result.code in codes, (offset, result)
        assert bare.vault.read_bytes() == damaged


@pytest.mark.parametrize("size", [0, 1, 16, 40, 156, 300, -32, -1])
def test_a_vault_that_was_cut(bare, sts, size):
    bare.endpoint(sts.url)
    bare.add_vault()
    bare.add_profiles()
    content = bare.vault.read_bytes()[:size]
    bare.vault.write_bytes(content)
    bare.run("process", "prod", passphrase=True).failed(9, str(bare.vault))
    key = "{}\n{}\n".format(*random_key())
    bare.run("add", "bob", "--stdin", "--no-verify", input=key, passphrase=True).failed(9)
    assert bare.vault.read_bytes() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_vault_that_others_can_open(careful, mode):
    careful.vault.chmod(mode)
    careful.run("process", "prod", passphrase=True).failed(9, str(careful.vault), "chmod")


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to give a file away")
def test_a_vault_of_somebody_else_s(careful):
    os.chown(careful.vault, 65534, 65534)
    careful.run("process", "prod", passphrase=True).failed(9, str(careful.vault))


def test_a_link_in_the_vault_s_place(careful):
    elsewhere = careful.root / "elsewhere"
    careful.vault.rename(elsewhere)
    careful.vault.symlink_to(elsewhere)
    careful.run("process", "prod", passphrase=True).failed(9, str(careful.vault))


def test_a_newer_vault(careful):
    content = careful.vault.read_bytes()
    careful.vault.write_bytes(content.replace(b"v1\n", b"v2\n", 1))
    result = careful.run("process", "prod", passphrase=True)
    careful.vault.write_bytes(content)
    result.failed(9, "2")


def test_no_home(bare):
    """Neither a variable nor the password database says where it is: of a user number that nobody has."""
    if os.geteuid() != 0:
        pytest.skip("root is needed to be such a user")
    bare.as_ordinary_user()
    nobodys = {"user": 54321, "group": 54321, "extra_groups": [], "executable": str(bare.root / "warder")}
    bare.root.chmod(0o755)
    result = bare.run("status", env={"HOME": "", "XDG_DATA_HOME": ""}, **nobodys)
    result.failed(1, "HOME")


def test_a_full_disk(careful, tmpfs):
    """Keys are added until the file system, of which little is left, has no room for another."""
    (tmpfs / "warder").mkdir(mode=0o700)
    vault = tmpfs / "warder/vault"
    vault.write_bytes(careful.vault.read_bytes())
    vault.chmod(0o600)
    (tmpfs / "filler").write_bytes(bytes(48 << 10))
    for number in range(60):
        before = vault.read_bytes()
        result = careful.run(
            "add", f"n{number}" + "x" * 100, "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()),
            passphrase=True, env={"XDG_DATA_HOME": str(tmpfs)},
        )
        if result.code != 0:
            break
    result.failed(1, "space")
    assert vault.read_bytes() == before


@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    "call, error", [("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EIO"), ("openat", "EMFILE")]
)
def test_system_calls_that_fail(careful, tmp_path, call, error):
    """Fails each call of its kind in turn: the vault is the old one or the new one, and what is said is true."""
    before = careful.vault.read_bytes()
    log = tmp_path / "log"

    def add(*inject):
        """Adds a key to the vault as it was, and gives the lines of the calls."""
        for folder in (careful.state, careful.cache):
            shutil.rmtree(folder, ignore_errors=True)
        careful.vault.write_bytes(before)
        prefix = ["strace", "-f", "-o", log, "-e", f"trace={call}", *inject]
        command = ["add", "bob", "--stdin", "--no-verify"]
        result = careful.run(*command, input="{}\n{}\n".format(*BOB), passphrase=True, prefix=prefix)
        return result, [line for line in log.read_text().splitlines() if f" {call}(" in line]

    _, calls = add()
    for count, line in enumerate(calls, start=1):
        # What the dynamic linker and the runtime open is not warder's.
        if call == "openat" and str(careful.root) not in line:
            continue
        result, _ = add("-e", f"inject={call}:error={error}:when={count}")
        stored = careful.stored()
        assert stored in ({"alice": careful.key}, {"alice": careful.key, "bob": BOB}), (line, result)
        if result.code == 0 or "stored the key" in result.err:
            assert "bob" in stored, (line, result)
        if "nothing was changed" in result.err:
            assert "bob" not in stored, (line, result)
    careful.vault.write_bytes(before)
