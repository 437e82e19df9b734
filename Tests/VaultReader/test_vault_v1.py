"""Runs the second reader over the vectors, and over every bit and length of a vault."""

import base64
import json
import pathlib

import pytest
import vault_v1 as v1

VECTORS = sorted((pathlib.Path(__file__).resolve().parent.parent / "Vectors" / "vault").glob("*.json"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path):
    vector = json.loads(path.read_text())
    content = base64.b64decode(vector["file"])
    passphrase = bytes.fromhex(vector.get("passphrase_hex", ""))
    if vector["expect"] == "ok":
        vault = v1.read(content, passphrase, vector.get("recovery_code"))
        assert v1.description(vault) == vector["holds"]
    else:
        with pytest.raises(v1.VaultError, match=f"^{vector['expect']}$"):
            v1.read(content, passphrase, vector.get("recovery_code"))


def test_there_are_vectors():
    assert len(VECTORS) > 100


@pytest.fixture(scope="module")
def sealed():
    vault = v1.Vault(bytes(range(16)), bytes(range(32)))
    code = bytes(range(20))
    vault.slots = [v1.make_slot(v1.RECOVERY, vault.identifier, vault.data_key, code, bytes(32))]
    vault.records = [(v1.CACHE_KEY, bytes(32))]
    return v1.write(vault), v1.code_text(code)


def test_every_flipped_bit_is_found(sealed):
    content, code = sealed
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(v1.VaultError):
            v1.read(bytes(changed), recovery=code)


def test_every_truncation_is_found(sealed):
    content, code = sealed
    for size in range(len(content)):
        with pytest.raises(v1.VaultError, match="^truncated$"):
            v1.read(content[:size], recovery=code)


def test_size_limit(sealed):
    content, code = sealed
    with pytest.raises(v1.VaultError, match="^too-large$"):
        v1.read(content + bytes(v1.MAXIMUM_SIZE), recovery=code)


def test_code_shape(sealed):
    assert sealed[1] == "000G-40R4-0M30-E209-185G-R38E-1W81-24GK"
