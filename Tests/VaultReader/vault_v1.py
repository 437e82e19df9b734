#!/usr/bin/env python3
"""A second reader and writer of warder's vault, format version 1, made from docs/vault-format.md.

It keeps secrets in ordinary Python memory: for tests, not for use.

    vault_v1.py show FILE < passphrase            the whole vault as JSON
    vault_v1.py show --recovery FILE < code
    vault_v1.py show --libsecret FILE < key       its 32 bytes as they are
    vault_v1.py show --keyfile FILE < key file
    vault_v1.py show --data-key FILE < key
    vault_v1.py add --libsecret KEY FILE < passphrase    the next generation, with one more slot, on standard output
    vault_v1.py add --keyfile KEY FILE < passphrase      KEY: the file that holds the slot's input
"""

import dataclasses
import functools
import hashlib
import hmac
import json
import os
import pathlib
import re
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"warder-vault v1\n"
MAXIMUM_SIZE = 16 << 20
PASSPHRASE, LIBSECRET, KEYFILE, RECOVERY = 1, 2, 3, 4
BODY_SIZES = {PASSPHRASE: 113, LIBSECRET: 112, KEYFILE: 112, RECOVERY: 112}
ONCE = PASSPHRASE, RECOVERY
CACHE_KEY, ACCESS_KEY, LOG = 1, 2, 3
LOG_SIZE = 64
NAMES = ("name", "access_key_id", "secret", "created_at", "account_id", "principal_arn", "mfa_serial")
FIELDS = dict(enumerate(NAMES, start=1)) | {9: "totp_seed", 10: "totp_device", 11: "rotation"}
SECRETS = ("secret", "totp_seed", "rotation")
TAGS = {name: tag for tag, name in FIELDS.items()}
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NONCE = bytes(12)


class VaultError(Exception):
    """Why a file was refused: the class of error that the format's description names."""


@dataclasses.dataclass
class Vault:
    identifier: bytes
    data_key: bytes
    generation: int = 0
    slots: list = dataclasses.field(default_factory=list)  # (type, body)
    records: list = dataclasses.field(default_factory=list)  # (tag, value)

    def session_cache_key(self):
        return next(value for tag, value in self.records if tag == CACHE_KEY)

    def access_keys(self):
        return [access_key(value) for tag, value in self.records if tag == ACCESS_KEY]

    def logs(self):
        """Where each log began, by its identifier."""
        return {value[:16]: value for tag, value in self.records if tag == LOG and len(value) >= LOG_SIZE}


def hkdf(ikm, salt, info, size):
    return HKDF(SHA256(), size, salt, info).derive(ikm)


# Recovery codes


def code_text(code):
    number = int.from_bytes(code, "big")
    symbols = "".join(SYMBOLS[number >> shift & 31] for shift in range(155, -1, -5))
    return "-".join(symbols[i : i + 4] for i in range(0, 32, 4))


def code_bytes(text):
    symbols = re.sub(r"[- \t\r\n]", "", text).upper().translate(str.maketrans("ILO", "110"))
    if not text.isascii() or len(symbols) != 32 or any(symbol not in SYMBOLS for symbol in symbols):
        raise VaultError("malformed-recovery-code")
    number = 0
    for symbol in symbols:
        number = number << 5 | SYMBOLS.index(symbol)
    return number.to_bytes(20, "big")


# Slots


@functools.lru_cache(maxsize=64)
def stretched(passphrase, salt, cost):
    return hashlib.scrypt(passphrase, salt=salt, n=cost, r=8, p=1, maxmem=1024 * cost + (2 << 20), dklen=32)


def wrap_parts(kind, identifier, parameters, salt, secret):
    """The wrapping key, the commitment, and the associated data of a slot."""
    if kind == PASSPHRASE:
        secret = stretched(secret, salt, 1 << parameters[0])
    keys = hkdf(secret, salt, b"warder vault v1 slot" + bytes([kind]) + identifier, 64)
    return keys[:32], keys[32:], MAGIC + identifier + bytes([kind]) + parameters + salt


def make_slot(kind, identifier, data_key, secret, salt, parameters=b""):
    """`secret`: the passphrase, the twenty bytes of the recovery code, the key, or what is in the key file."""
    key, commitment, associated = wrap_parts(kind, identifier, parameters, salt, secret)
    return kind, parameters + salt + commitment + AESGCM(key).encrypt(NONCE, data_key, associated)


def slot_identifier(kind, body):
    """What tells a slot from the others; None for types that are not known."""
    return body[1 if kind == PASSPHRASE else 0 :][:8].hex() if kind in BODY_SIZES else None


def check_secret(kind, secret):
    if kind == LIBSECRET and len(secret) != 32:
        raise VaultError("unusable-key")
    if kind == KEYFILE and not 32 <= len(secret) <= 8192:
        raise VaultError("unusable-keyfile")


