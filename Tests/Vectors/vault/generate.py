#!/usr/bin/env python3
"""Writes the vectors beside it: vaults, what is given to open them, and what a reader must make of that.

Deterministic: the same files each time. Every reader of the format runs all of them; docs/vault-format.md names the
classes. Costs are the lowest allowed, to be quick.
"""

import base64
import dataclasses
import json
import pathlib

from samples import (
    ALICE,
    BOB,
    CACHE,
    CAROL,
    CODE,
    DATA_KEY,
    IDENTIFIER,
    KEYFILE,
    LIBSECRET_KEY,
    OTHER_LIBSECRET_KEY,
    OTHER_LIBSECRET_SLOT,
    PASSPHRASE,
    PASSPHRASE_ONLY,
    RECOVERY_ONLY,
    SLOTS,
    file,
    flipped,
    keyfile_slot,
    libsecret_slot,
    passphrase_slot,
    random,
    resigned,
    v1,
    vault,
)

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = {}
OTHER_IDENTIFIER, OTHER_DATA_KEY = random("other identifier", 16), random("other data key", 32)


def vector(name, description, content, expect, code=None, holds=None, **keys):
    """`keys`: one of passphrase, libsecret_key, keyfile, data_key; without any, the recovery code is given."""
    given = {what + "_hex": key.hex() for what, key in keys.items()}
    if not given:
        given = {"recovery_code": v1.code_text(CODE) if code is None else code}
    entry = {"description": description, **given, "expect": expect}
    if holds:
        entry["holds"] = v1.description(holds)
    assert name not in VECTORS, name
    VECTORS[name] = entry | {"file": base64.b64encode(content).decode()}


def opens(name, description, a_vault, plaintext=None, **given):
    holds = dataclasses.replace(a_vault, generation=a_vault.generation + 1)
    vector(name, description, file(a_vault, plaintext), "ok", holds=holds, **given)


def records_vector(name, description, records=None, plaintext=None):
    """A vault that is authentic, but whose records are not what they must be."""
    content = file(vault(records=[CACHE] if records is None else records), plaintext)
    vector("damaged-records-" + name, description, content, "damaged")


