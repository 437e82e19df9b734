"""Runs the second reader over the vectors, and over every bit and length of a vault."""

import base64
import json
import pathlib

import pytest
import vault_v1 as v1

# What a vector gives, by the name of the parameter that takes it.
OPTIONS = {
    "passphrase_hex": "passphrase",
    "recovery_code": "recovery",
    "libsecret_key_hex": "libsecret",
    "keyfile_hex": "keyfile",
    "data_key_hex": "data_key",
}
VECTORS = sorted((pathlib.Path(__file__).resolve().parent.parent / "Vectors" / "vault").glob("*.json"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path):
    vector = json.loads(path.read_text())
    content = base64.b64decode(vector["file"])
    (given,) = (
        {OPTIONS[name]: value if name == "recovery_code" else bytes.fromhex(value)}
        for name, value in vector.items()
        if name in OPTIONS
    )
    if vector["expect"] == "ok":
        vault = v1.read(content, **given)
        assert v1.description(vault) == vector["holds"]
    else:
        with pytest.raises(v1.VaultError, match=f"^{vector['expect']}$"):
            v1.read(content, **given)


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


@pytest.fixture(scope="module")
def keyed():
    vault = v1.Vault(bytes(range(16)), bytes(range(32)), records=[(v1.CACHE_KEY, bytes(32))])
    v1.add_slot(vault, v1.LIBSECRET, b"l" * 32, bytes(32))
    v1.add_slot(vault, v1.KEYFILE, b"k" * 32, bytes(32))
    return v1.write(vault)


@pytest.mark.parametrize("given", [{"libsecret": b"l" * 32}, {"keyfile": b"k" * 32}, {"data_key": bytes(range(32))}])
def test_every_flipped_bit_is_found_through_each_key(keyed, given):
    assert v1.read(keyed, **given).session_cache_key() == bytes(32)
    for bit in range(8 * len(keyed)):
        changed = bytearray(keyed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(v1.VaultError):
            v1.read(bytes(changed), **given)


def test_renewed_keys_shut_out_the_old_ones(keyed):
    before = v1.read(keyed, keyfile=b"k" * 32)
    after = v1.renewed(before)
    v1.add_slot(after, v1.KEYFILE, b"new" * 32)
    content = v1.write(after)
    for given in ({"libsecret": b"l" * 32}, {"keyfile": b"k" * 32}, {"data_key": before.data_key}):
        with pytest.raises(v1.VaultError, match="^(wrong-passphrase|no-such-slot)$"):
            v1.read(content, **given)
    assert v1.read(content, keyfile=b"new" * 32).session_cache_key() != before.session_cache_key()


def test_code_shape(sealed):
    assert sealed[1] == "000G-40R4-0M30-E209-185G-R38E-1W81-24GK"