def open_slots(kind, slots, identifier, secret):
    """The data key, from the first slot of the type that fits."""
    bodies = [body for slot, body in slots if slot == kind]
    if not bodies:
        raise VaultError("no-such-slot")
    for body in bodies[:-1]:
        try:
            return open_slot(kind, body, identifier, secret)
        except VaultError as error:
            if str(error) != "wrong-passphrase":
                raise
    return open_slot(kind, bodies[-1], identifier, secret)


def open_slot(kind, body, identifier, secret):
    size = 1 if kind == PASSPHRASE else 0
    parameters, salt, commitment, wrapped = body[:size], body[size:][:32], body[size:][32:64], body[size:][64:]
    if kind == PASSPHRASE and not 15 <= parameters[0] <= 20:
        raise VaultError("unacceptable-parameters")
    key, expected, associated = wrap_parts(kind, identifier, parameters, salt, secret)
    if not hmac.compare_digest(commitment, expected):
        raise VaultError("wrong-passphrase")
    try:
        return AESGCM(key).decrypt(NONCE, wrapped, associated)
    except InvalidTag:
        raise VaultError("wrong-passphrase") from None


# Fields and records


def field(tag, value):
    return bytes([tag]) + len(value).to_bytes(4, "big") + value


def fields(data, padded=False):
    found, at = [], 0
    while at < len(data) and not (padded and data[at] == 0):
        size = int.from_bytes(data[at + 1 : at + 5], "big")
        if at + 5 + size > len(data):
            raise VaultError("damaged")
        found.append((data[at], data[at + 5 : at + 5 + size]))
        at += 5 + size
    if any(data[at:]):
        raise VaultError("damaged")
    return found


def access_key(value):
    key, unknown = {}, []
    for tag, content in fields(value):
        if tag not in FIELDS:
            unknown.append([tag, content.hex()])
        elif FIELDS[tag] in key:
            raise VaultError("damaged")
        else:
            key[FIELDS[tag]] = content
    if not {"name", "access_key_id", "secret", "created_at"} <= key.keys() or len(key["created_at"]) != 8:
        raise VaultError("damaged")
    key["created_at"] = int.from_bytes(key["created_at"], "big")
    try:
        for name in key.keys() - {"created_at"}:
            key[name] = key[name].decode(errors="surrogateescape" if name in SECRETS else "strict")
    except UnicodeDecodeError:
        raise VaultError("damaged") from None
    if not re.fullmatch(r"[A-Za-z0-9._@+=,:/%-]{1,128}", key["name"]):
        raise VaultError("damaged")
    if "totp_seed" not in key:
        key.pop("totp_device", None)
    return key | ({"unknown": unknown} if unknown else {})


def access_key_record(key, unknown=()):
    created = {"created_at": key["created_at"].to_bytes(8, "big")}
    values = {name: text.encode(errors="surrogateescape") for name, text in key.items() if name not in created}
    body = b"".join(field(TAGS[name], value) for name, value in (values | created).items())
    return ACCESS_KEY, body + b"".join(field(tag, value) for tag, value in unknown)


def read_records(plaintext):
    records = fields(plaintext, padded=True)
    cache_keys = [value for tag, value in records if tag == CACHE_KEY]
    names = [access_key(value)["name"] for tag, value in records if tag == ACCESS_KEY]
    if [len(key) for key in cache_keys] != [32] or len(set(names)) != len(names):
        raise VaultError("damaged")
    return records


# Files


def check_magic(file):
    if len(file) > MAXIMUM_SIZE:
        raise VaultError("too-large")
    if file.startswith(MAGIC):
        return
    if MAGIC.startswith(file):
        raise VaultError("truncated")
    raise VaultError("unknown-version" if re.match(rb"warder-vault v[1-9][0-9]{0,8}\n", file) else "not-a-vault")