def good():
    opens("ok-passphrase", "one key, opened with the passphrase", vault(ALICE), passphrase=PASSPHRASE)
    opens("ok-recovery", "one key, opened with the recovery code", vault(ALICE))
    sloppy = v1.code_text(CODE).lower().replace("-", " ", 3).replace("-", "", 1)
    assert sloppy.count("1") > 1 and "0" in sloppy
    sloppy = sloppy.replace("1", "l", 1).replace("1", "i", 1).replace("0", "o", 1)
    opens(
        "ok-recovery-sloppy",
        "the code in lower case, with spaces, letters for digits",
        vault(ALICE),
        code=f" {sloppy}\r\n",
    )
    opens("ok-empty", "no keys", vault())
    opens("ok-fields", "every field, text that is not ASCII", vault(ALICE, BOB, generation=7))
    opens("ok-totp", "the seed of one-time codes, and its device", vault(ALICE, CAROL, BOB))
    anybody = {name: value for name, value in CAROL.items() if name != "totp_device"}
    opens("ok-totp-any-device", "the seed of one-time codes, of no device", vault(anybody))
    odd = v1.access_key_record(ALICE, [(10, b"GAHT12345678"), (8, b"next"), (200, b"")])
    opens("ok-totp-device-alone", "the device of a seed that is not there", vault(records=[CACHE, odd]))
    odd = v1.access_key_record(ALICE, [(9, b"no address\x00")])
    opens("ok-totp-no-address", "a seed that is no address", vault(records=[CACHE, odd]))
    lines = {
        "requested": "requested 1795247217 1795247300 AKIAIOSFODNN7EXAMPLE AKIAI44QH8DHBEXAMPLE",
        "created": "created AKIAI44QH8DHBEXAMPLE 1795247219 je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
        "discarding": "discarding AKIAI44QH8DHBEXAMPLE",
        "replaced": "replaced AKIAI44QH8DHBEXAMPLE 1795852017 keep",
        "kept": "kept AKIAI44QH8DHBEXAMPLE",
        "newer": "swapped twice",
    }
    for name, line in lines.items():
        opens("ok-rotation-" + name, "how far a key's rotation has come", vault(ALICE | {"rotation": line}, BOB))
    many = [ALICE | {"name": f"key-{i}", "account_id": f"{i:012}"} for i in range(40)]
    opens("ok-many", "forty keys", vault(*many))
    size = 256 - len(v1.field(*CACHE)) - len(v1.field(*v1.access_key_record(ALICE | {"mfa_serial": ""})))
    aligned = vault(ALICE | {"mfa_serial": "m" * size})
    assert sum(len(v1.field(*record)) for record in aligned.records) == 256
    opens("ok-no-padding", "records of 256 bytes, no padding behind them", aligned)
    plaintext = v1.field(*CACHE) + bytes(1024 - 37)
    opens("ok-more-padding", "more zeros than a writer would put", vault(), plaintext)
    turned = vault(records=[v1.access_key_record(BOB), CACHE, v1.access_key_record(ALICE)])
    opens("ok-order", "the session-cache key between two keys", turned)
    opens("ok-last-generation", "the highest generation", vault(ALICE, generation=2**63 - 1))
    newer = [v1.access_key_record(ALICE, [(200, b"\x00note"), (8, b"")]), (99, b"\xff\x00"), CACHE, (255, b"")]
    slots = [(5, b""), *SLOTS, (77, bytes(300)), (77, b"twice"), (0, b"\x00"), (6, b"k"), (255, b"")]
    opens(
        "ok-unknown",
        "eight slots; slots, records and fields of types that are not known",
        vault(slots=slots, records=newer),
    )
    start = random("log", 16) + random("first key", 32) + (17).to_bytes(8, "big") + (1_790_000_000).to_bytes(8, "big")
    logs = [start + b"host:/home/alice/.local/state/warder", random("another log", 64), start[:63], b""]
    opens(
        "ok-log",
        "where two logs began, and two records that are too short to say so",
        vault(records=[(3, logs[0]), CACHE, *((3, value) for value in logs[1:])]),
    )
    full = vault(slots=[*PASSPHRASE_ONLY, *[(9, b"")] * 7])
    opens("ok-full", "a passphrase and seven slots that are not known", full, passphrase=PASSPHRASE)
    odd = b"\xff\x00 \xe2\x98\x83 " + b"long" * 40 + b"\n"
    opens(
        "ok-passphrase-bytes",
        "a passphrase that is no text, over 64 bytes, with a line feed",
        vault(ALICE, slots=[passphrase_slot(odd)]),
        passphrase=odd,
    )
    opens("ok-cost-16", "logN 16", vault(slots=[passphrase_slot(cost=b"\x10")]), passphrase=PASSPHRASE)
    kind, body = SLOTS[0]
    opens(
        "ok-other-cost",
        "the passphrase slot asks for logN 31; the recovery slot is opened",
        vault(slots=[(kind, b"\x1f" + body[1:]), SLOTS[1]]),
    )


