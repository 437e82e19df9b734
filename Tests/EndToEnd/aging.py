"""Sessions that were made long ago, for tests that do not wait: `docs/session-cache.md` is what is read and written here."""

import os
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from home import v1

HEAD = 48
NONCE = bytes(12)
ISSUED = 6


def age(home, seconds):
    """Makes every cached session older by so many seconds; each ends when it did before."""
    key = home.read_vault().session_cache_key()
    for path in home.sessions():
        content, times = path.read_bytes(), path.stat()
        cipher = cipher_of(key, content, path.name)
        fields = older(bytearray(cipher.decrypt(NONCE, content[HEAD:], content[:HEAD])), seconds)
        head = content[:16] + os.urandom(32)
        path.write_bytes(head + cipher_of(key, head, path.name).encrypt(NONCE, bytes(fields), head))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def cipher_of(key, head, name):
    return AESGCM(v1.hkdf(key, head[16:HEAD], b"warder session v1 " + name.encode(), 32))


def older(fields, seconds):
    at = 0
    while at < len(fields):
        tag, size = struct.unpack_from(">BI", fields, at)
        if tag == ISSUED:
            (issued,) = struct.unpack_from(">Q", fields, at + 5)
            struct.pack_into(">Q", fields, at + 5, issued - seconds)
        at += 5 + size
    return fields