class Layout:
    """The parts of a file, its lengths checked to add up exactly."""

    def __init__(self, file):
        check_magic(file)
        self.file, self.at = file, len(MAGIC)
        self.identifier = self.take(16)
        self.generation = self.number(8)
        count = self.number(1)
        if not 1 <= count <= 8:
            raise VaultError("damaged")
        self.slots = [(self.number(1), self.take(self.number(2))) for _ in range(count)]
        self.salt = self.take(32)
        size = self.number(4)
        self.head = file[: self.at]
        self.sealed = self.take(size)
        self.signed = file[: self.at]
        self.mac = self.take(32)
        kinds = [kind for kind, _ in self.slots if kind in ONCE]
        if (
            self.at != len(file)
            or not 1 <= self.generation < 1 << 63
            or size <= 16
            or (size - 16) % 256
            or len(set(kinds)) != len(kinds)
            or any(len(body) != BODY_SIZES.get(kind, len(body)) for kind, body in self.slots)
        ):
            raise VaultError("damaged")

    def take(self, size):
        if self.at + size > len(self.file):
            raise VaultError("truncated")
        self.at += size
        return self.file[self.at - size : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")


def read(file, passphrase=None, recovery=None, libsecret=None, keyfile=None, data_key=None):
    """Opens the bytes of a vault with one of: a passphrase, a recovery code as typed (text, the rest are bytes), the
    key of a libsecret slot, what is in a key file, the data key."""
    given = {PASSPHRASE: passphrase, LIBSECRET: libsecret, KEYFILE: keyfile}
    if recovery is not None:
        given[RECOVERY] = code_bytes(recovery)
    kind, secret = next(((kind, secret) for kind, secret in given.items() if secret is not None), (None, None))
    check_secret(kind, secret)
    layout = Layout(file)
    misfit = "damaged" if data_key is None else "wrong-passphrase"
    if data_key is None:
        data_key = open_slots(kind, layout.slots, layout.identifier, secret)
    mac_key = hkdf(data_key, layout.identifier, b"warder vault v1 mac", 32)
    if not hmac.compare_digest(layout.mac, hmac.digest(mac_key, layout.signed, "sha256")):
        raise VaultError(misfit)
    key = hkdf(data_key, layout.salt, b"warder vault v1 records" + layout.identifier, 32)
    try:
        plaintext = AESGCM(key).decrypt(NONCE, layout.sealed, layout.head)
    except InvalidTag:
        raise VaultError("damaged") from None
    return Vault(layout.identifier, data_key, layout.generation, layout.slots, read_records(plaintext))


def write(vault, salt=None, plaintext=None):
    """The bytes of the next generation. A test may give the salt, or a plaintext that no writer would make."""
    vault.generation += 1
    salt = salt or os.urandom(32)
    if plaintext is None:
        plaintext = b"".join(field(tag, value) for tag, value in vault.records)
        plaintext += bytes(-len(plaintext) % 256)
    head = MAGIC + vault.identifier + vault.generation.to_bytes(8, "big") + bytes([len(vault.slots)])
    head += b"".join(bytes([kind]) + len(body).to_bytes(2, "big") + body for kind, body in vault.slots)
    head += salt + (len(plaintext) + 16).to_bytes(4, "big")
    key = hkdf(vault.data_key, salt, b"warder vault v1 records" + vault.identifier, 32)
    return sign(head + AESGCM(key).encrypt(NONCE, plaintext, head), vault)


def sign(signed, vault):
    mac_key = hkdf(vault.data_key, vault.identifier, b"warder vault v1 mac", 32)
    return signed + hmac.digest(mac_key, signed, "sha256")


def description(vault):
    """What a vault holds, as JSON has it."""
    content = {
        "id": vault.identifier.hex(),
        "generation": vault.generation,
        "slots": [kind for kind, _ in vault.slots],
        "slot_identifiers": [slot_identifier(*slot) for slot in vault.slots],
        "session_cache_key": vault.session_cache_key().hex(),
        "access_keys": vault.access_keys(),
    }
    if vault.logs():
        content["logs"] = {identifier.hex(): value.hex() for identifier, value in vault.logs().items()}
    unknown = [[tag, value.hex()] for tag, value in vault.records if tag not in (CACHE_KEY, ACCESS_KEY, LOG)]
    return content | ({"unknown_records": unknown} if unknown else {})


def renewed(vault):
    """The vault under new keys, without slots."""
    records = [(tag, os.urandom(32) if tag == CACHE_KEY else value) for tag, value in vault.records]
    return dataclasses.replace(vault, data_key=os.urandom(32), slots=[], records=records)


def add_slot(vault, kind, secret, salt=None):
    check_secret(kind, secret)
    vault.slots.append(make_slot(kind, vault.identifier, vault.data_key, secret, salt or os.urandom(32)))


def main(arguments):
    content = pathlib.Path(arguments[-1]).read_bytes() if len(arguments) > 1 else b""
    match arguments:
        case ["show", _]:
            print(json.dumps(description(read(content, sys.stdin.buffer.read())), indent=2))
        case ["show", "--recovery", _]:
            print(json.dumps(description(read(content, recovery=sys.stdin.read())), indent=2))
        case ["show", "--libsecret" | "--keyfile" | "--data-key" as option, _]:
            given = {option[2:].replace("-", "_"): sys.stdin.buffer.read()}
            print(json.dumps(description(read(content, **given)), indent=2))
        case ["add", "--libsecret" | "--keyfile" as option, key, _]:
            vault = read(content, sys.stdin.buffer.read())
            add_slot(vault, LIBSECRET if option == "--libsecret" else KEYFILE, pathlib.Path(key).read_bytes())
            sys.stdout.buffer.write(write(vault))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except VaultError as error:
        sys.exit(f"{error}")
