"""A second reader of the log, written from docs/log-format.md alone; and a writer, for tests."""

import dataclasses
import hashlib
import hmac
import re

MAGIC = b"warder-log-seal\n"
LABEL = b"warder log v1 next key"
KEPT = 5
LONGEST = 4096
FARTHEST = 1 << 28
LINE = re.compile(rb'\{"n":(0|[1-9][0-9]{0,18}),[ -~]+,"mac":"([0-9a-f]{32})"\}')
HEADER = re.compile(
    rb'\{"n":[0-9]+,"time":"[^"]{20}","event":"opened","log":"([0-9a-f]{32})","file":([0-9]{1,19}),"mac":"[0-9a-f]{32}"\}')


@dataclasses.dataclass
class Start:
    identifier: bytes
    key: bytes
    lines: int = 0
    began: int = 0
    home: str = ""

    @classmethod
    def decoded(cls, value):
        return cls(
            value[:16], value[16:48], int.from_bytes(value[48:56], "big"), int.from_bytes(value[56:64], "big"),
            value[64:].decode())

    def encoded(self):
        numbers = self.lines.to_bytes(8, "big") + self.began.to_bytes(8, "big")
        return self.identifier + self.key + numbers + self.home.encode()


@dataclasses.dataclass
class Seal:
    identifier: bytes
    lines: int
    end: int
    file: int
    turning: int
    key: bytes

    @classmethod
    def decoded(cls, value):
        """None where it is no seal."""
        if value is None or len(value) != 96 or not value.startswith(MAGIC):
            return None
        numbers = [int.from_bytes(value[at : at + 8], "big") for at in (32, 40, 48, 56)]
        return cls(value[16:32], *numbers, value[64:])

    def encoded(self):
        numbers = b"".join(number.to_bytes(8, "big") for number in (self.lines, self.end, self.file, self.turning))
        return MAGIC + self.identifier + numbers + self.key


def mac(key, text):
    return hmac.digest(key, text, hashlib.sha256)[:16].hex().encode()


def following(key):
    return hmac.digest(key, LABEL, hashlib.sha256)


class Keys:
    """The keys of lines, by their numbers."""

    def __init__(self, first):
        self.first = first
        self.at, self.key = 0, first

    def __call__(self, number):
        if number < self.at:
            self.at, self.key = 0, self.first
        while self.at < number:
            self.at, self.key = self.at + 1, following(self.key)
        return self.key


def sealed(number, key, content):
    """A line of this content."""
    text = b'{"n":%d,%s' % (number, content)
    return text + b',"mac":"' + mac(key, text) + b'"}\n'


def header(identifier, file, time="2026-11-29T19:43:05Z"):
    """The content of a file's first line."""
    return f'"time":"{time}","event":"opened","log":"{identifier.hex()}","file":{file}'.encode()


@dataclasses.dataclass
class Verdict:
    kind: str
    file: str = ""
    line: int = 0
    lines: int = 0
    since: str = ""


def verify(files, seal, start):
    """The verdict on files, each a name and its bytes, in the order of their lines."""
    seal = Seal.decoded(seal)
    if seal is None:
        return Verdict("no-seal", "log.seal")
    if seal.identifier != start.identifier:
        return Verdict("foreign", "log.seal")
    own = min(seal.file, KEPT) + 1
    first = seal.file - (own - 1)
    files = files[-own:]
    keys, expected, checked, since, place = Keys(start.key), 0, 0, "", ("log.seal", 1)
    for index, (name, text) in enumerate(files):
        *lines, rest = text.split(b"\n")
        place = (name, len(lines) + 1)
        for number, line in enumerate(lines, 1):
            found = judge(line, number == 1, index, first, expected, seal, start, keys)
            if isinstance(found, str):
                return Verdict(found, name, number)
            since = since or re.search(rb'"time":"([^"]*)"', line)[1].decode()
            expected, checked = found + 1, checked + 1
        if rest and not (index == len(files) - 1 and expected >= seal.lines):
            return Verdict("changed", name, len(lines) + 1)
    if expected < seal.lines:
        return Verdict("cut", *place)
    if expected < start.lines:
        return Verdict("older", *place)
    return Verdict("good", lines=checked, since=since)


def judge(line, is_header, index, first, expected, seal, start, keys):
    """The number of a line that is right; else what is wrong with it."""
    form = LINE.fullmatch(line)
    if not form or len(line) >= LONGEST:
        return "changed"
    number = int(form[1])
    is_first = is_header and index == 0
    text = line[: line.rindex(b',"mac":"')]
    if number != expected:
        if number >= max(seal.lines, expected) or number > expected + FARTHEST or mac(keys(number), text) != form[2]:
            return "changed"
        if number < expected:
            return "out-of-place"
        if not is_first or first == 0:
            return "missing"
    if mac(keys(number), text) != form[2]:
        return "changed"
    if is_header:
        opened = HEADER.fullmatch(line)
        if not opened:
            return "missing" if is_first else "changed"
        if bytes.fromhex(opened[1].decode()) != start.identifier:
            return "changed"
        file = int(opened[2])
        if file != first + index:
            return "missing" if file > first + index else "out-of-place"
    return number


def names():
    """The names of a log's files, in the order of their lines."""
    return [f"log.{number}" for number in range(KEPT, 0, -1)] + ["log"]


def read(folder):
    """The files of a log that are there, and its seal."""
    files = [(name, (folder / name).read_bytes()) for name in names() if (folder / name).exists()]
    seal = folder / "log.seal"
    return files, seal.read_bytes() if seal.exists() else None
