"""A home's log, as the second reader sees it."""

import json
import sys

from home import TESTS

sys.path.insert(0, str(TESTS / "LogReader"))
import log_v1 as log  # noqa: E402

RECORD = 3


def entries(home):
    """The lines of all files, in order, as objects; without the first line of each file."""
    files, _ = log.read(home.state)
    lines = [json.loads(line) for _, text in files for line in text.split(b"\n") if line]
    return [line for line in lines if line["event"] != "opened"]


def events(home):
    return [entry["event"] for entry in entries(home)]


def start_in_vault(home):
    """Where the log began, as the vault has it; None where it has not."""
    found = [value for tag, value in home.read_vault().records if tag == RECORD]
    return log.Start.decoded(found[0]) if found else None


def start(home):
    """Where the log began, wherever that is."""
    waiting = home.state / "log.start"
    return log.Start.decoded(waiting.read_bytes()) if waiting.exists() else start_in_vault(home)


def verdict(home):
    return log.verify(*log.read(home.state), start(home))


def fill(home, size):
    """Adds lines, as answers would, until the present file has exactly so many bytes."""
    path, place = home.state / "log", home.state / "log.seal"
    seal = log.Seal.decoded(place.read_bytes())
    content = b'"time":"2026-11-29T20:00:00Z","event":"served","profile":"prod","reason":"%s"'
    with path.open("ab") as file:
        while seal.end < size:
            bare = len(log.sealed(seal.lines, seal.key, content % b""))
            left = size - seal.end - bare
            assert left >= 0
            line = log.sealed(seal.lines, seal.key, content % (b"x" * (left if left < 2000 else 900)))
            file.write(line)
            seal.lines, seal.end, seal.key = seal.lines + 1, seal.end + len(line), log.following(seal.key)
    place.write_bytes(seal.encoded())


def verified(home, **options):
    """What `--verify` says of a log that is as it was written."""
    result = home.run("log", "--verify", passphrase=True, **options)
    assert result.code == 0 and result.out == "", result
    found = verdict(home)
    assert found.kind == "good", found
    assert f"{found.lines} line" in result.err, (result, found)
    return found.lines