def slots():
    content = file(vault(ALICE))
    for name, given in {
        "other": b"another",
        "empty": b"",
        "newline": PASSPHRASE + b"\n",
        "case": PASSPHRASE.upper(),
    }.items():
        vector("wrong-passphrase-" + name, "not the passphrase", content, "wrong-passphrase", passphrase=given)
    vector("wrong-code", "not the code", content, "wrong-passphrase", code=v1.code_text(random("another code", 20)))
    at = {"salt": 41 + 3 + 1, "commitment": 41 + 3 + 33, "key": 41 + 3 + 65, "tag": 41 + 3 + 112}
    for name, offset in at.items():
        what = f"a bit of the passphrase slot's {name} flipped, the HMAC made to fit"
        vector(
            "wrong-slot-" + name, what, resigned(flipped(content, offset)), "wrong-passphrase", passphrase=PASSPHRASE
        )
        what = f"a bit of the recovery slot's {name} flipped, the HMAC made to fit"
        changed = resigned(flipped(content, offset + 116 - 1))
        vector("wrong-recovery-slot-" + name, what, changed, "wrong-passphrase")
    cheaper = file(vault(slots=[(1, b"\x0f" + passphrase_slot(cost=b"\x10")[1][1:])]))
    vector("wrong-slot-cost", "logN changed from 16 to 15", cheaper, "wrong-passphrase", passphrase=PASSPHRASE)
    elsewhere = v1.make_slot(v1.RECOVERY, OTHER_IDENTIFIER, DATA_KEY, CODE, random("recovery salt", 32))
    vector("wrong-slot-moved", "a slot of another vault", file(vault(slots=[elsewhere])), "wrong-passphrase")
    renamed = resigned(flipped(content, 16))
    vector("wrong-identifier", "another identifier, the HMAC made to fit", renamed, "wrong-passphrase")
    only = file(vault(slots=RECOVERY_ONLY))
    vector("no-passphrase-slot", "a passphrase, but no slot for one", only, "no-such-slot", passphrase=PASSPHRASE)
    only = file(vault(slots=PASSPHRASE_ONLY))
    vector("no-recovery-slot", "a recovery code, but no slot for one", only, "no-such-slot")
    text = v1.code_text(CODE)
    codes = {"short": text[:-1], "long": text + "0", "symbol": "U" + text[1:], "accent": text[:-1] + "ı", "empty": ""}
    for name, code in codes.items():
        vector(
            "malformed-code-" + name, "what is typed is no recovery code", content, "malformed-recovery-code", code=code
        )
    for cost in (0, 14, 21, 255):
        asks = [(kind, bytes([cost]) + body[1:]) for kind, body in PASSPHRASE_ONLY]
        description = f"logN {cost}: nothing may be derived"
        vector(f"cost-{cost}", description, file(vault(slots=asks)), "unacceptable-parameters", passphrase=PASSPHRASE)


def keys():
    """Slots whose input is random, of which there may be several, and the data key by itself."""
    two = vault(ALICE, slots=[libsecret_slot(), *SLOTS, OTHER_LIBSECRET_SLOT])
    opens("ok-libsecret-first", "the first of two libsecret slots fits", two, libsecret_key=LIBSECRET_KEY)
    opens("ok-libsecret-second", "the second of two libsecret slots fits", two, libsecret_key=OTHER_LIBSECRET_KEY)
    alone = vault(ALICE, slots=[libsecret_slot()])
    opens("ok-libsecret-alone", "no other slot", alone, libsecret_key=LIBSECRET_KEY)
    kind, body = libsecret_slot()
    torn = vault(slots=[(kind, body[:-1] + bytes([body[-1] ^ 1])), OTHER_LIBSECRET_SLOT, libsecret_slot(label="again")])
    opens("ok-libsecret-third", "one whose tag is damaged, another's, and one", torn, libsecret_key=LIBSECRET_KEY)
    for size in (32, 33, 8192):
        contents = random("key file", size - 1) + b"\n"
        content = vault(slots=[*RECOVERY_ONLY, keyfile_slot(b"x" * 64, "other"), keyfile_slot(contents)])
        opens(f"ok-keyfile-{size}", f"a key file of {size} bytes that ends in a line feed", content, keyfile=contents)
    same = vault(slots=[libsecret_slot(), keyfile_slot(LIBSECRET_KEY)])
    opens("ok-same-key", "one key in slots of both types", same, keyfile=LIBSECRET_KEY)
    most = vault(slots=[keyfile_slot(random(f"key file {i}", 40), f"salt {i}") for i in range(8)])
    opens("ok-keyfile-eighth", "eight key files, the last is given", most, keyfile=random("key file 7", 40))
    twin = vault(slots=[keyfile_slot(), keyfile_slot(random("twin", 32))])
    opens("ok-same-identifier", "two slots with one salt", twin, keyfile=random("twin", 32))
    opens("ok-data-key", "opened with the data key", vault(ALICE), data_key=DATA_KEY)
    after = v1.Vault(IDENTIFIER, OTHER_DATA_KEY, 4, [], [(v1.CACHE_KEY, random("renewed", 32)), (99, b"kept")])
    v1.add_slot(after, v1.KEYFILE, KEYFILE, random("renewed salt", 32))
    opens("ok-renewed", "after its keys were renewed", after, keyfile=KEYFILE)
    content = file(after)
    vector("wrong-data-key", "the data key from before that", content, "wrong-passphrase", data_key=DATA_KEY)
    for size in (0, 31, 33):
        description = f"a data key of {size} bytes"
        key = (DATA_KEY + b"\0")[:size]
        vector(f"wrong-data-key-{size}", description, file(vault()), "wrong-passphrase", data_key=key)
    key_refusals(file(two))


