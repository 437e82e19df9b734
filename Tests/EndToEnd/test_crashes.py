"""`kill -9` before each system call that changes something: it leaves the old vault or the new one, and no lock."""

import collections
import re
import shutil

import pytest
import vault_v1 as v1
from home import PASSPHRASE
from moments import TRACED, moments

PARTS = 4
ADD = ["add", "bob", "--stdin", "--no-verify"]
BOB = ("AKIABOBBOBBOBBOBBOBB", "the+secret+of+bob+that+is+not+a+real+one")


def traced(home, log, inject=None):
    prefix = ["strace", "-f", "-o", log, "-e", TRACED]
    prefix += ["-e", f"inject={inject}"] if inject else []
    return home.run(*ADD, input="{}\n{}\n".format(*BOB), passphrase=True, prefix=prefix)


def killed_everywhere(home, log, start_over, share=slice(None), calls=None):
    """Kills the command before each of its calls that changes something, or before a share of those, and yields after
    each kill. `calls` restricts it to calls of these names."""
    start_over()
    assert traced(home, log).code == 0
    places = [moment for moment in moments(log) if calls is None or moment[0] in calls]
    assert len(places) >= 10
    for call, number in places[share]:
        start_over()
        result = traced(home, log, f"{call}:signal=SIGKILL:when={number}")
        assert result.code in (-9, 137), (call, number, result)
        yield call, number


@pytest.mark.long
@pytest.mark.needs("strace")
@pytest.mark.parametrize("first", range(PARTS))
def test_killed_while_a_key_is_added(home, tmp_path, first):
    before = home.vault.read_bytes()

    found = collections.Counter()
    for moment in killed_everywhere(
            home, tmp_path / "log", lambda: home.put_back(before), slice(first, None, PARTS)):
        stored = home.stored()
        assert stored in ({"alice": home.key}, {"alice": home.key, "bob": BOB}), moment
        found[len(stored)] += 1
        # No stray lock and no leftover stops the next one.
        again = home.run("vault", "verify", passphrase=True)
        assert again.code == 0, (moment, again)
        with home.opened():
            home.good("add", "carol", "--stdin", "--no-verify", input="{}\n{}\n".format(*BOB), passphrase=True)
        assert set(home.stored()) == {*stored, "carol"}, moment
    assert found[1] and found[2]


@pytest.mark.long
@pytest.mark.needs("strace")
@pytest.mark.parametrize("first", range(PARTS))
def test_killed_while_the_vault_is_made(bare, sts, tmp_path, first):
    bare.endpoint(sts.url)

    def start_over():
        bare.good("lock")
        for folder in ("data", "state", "cache"):
            shutil.rmtree(bare.root / folder, ignore_errors=True)

    calls = ["write", "fsync", "rename"]
    for moment in killed_everywhere(bare, tmp_path / "log", start_over, slice(first, None, PARTS), calls):
        if bare.vault.exists():
            assert bare.stored() == {"bob": BOB}, moment
            assert bare.run("vault", "verify", passphrase=True).code == 0, moment
            bare.identifiers.add(bare.vault.read_bytes()[16:32].hex())
        else:
            bare.good("vault", "init", "--no-recovery", passphrase=True)
            assert v1.read(bare.vault.read_bytes(), PASSPHRASE.encode()).access_keys() == []


@pytest.mark.needs("strace")
def test_killed_while_a_session_is_cached(working, sts, tmp_path):
    """At worst the session is made once more."""
    calls = ["openat", "write", "rename", "unlink", "fsync"]
    log = tmp_path / "log"
    prefix = ["strace", "-f", "-o", log, "-e", "trace=" + ",".join(calls)]
    role = min(working.sessions(), key=lambda file: file.stat().st_mtime)
    role.unlink()
    assert working.run("process", "prod", prefix=prefix).code == 0
    main = log.read_text().split(" ", 1)[0]
    made = collections.Counter(re.findall(rf"^{main} +(\w+)\(", log.read_text(), re.MULTILINE))
    for call, count in made.items():
        for number in range(max(1, count - 12), count + 1):
            role.unlink(missing_ok=True)
            inject = ["-e", f"inject={call}:signal=SIGKILL:when={number}"]
            killed = working.run("process", "prod", prefix=prefix + inject)
            assert killed.code in (-9, 137)
            assert working.run("process", "prod").code == 0, (call, number)
