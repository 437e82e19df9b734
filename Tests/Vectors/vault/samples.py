"""What the vectors are made of: fixed keys, codes and salts, and vaults made of them."""

import copy
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "VaultReader"))
import vault_v1 as v1  # noqa: E402

PASSPHRASE = b"the ceremony of the keys"
COST = b"\x0f"


def random(label, size):
    return hashlib.shake_256(b"warder vault vectors " + label.encode()).digest(size)


# The fifth of its kind: it has the symbols that people take for letters.
CODE = random("code 4", 20)
ALICE = {
    "name": "alice",
    "access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "created_at": 1795247217,
}
BOB = ALICE | {
    "name": "bob@example/eu-west-1:%prod",
    "access_key_id": "AKIAI44QH8DHBEXAMPLE",
    "secret": "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    "account_id": "111111111111",
    "principal_arn": "arn:aws:iam::111111111111:user/büro/bob",
    "mfa_serial": "arn:aws:iam::111111111111:mfa/bob",
}
CAROL = ALICE | {
    "name": "carol",
    "mfa_serial": "arn:aws:iam::111111111111:mfa/carol",
    "totp_seed": "otpauth://totp/AWS?secret=" + "GEZDGNBVGY3TQOJQ" * 2 + "&algorithm=SHA1&digits=6&period=30",
    "totp_device": "arn:aws:iam::111111111111:mfa/büro/carol",
}
CACHE = (v1.CACHE_KEY, random("session-cache key", 32))
IDENTIFIER, DATA_KEY = random("identifier", 16), random("data key", 32)


def passphrase_slot(passphrase=PASSPHRASE, cost=COST, label="passphrase salt"):
    return v1.make_slot(v1.PASSPHRASE, IDENTIFIER, DATA_KEY, passphrase, random(label, 32), cost)


SLOTS = [passphrase_slot(), v1.make_slot(v1.RECOVERY, IDENTIFIER, DATA_KEY, CODE, random("recovery salt", 32))]
PASSPHRASE_ONLY, RECOVERY_ONLY = SLOTS[:1], SLOTS[1:]

LIBSECRET_KEY, OTHER_LIBSECRET_KEY = random("libsecret key", 32), random("libsecret key of another machine", 32)
KEYFILE = random("key file", 32)


def libsecret_slot(key=LIBSECRET_KEY, label="libsecret salt"):
    return v1.make_slot(v1.LIBSECRET, IDENTIFIER, DATA_KEY, key, random(label, 32))


def keyfile_slot(contents=KEYFILE, label="key file salt"):
    return v1.make_slot(v1.KEYFILE, IDENTIFIER, DATA_KEY, contents, random(label, 32))


OTHER_LIBSECRET_SLOT = libsecret_slot(OTHER_LIBSECRET_KEY, "libsecret salt of another machine")


def vault(*keys, slots=SLOTS, generation=1, records=None):
    records = [CACHE, *map(v1.access_key_record, keys)] if records is None else records
    return v1.Vault(IDENTIFIER, DATA_KEY, generation - 1, copy.copy(slots), records)


def file(a_vault, plaintext=None):
    return v1.write(copy.copy(a_vault), random("records salt", 32), plaintext)


def resigned(content):
    """`content` with an HMAC that fits: changed by somebody who has the data key, to reach the later checks."""
    return v1.sign(content[:-32], vault())


def flipped(content, at):
    at %= len(content)
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