def key_refusals(two):
    unfit = {"libsecret_key": random("no key", 32), "keyfile": KEYFILE + b"\n"}
    files = vault(slots=[libsecret_slot(), keyfile_slot()])
    for what, key in unfit.items():
        name = what.replace("_", "-")
        vector(f"wrong-{name}", "fits no slot", file(files), "wrong-passphrase", **{what: key})
    vector("wrong-type", "a libsecret slot's key as a key file", file(files), "wrong-passphrase", keyfile=LIBSECRET_KEY)
    at = {"salt": 41 + 3, "commitment": 41 + 3 + 32, "key": 41 + 3 + 64, "tag": 41 + 3 + 111}
    for name, offset in at.items():
        what = f"a bit of the slot's {name} flipped, the HMAC made to fit"
        changed = resigned(flipped(file(files), offset))
        vector(f"wrong-libsecret-slot-{name}", what, changed, "wrong-passphrase", libsecret_key=LIBSECRET_KEY)
        changed = resigned(flipped(file(files), offset + 115))
        vector(f"wrong-keyfile-slot-{name}", what, changed, "wrong-passphrase", keyfile=KEYFILE)
        changed = flipped(file(files), offset)
        vector(f"damaged-other-slot-{name}", "a bit of another slot flipped", changed, "damaged", keyfile=KEYFILE)
    turned = vault(slots=[(v1.KEYFILE, libsecret_slot()[1])])
    vector("wrong-slot-type", "the type of a slot changed", file(turned), "wrong-passphrase", keyfile=LIBSECRET_KEY)
    moved = v1.make_slot(v1.KEYFILE, OTHER_IDENTIFIER, DATA_KEY, KEYFILE, random("salt", 32))
    content = file(vault(slots=[moved]))
    vector("wrong-keyfile-slot-moved", "a slot of another vault", content, "wrong-passphrase", keyfile=KEYFILE)
    other = v1.make_slot(v1.KEYFILE, IDENTIFIER, OTHER_DATA_KEY, KEYFILE, random("salt", 32))
    content = file(vault(slots=[other]))
    vector("damaged-other-data-key", "a slot with another data key", content, "damaged", keyfile=KEYFILE)
    vector("no-libsecret-slot", "a key, but no slot for it", file(vault()), "no-such-slot", libsecret_key=LIBSECRET_KEY)
    vector("no-keyfile-slot", "a key file, but no slot for one", two, "no-such-slot", keyfile=KEYFILE)
    unusable_keys(two)
    data_keys(two)


def unusable_keys(content):
    for size in (0, 31, 33, 64):
        key = random("libsecret key", size)
        vector(f"unusable-key-{size}", f"a key of {size} bytes", content, "unusable-key", libsecret_key=key)
    for size in (0, 31, 8193):
        key = random("key file", size)
        vector(f"unusable-keyfile-{size}", f"a key file of {size} bytes", content, "unusable-keyfile", keyfile=key)
    vector("unusable-keyfile-first", "too short, and the file is no vault", b"text", "unusable-keyfile", keyfile=b"x")
    for kind, (_, body) in {"libsecret": libsecret_slot(), "keyfile": keyfile_slot()}.items():
        number = {"libsecret": v1.LIBSECRET, "keyfile": v1.KEYFILE}[kind]
        for name, wrong in {"empty": b"", "short": body[:-1], "long": body + b"\0"}.items():
            odd = file(vault(slots=[*RECOVERY_ONLY, (number, wrong)]))
            vector(f"damaged-slot-size-{kind}-{name}", f"a {kind} slot of another size", odd, "damaged")


