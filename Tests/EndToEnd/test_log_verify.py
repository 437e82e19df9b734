"""Whether the log was changed: where it began, damage by its name, and a log begun anew."""

import json

import pytest
from home import PASSPHRASE, exit_code, random_key
from logs import fill, start, start_in_vault, verdict, verified

PROCESS = ["process", "prod"]


def test_verify_opens_the_store(working):
    working.run("log", "--verify", "--no-prompt").failed(3)
    working.good("lock")
    working.run("log", "--verify", "--no-prompt").failed(3)
    terminal = working.terminal("log", "--verify")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    terminal.expect("the log is as it was written: [0-9]+ lines since")
    assert exit_code(terminal) == 0


@pytest.mark.parametrize("how", ["unlock", "change"])
def test_where_it_began_goes_to_the_store(home, how):
    """A vault from before the log: the next command that a person opens it for, or that changes it, stores that."""
    assert home.run(*PROCESS).code == 3
    assert (home.state / "log.start").stat().st_mode & 0o777 == 0o600 and start_in_vault(home) is None
    began = start(home)
    if how == "unlock":
        terminal = home.terminal("unlock")
        terminal.expect("passphrase for .*: ")
        terminal.sendline(PASSPHRASE)
        assert exit_code(terminal) == 0
    else:
        home.good("add", "bob", "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()), passphrase=True)
    assert not (home.state / "log.start").exists()
    stored = start_in_vault(home)
    assert (stored.identifier, stored.key) == (began.identifier, began.key) and stored.lines > 0
    assert home.has_secret(began.key.hex()) == []
    verified(home)


def damage(lines):
    """Name, the log's lines after it, the first bad line."""
    last = len(lines)
    yield "one byte", [*lines[:2], lines[2].replace(b'"minted"', b'"linted"'), *lines[3:]], 3
    yield "a line removed", [*lines[:2], *lines[3:]], 3
    yield "a line put between", [*lines[:2], lines[1].replace(b'"n":1', b'"n":2'), *lines[2:]], 3
    yield "the end cut off", lines[:-1], last
    yield "all cut off", [], 1
    yield "two lines swapped", [lines[0], lines[2], lines[1], *lines[3:]], 2
    yield "the first line removed", lines[1:], 1
    yield "a line added", [*lines, b'{"n":%d,"time":"x","mac":"%s"}\n' % (last, b"0" * 32)], last + 1


@pytest.mark.parametrize("goes_on", [False, True])
def test_damage_is_named(working, goes_on):
    for _ in range(4):
        working.good(*PROCESS)
    path, seal = working.state / "log", working.state / "log.seal"
    verified(working)
    text, kept = path.read_bytes(), seal.read_bytes()
    for what, lines, line in damage(text.splitlines(keepends=True)):
        path.write_bytes(b"".join(lines))
        if goes_on:
            # The answers after it hide nothing.
            for _ in range(2):
                assert working.run(*PROCESS).err == ""
        result = working.run("log", "--verify", passphrase=True)
        result.failed(9, f"{path}:{line}: ")
        assert (verdict(working).file, verdict(working).line) == ("log", line), what
        report = working.run("log", "--verify", "--json", passphrase=True)
        assert report.code == 9 and json.loads(report.out)["line"] == line
        path.write_bytes(text)
        seal.write_bytes(kept)
    verified(working)


def test_lines_that_cannot_be_read_are_counted(working):
    path = working.state / "log"
    whole = working.good("log", "--json")
    with path.open("ab") as file:
        file.write(b'{"n":1,"time":"now"}\n\x1b[2J\n\n')
    result = working.run("log", "--json")
    assert result.code == 0 and result.out == whole
    assert result.err == "warder: 3 lines of the log cannot be read: see warder log --verify\n"
    path.write_bytes(b"not a log\n")
    result = working.run("log")
    assert result.code == 0 and result.out == ""
    assert result.err == "warder: 1 line of the log cannot be read: see warder log --verify\n"


def test_older_files_put_back(working):
    fill(working, (8 << 20) - 100)
    working.good(*PROCESS)
    old = (working.state / "log.1").read_bytes()
    both = {name: (working.state / name).read_bytes() for name in ("log", "log.seal")}
    fill(working, (8 << 20) - 100)
    working.good(*PROCESS)
    verified(working)
    newer = (working.state / "log.1").read_bytes()
    (working.state / "log.1").write_bytes(old)
    working.run("log", "--verify", passphrase=True).failed(9, f"{working.state}/log.1:1: ", "another place")
    (working.state / "log.1").write_bytes(newer)
    verified(working)
    # All of it as it was: what the store saw since tells.
    (working.state / "log.2").unlink()
    for name, content in {**both, "log.1": old}.items():
        (working.state / name).write_bytes(content)
    working.run("log", "--verify", passphrase=True).failed(9, "the store has seen more lines")


def test_removed_and_begun_anew(working):
    working.good(*PROCESS)
    verified(working)
    for path in working.state.glob("log*"):
        path.unlink()
    working.run("log", "--verify", passphrase=True).failed(9, "seal is not there", "--begin-anew")
    working.good(*PROCESS)
    working.run("log", "--verify", passphrase=True).failed(9, "another log", "--begin-anew")
    working.good("log", "--begin-anew", passphrase=True)
    working.good(*PROCESS)
    assert verified(working) == 2


def test_nothing_yet(bare):
    bare.run("log", "--verify").failed(7, "no log yet")
    result = bare.run("log")
    assert (result.code, result.out) == (0, "")
    bare.run("log", "--verify", "--follow").failed(2)
