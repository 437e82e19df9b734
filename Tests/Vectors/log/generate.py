#!/usr/bin/env python3
"""Writes the vectors beside it: logs, with the verdict that any reader must reach on each.

Deterministic: the same files each time. docs/log-format.md names the classes."""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "LogReader"))
import log_v1 as v1  # noqa: E402

IDENTIFIER, KEY = bytes(range(16)), bytes(range(100, 132))
OTHER = bytes(range(50, 66))
EVENT = '"time":"2026-11-29T20:{:02}:00Z","event":"served","profile":"prod","by":"process","from":"cached"'


def log(last, lines=4, identifier=IDENTIFIER, key=KEY):
    """The files of a log whose present file has this number, each of so many lines, and the seal."""
    keys, number, files = v1.Keys(key), 0, []
    for file in range(last + 1):
        text = []
        for line in range(lines):
            content = v1.header(identifier, file) if line == 0 else EVENT.format(number).encode()
            text.append(v1.sealed(number, keys(number), content))
            number += 1
        files.append(text)
    kept = files[-(v1.KEPT + 1) :]
    names = v1.names()[-len(kept) :]
    seal = v1.Seal(identifier, number, sum(map(len, kept[-1])), last, 0, keys(number))
    return dict(zip(names, kept)), seal


def vectors():
    """Name, what it is, files, seal, start, and the verdict's class, file and line."""
    start = v1.Start(IDENTIFIER, KEY, 0, 1_790_000_000, "host:/home/alice/.local/state/warder")
    for title, last in (("one", 0), ("two", 1), ("six", 5), ("many", 9)):
        files, seal = log(last)
        yield f"good-{title}", "as it was written", files, seal, start, ("good",)
    files, seal = log(1)

    def changed(name, change):
        return {each: change(list(text)) if each == name else text for each, text in files.items()}

    torn = b'{"n":8,"time":"2026-11'
    further = v1.sealed(8, seal.key, EVENT.format(8).encode())
    after = v1.sealed(9, v1.following(seal.key), EVENT.format(9).encode())
    yield "good-torn", "a process was killed in the middle of a line", changed("log", lambda t: [*t, torn]), seal, start, ("good",)
    yield "good-not-counted", "killed before the seal", changed("log", lambda t: [*t, further]), seal, start, ("good",)
    yield "good-two-not-counted", "an older seal", changed("log", lambda t: [*t, further, after]), seal, start, ("good",)
    old, _ = log(0, 3, OTHER, bytes(32))
    yield "good-behind-another", "files of an earlier log", {"log.2": old["log"], **files}, seal, start, ("good",)
    counted = v1.Start(IDENTIFIER, KEY, 8, start.began, start.home)
    yield "good-as-the-store-saw-it", "", files, seal, counted, ("good",)

    yield "no-seal", "", files, None, start, ("no-seal", "log.seal", 0)
    yield "foreign-seal", "another log", files, v1.Seal(OTHER, 8, 0, 1, 0, KEY), start, ("foreign", "log.seal", 0)
    for name, line, place in (("log.1", 1, 30), ("log.1", 2, 60), ("log", 1, 8), ("log", 4, 80), ("log", 3, -30)):
        def flip(text, line=line, place=place):
            one = bytearray(text[line - 1])
            one[place] ^= 1
            return [*text[: line - 1], bytes(one), *text[line:]]
        title = f"changed-{name.replace('.', '-')}-{line}-at-{place}"
        yield title, "one bit", changed(name, flip), seal, start, ("changed", name, line)
    yield "changed-mac-upper-case", "", changed("log", lambda t: [t[0], t[1][:-34] + t[1][-34:-3].upper() + t[1][-3:], *t[2:]]), seal, start, ("changed", "log", 2)
    yield "changed-line-end", "the last line feed", changed("log", lambda t: [*t[:3], t[3][:-1] + b" "]), seal, start, ("changed", "log", 4)
    yield "changed-carriage-return", "", changed("log", lambda t: [*t[:3], t[3][:-1] + b"\r\n"]), seal, start, ("changed", "log", 4)
    yield "changed-leading-zero", "", changed("log.1", lambda t: [*t[:3], t[3].replace(b'"n":3', b'"n":03')]), seal, start, ("changed", "log.1", 4)
    yield "changed-empty-line", "", changed("log", lambda t: [*t[:2], b"\n", *t[2:]]), seal, start, ("changed", "log", 3)
    yield "changed-foreign-line", "put between", changed("log", lambda t: [*t[:2], b'{"n":6,"event":"served","mac":"%s"}\n' % (b"0" * 32), *t[2:]]), seal, start, ("changed", "log", 3)
    yield "changed-foreign-last-line", "put behind", changed("log", lambda t: [*t, b"{}\n"]), seal, start, ("changed", "log", 5)
    yield "changed-own-key", "sealed with the key of another line", changed("log", lambda t: [*t[:3], v1.sealed(7, seal.key, EVENT.format(7).encode())]), seal, start, ("changed", "log", 4)
    long = v1.sealed(8, seal.key, b'"time":"2026-11-29T20:08:00Z","reason":"' + b"x" * 4096 + b'"')
    yield "changed-too-long", "", changed("log", lambda t: [*t, long]), seal, start, ("changed", "log", 5)
    yield "changed-torn-earlier-file", "", changed("log.1", lambda t: [*t, torn]), seal, start, ("changed", "log.1", 5)
    far = v1.sealed(99, KEY, EVENT.format(9).encode())
    yield "changed-number-beyond", "", changed("log", lambda t: [*t, far]), seal, start, ("changed", "log", 5)
    past = v1.Seal(IDENTIFIER, 1 << 60, 0, 9, 0, KEY)
    yield "changed-number-out-of-reach", "in a first line, with a seal that allows it", {"log": [v1.sealed(1 << 59, KEY, v1.header(IDENTIFIER, 9))]}, past, start, ("changed", "log", 1)
    header = v1.sealed(4, v1.Keys(KEY)(4), v1.header(OTHER, 1))
    yield "changed-header-of-another-log", "", changed("log", lambda t: [header, *t[1:]]), seal, start, ("changed", "log", 1)

    yield "missing-line", "", changed("log", lambda t: [*t[:2], *t[3:]]), seal, start, ("missing", "log", 3)
    yield "missing-header", "", changed("log.1", lambda t: t[1:]), seal, start, ("missing", "log.1", 1)
    yield "missing-header-of-the-second", "", changed("log", lambda t: t[1:]), seal, start, ("missing", "log", 1)
    yield "missing-last-of-the-first", "", changed("log.1", lambda t: t[:-1]), seal, start, ("missing", "log", 1)
    yield "missing-first-file", "", {"log": files["log"]}, seal, start, ("missing", "log", 1)
    yield "missing-empty-first-file", "", changed("log.1", lambda t: []), seal, start, ("missing", "log", 1)
    yield "swapped", "two lines", changed("log", lambda t: [t[0], t[2], t[1], t[3]]), seal, start, ("missing", "log", 2)
    yield "swapped-last", "two lines", changed("log", lambda t: [t[0], t[1], t[3], t[2]]), seal, start, ("missing", "log", 3)
    yield "out-of-place-twice", "a line again", changed("log", lambda t: [*t[:2], t[1], *t[2:]]), seal, start, ("out-of-place", "log", 3)
    yield "out-of-place-earlier", "a line of the other file", changed("log", lambda t: [*t[:2], files["log.1"][2], *t[2:]]), seal, start, ("out-of-place", "log", 3)
    yield "cut-line", "", changed("log", lambda t: t[:-1]), seal, start, ("cut", "log", 4)
    yield "cut-to-nothing", "", changed("log", lambda t: []), seal, start, ("cut", "log", 1)
    yield "cut-file", "the present file", {"log.1": files["log.1"]}, seal, start, ("cut", "log.1", 5)
    yield "cut-in-a-line", "", changed("log", lambda t: [*t[:3], t[3][:-20]]), seal, start, ("changed", "log", 4)
    seen = v1.Start(IDENTIFIER, KEY, 9, start.began, start.home)
    yield "older", "log and seal as they were before", files, seal, seen, ("older", "log", 5)

    many, last = log(9)
    yield "missing-file-of-six", "the earliest", {n: t for n, t in many.items() if n != "log.5"}, last, start, ("missing", "log.4", 1)
    yield "missing-file-between", "", {n: t for n, t in many.items() if n != "log.3"}, last, start, ("missing", "log.2", 1)
    earlier, _ = log(8)
    yield "put-back", "an older copy of a file that was turned over", {**many, "log.3": earlier["log.3"]}, last, start, ("out-of-place", "log.3", 1)
    yield "put-back-first", "the same of the earliest", {**many, "log.5": earlier["log.5"]}, last, start, ("out-of-place", "log.5", 1)
    yield "missing-lines-of-the-earliest", "", {**many, "log.5": many["log.5"][2:]}, last, start, ("missing", "log.5", 1)


def main():
    for old in HERE.glob("*.json"):
        old.unlink()
    for name, what, files, seal, start, verdict in vectors():
        texts = [(each, b"".join(text)) for each, text in files.items()]
        encoded = seal.encoded() if seal else None
        found = v1.verify(texts, encoded, start)
        if (found.kind, found.file, found.line)[: len(verdict)] != verdict:
            sys.exit(f"{name}: {found} instead of {verdict}")
        vector = {
            "comment": what, "start": start.encoded().hex(), "seal": encoded.hex() if encoded else None,
            "files": [{"name": each, "text": text.decode("latin-1")} for each, text in texts],
            "verdict": {"kind": found.kind, "file": found.file, "line": found.line, "lines": found.lines, "since": found.since},
        }
        (HERE / f"{name}.json").write_text(json.dumps(vector, indent=1) + "\n")


if __name__ == "__main__":
    main()