def data_keys(content):
    flip = flipped(content, -1)
    vector("wrong-data-key-hmac", "a bit of the HMAC flipped", flip, "wrong-passphrase", data_key=DATA_KEY)
    flip = resigned(flipped(content, -33))
    description = "a bit of the tag flipped, the HMAC made to fit"
    vector("damaged-tag-data-key", description, flip, "damaged", data_key=DATA_KEY)
    vector("truncated-data-key", "cut short", content[:-1], "truncated", data_key=DATA_KEY)


def magic():
    content = file(vault(ALICE))
    for version in ("2", "10", "999999999"):
        line = f"warder-vault v{version}\n".encode()
        vector(f"version-{version}", f"version {version}", line + content[16:], "unknown-version")
    vector("version-2-alone", "nothing but the line of version 2", b"warder-vault v2\n", "unknown-version")
    others = {
        "text": b"[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
        "version-0": b"warder-vault v0\n" + content[16:],
        "leading-zero": b"warder-vault v01\n" + content[16:],
        "ten-digits": b"warder-vault v1000000000\n" + content[16:],
        "line-end": b"warder-vault v1\r\n" + content[16:],
        "no-version": b"warder-vault v\n" + content[16:],
        "case": b"Warder-vault v1\n" + content[16:],
        "version-unfinished": b"warder-vault v2",
        "zero": bytes(600),
    }
    for name, other in others.items():
        vector("not-a-vault-" + name, "the magic line is none", other, "not-a-vault")


def structure():
    content = file(vault(ALICE, slots=RECOVERY_ONLY))
    for size in (
        0,
        1,
        15,
        16,
        31,
        39,
        40,
        41,
        42,
        60,
        155,
        156,
        187,
        191,
        192,
        300,
        len(content) - 32,
        len(content) - 1,
    ):
        vector(f"truncated-{size}", f"the first {size} bytes of a vault", content[:size], "truncated")
    vector("damaged-longer", "a byte behind the HMAC", content + b"\n", "damaged")
    for name, count in {"none": 0, "nine": 9, "most": 255}.items():
        changed = content[:40] + bytes([count]) + content[41:]
        vector("damaged-slots-" + name, f"{count} slots announced", changed, "damaged")
    nine = file(vault(slots=[*RECOVERY_ONLY, *[(9, b"")] * 8]))
    vector("damaged-slots-nine-there", "nine slots, all there", nine, "damaged")
    for generation in (0, 2**63, 2**64 - 1):
        changed = content[:32] + generation.to_bytes(8, "big") + content[40:]
        vector(f"damaged-generation-{generation}", f"generation {generation}", resigned(changed), "damaged")
    vector("damaged-rolled-back", "the generation changed", flipped(content, 39), "damaged")
    vector(
        "damaged-rolled-back-signed",
        "the generation changed, the HMAC made to fit",
        resigned(flipped(content, 39)),
        "damaged",
    )
    for name, size in {"tag-alone": 0, "unpadded": 255, "one-over": 257}.items():
        odd = file(vault(), (v1.field(*CACHE) + bytes(300))[:size])
        vector("damaged-length-" + name, f"{size} bytes of plaintext", odd, "damaged")
    twice = {"passphrase": [*PASSPHRASE_ONLY, *SLOTS], "recovery": [*RECOVERY_ONLY, *SLOTS]}
    for name, two in twice.items():
        vector("damaged-two-slots-" + name, "two slots of one type", file(vault(slots=two)), "damaged")
    for name, (kind, body) in {
        "short": (1, SLOTS[0][1][:-1]),
        "long": (1, SLOTS[0][1] + b"\0"),
        "empty": (1, b""),
    }.items():
        wrong = file(vault(slots=[(kind, body), *RECOVERY_ONLY]))
        vector("damaged-slot-size-" + name, "a passphrase slot of another size", wrong, "damaged")
    wrong = file(vault(slots=[(4, SLOTS[1][1] + b"\0")]))
    vector("damaged-slot-size-recovery", "a recovery slot of another size", wrong, "damaged")
    swapped = file(vault(ALICE, slots=SLOTS))
    swapped = swapped[:41] + swapped[157:272] + swapped[41:157] + swapped[272:]
    vector("damaged-slots-swapped", "the slots in another order", swapped, "damaged")
    vector("damaged-hmac", "a bit of the HMAC flipped", flipped(content, -1), "damaged")
    vector(
        "damaged-hmac-passphrase",
        "the same, opened with the passphrase",
        flipped(file(vault()), -1),
        "damaged",
        passphrase=PASSPHRASE,
    )
    for name, at in {"ciphertext": -32 - 17, "tag": -33, "salt": 41 + 115}.items():
        description = f"a bit of the {name} flipped, the HMAC made to fit"
        vector(f"damaged-{name}", description, resigned(flipped(content, at)), "damaged")


def records():
    key = v1.access_key_record(ALICE)
    cache = v1.field(*CACHE)
    records_vector(
        "after-padding", "a byte that is not zero behind the padding", plaintext=cache + bytes(218) + b"\x01"
    )
    records_vector(
        "overrun", "a record that is longer than the plaintext", plaintext=cache + b"\x09\x00\x00\x01\x00" + bytes(214)
    )
    records_vector("huge", "a record of four gigabytes", plaintext=cache + b"\x09\xff\xff\xff\xff" + bytes(214))
    records_vector(
        "cut", "a tag with half a length at the end", plaintext=cache + v1.field(9, bytes(206)) + b"\x09\x00\x00"
    )
    records_vector("no-cache-key", "no session-cache key", [key])
    records_vector("two-cache-keys", "two session-cache keys", [CACHE, CACHE])
    records_vector("short-cache-key", "a session-cache key of 31 bytes", [(1, bytes(31))])
    records_vector("same-name", "two keys of one name", [CACHE, key, key])
    names = {
        "empty": "",
        "long": "x" * 129,
        "space": "al ice",
        "umlaut": "älice",
        "newline": "alice\n",
        "null": "alice\0",
    }
    for name, text in names.items():
        records_vector(f"name-{name}", "not a name", [CACHE, v1.access_key_record(ALICE | {"name": text})])
    for name in ("name", "access_key_id", "secret", "created_at"):
        body = b"".join(v1.field(tag, value) for tag, value in v1.fields(key[1]) if v1.FIELDS[tag] != name)
        records_vector(f"missing-{name}".replace("_", "-"), "a field that must be there is not", [CACHE, (2, body)])
    short = b"".join(v1.field(tag, value[:4] if tag == 4 else value) for tag, value in v1.fields(key[1]))
    records_vector("created-at-width", "four bytes of time", [CACHE, (2, short)])
    for tag in v1.FIELDS:
        twice = [(tag, bytes(8) if tag == 4 else b"x")] * (1 if tag < 5 else 2)
        body = v1.access_key_record(ALICE, twice)
        records_vector(f"field-{tag}-twice", "a field twice", [CACHE, body])
    for tag in (5, 6, 7, 10):
        records_vector(
            f"field-{tag}-text", "text that is no UTF-8", [CACHE, v1.access_key_record(ALICE, [(tag, b"\xff")])]
        )
    records_vector(
        "field-overrun", "a field that is longer than its record", [CACHE, (2, key[1] + b"\x08\x00\x00\x00\x01")]
    )
    records_vector("field-cut", "half a field", [CACHE, (2, key[1] + b"\x08\x00")])
    records_vector("empty-key", "a key without fields", [CACHE, (2, b"")])


def main():
    for write in (good, slots, keys, magic, structure, records):
        write()
    for old in HERE.glob("*.json"):
        old.unlink()
    for name, entry in VECTORS.items():
        (HERE / f"{name}.json").write_text(json.dumps(entry, indent=2) + "\n")


if __name__ == "__main__":
    main()
