"""Moving the keys from one store to the other: killed anywhere, and with a target that fails."""

import json
import re
import shutil

import pytest
from home import random_key
from secret_service import SCHEMAS, schema_of, stored_keys
from stores import add_key_profile, asked, kill_before_each, lines

CALLS = ["write", "rename", "renameat", "renameat2", "link", "unlink", "fsync", "sendmsg", "connect"]
TO_FILE = ["store", "move", "--to", "file"]
TO_LIBSECRET = ["store", "move", "--to", "libsecret"]


def schema_and_attributes(item):
    return schema_of(item), {name: value for name, value in item["attributes"].items() if name != "xdg:schema"}


class Moving:
    """A home with two keys and live sessions, and a Secret Service beside its vault."""

    def __init__(self, home, service, start):
        self.home, self.service = home, service
        self.keys = {"alice": home.key, "bob": random_key()}
        home.add_profiles()
        for name in self.keys:
            add_key_profile(home, f"{name}-itself", name)
        if start == "file":
            home.add_vault(**self.keys)
        else:
            for name, key in self.keys.items():
                home.good("add", name, "--stdin", "--no-verify", "--store", "libsecret", input=lines(key))
        home.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
        assert len(home.sessions()) == 2
        self.kept = None

    def keep(self, folder):
        """Saves the current state for `put_back`."""
        self.kept, self.items = folder, self.own_items()
        for path in (self.home.data, self.home.state, self.home.cache):
            path.mkdir(parents=True, exist_ok=True)
            shutil.copytree(path, folder / path.relative_to(self.home.root), copy_function=shutil.copy2)

    def put_back(self):
        """Restores the saved state without warder, whose own vaults take half a second each time they are opened."""
        for path in (self.home.data, self.home.state, self.home.cache):
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(self.kept / path.relative_to(self.home.root), path, copy_function=shutil.copy2)
        found = self.own_items()
        for item in found:
            if item not in self.items:
                schema, attributes = schema_and_attributes(item)
                self.service.clear(schema, **attributes)
        for item in self.items:
            if item not in found:
                schema, attributes = schema_and_attributes(item)
                self.service.put(schema, item["secret"], item["label"], **attributes)
        assert sorted(map(str, self.own_items())) == sorted(map(str, self.items))

    def own_items(self):
        return [item for item in self.service.items() if schema_of(item) in SCHEMAS]

    def where(self):
        """Which store is the one in use, as the files say it."""
        marker = self.home.data / "store"
        if marker.exists():
            assert re.fullmatch(r"libsecret [0-9a-f]{32}\n", marker.read_text())
            return "libsecret"
        return "file" if self.home.vault.exists() else None

    def in_file(self):
        return self.home.stored() if self.home.vault.exists() else {}

    def in_service(self):
        return stored_keys(self.service)

    def check(self):
        """All is there in one store, with nothing left in the other, and the sessions live."""
        if self.where() == "file":
            assert self.in_file() == self.keys
            assert self.own_items() == []
        else:
            assert self.in_service() == self.keys
            assert len(self.service.items("SessionCacheKey")) == 1
            assert sorted(path.name for path in self.home.data.glob("vault*") if not path.name.endswith("lock")) == []
        self.serves()

    def serves(self):
        """As for a person: a helper gives a service that a busy disk holds up half a second."""
        with self.home.opened():
            for name, key in self.keys.items():
                answer = json.loads(self.home.good("env", "--format", "json", f"{name}-itself", passphrase=True))
                assert (answer["AWS_ACCESS_KEY_ID"], answer["AWS_SECRET_ACCESS_KEY"]) == key

    def move(self, command, **options):
        self.note_identifier()
        result = self.home.run(*command, passphrase=True, **options)
        self.note_identifier()
        return result

    def note_identifier(self):
        """Each store has its own, by which what it left in the kernel's keyring is taken away in the end."""
        marker = self.home.data / "store"
        if marker.exists():
            self.home.identifiers.add(marker.read_text().split()[1])
        if self.home.vault.exists():
            self.home.identifiers.add(self.home.vault.read_bytes()[16:32].hex())


@pytest.fixture(params=["to the Secret Service", "to the vault"])
def moving(request, desktop):
    start = "file" if request.param == "to the Secret Service" else "libsecret"
    moving = Moving(desktop, desktop.keyring, start)
    moving.command = TO_LIBSECRET if start == "file" else TO_FILE
    moving.back = TO_FILE if start == "file" else TO_LIBSECRET
    moving.start, moving.target = start, {"file": "libsecret", "libsecret": "file"}[start]
    return moving


@pytest.fixture
def moving_to_mock(mocked):
    return Moving(mocked, mocked.service, "file")


@pytest.fixture
def moving_from_mock(mocked):
    return Moving(mocked, mocked.service, "libsecret")


def test_there_and_back(moving, sts):
    sts.requests.clear()
    for command, target in ((moving.command, moving.target), (moving.back, moving.start)):
        result = moving.move(command)
        assert result.code == 0, result
        assert moving.where() == target
        moving.check()
        assert asked(moving.home, "prod", passphrase=True).code == 0
    # The sessions that were there are still read: nobody was asked for a code, and AWS for nothing.
    assert sts.requests == []


def test_what_moved_is_kept_whole(moving):
    """Not the secret alone: when it was made, whose it is."""

    def told():
        moving.home.good("unlock", passphrase=True)
        entries = json.loads(moving.home.good("list", "--json"))["entries"]
        return sorted(json.dumps(entry, sort_keys=True) for entry in entries)

    before = told()
    for command in (moving.command, moving.back):
        assert moving.move(command).code == 0
        assert told() == before


def test_moving_to_where_it_is(moving):
    before = moving.in_file(), moving.in_service()
    result = moving.move(moving.back)
    assert result.code in (0, 2) and result.err, result
    assert (moving.in_file(), moving.in_service()) == before


def test_moving_nothing(desktop):
    for command in (TO_FILE, TO_LIBSECRET):
        result = desktop.run(*command, passphrase=True)
        assert result.code != 0, result
    assert not desktop.vault.exists() and desktop.keyring.items() == []


def test_moving_to_what_is_none(moving):
    for wrong in (["--to", "cloud"], ["--to"], []):
        result = moving.home.run("store", "move", *wrong, passphrase=True)
        assert result.code == 2 and result.out == "", result
    moving.check()


def test_a_wrong_passphrase_moves_nothing(desktop):
    moving = Moving(desktop, desktop.keyring, "file")
    result = desktop.run(*TO_LIBSECRET, passphrase="wrong")
    assert result.code == 3, result
    assert moving.where() == "file" and desktop.keyring.items("AccessKey") == []
    moving.check()


def test_what_is_in_the_way_is_not_destroyed(desktop):
    """A key of the same name that lies in the target, and is another one."""
    other = random_key()
    text = f"aws_access_key_id = {other[0]}\naws_secret_access_key = {other[1]}\n"
    desktop.keyring.put("AccessKey", text, name="alice")
    moving = Moving(desktop, desktop.keyring, "file")
    result = moving.move(TO_LIBSECRET)
    assert result.code != 0 and "alice" in result.err, result
    assert moving.in_service()["alice"] == other
    assert moving.in_file() == moving.keys


FAILING = [
    "hang=CreateItem", "crash=CreateItem", "late-crash=CreateItem", "error=CreateItem:AccessDenied",
    "garbage=CreateItem", "forgetful", "secret=wrong", "secret=empty", "vanish", "hang=GetSecret", "crash=GetSecret",
    "no-default",
    "locked=dismiss", "no-session",
]


@pytest.mark.parametrize("how", FAILING)
def test_a_target_that_fails_loses_nothing(moving_to_mock, how):
    moving = moving_to_mock
    moving.service.start(how)
    result = moving.move(TO_LIBSECRET, timeout=60)
    assert result.code not in (0, -9, -11, -6), result
    assert moving.in_file() == moving.keys
    moving.serves()
    moving.service.start()
    assert moving.move(TO_LIBSECRET).code == 0
    moving.check()
    assert moving.where() == "libsecret"


@pytest.mark.parametrize("how", ["hang=Delete", "crash=Delete", "error=Delete:AccessDenied", "hang=GetSecret",
                                 "secret=wrong", "secret=empty", "locked=dismiss"])
def test_a_source_that_fails_loses_nothing(moving_from_mock, how):
    moving = moving_from_mock
    moving.service.start(how)
    result = moving.move(TO_FILE, timeout=60)
    assert result.code > 0, result
    union = moving.in_service() | moving.in_file()
    assert union == moving.keys
    moving.service.start()
    again = moving.move(TO_FILE)
    assert again.code == 0, again
    moving.check()
    assert moving.where() == "file"


@pytest.mark.long
@pytest.mark.needs("strace")
def test_killed_anywhere_and_run_again(moving, tmp_path):
    moving.keep(tmp_path)
    states = set()
    for moment in kill_before_each(lambda prefix: moving.move(moving.command, prefix=prefix), CALLS, moving.put_back):
        file, service = moving.in_file(), moving.in_service()
        # Each key is there whole, at least once; and the store that is in use has all of them.
        assert file | service == moving.keys and service | file == moving.keys, moment
        assert {"file": file, "libsecret": service}[moving.where()] == moving.keys, moment
        states.add((moving.where(), len(file), len(service)))
        moving.serves()
        again = moving.move(moving.command)
        # Where nothing was left to do, it may say so.
        assert again.code == 0 or (again.code == 2 and "already" in again.err), (moment, again)
        assert moving.where() == moving.target, moment
        moving.check()
    assert len(states) >= 3, states
    assert moving.move(moving.back).code == 0
    assert moving.where() == moving.start
    moving.check()


@pytest.mark.long
@pytest.mark.needs("strace")
def test_killed_and_moved_the_other_way(moving, tmp_path):
    """One who changes their mind, after it broke off."""
    moving.keep(tmp_path)
    counter = 0
    for moment in kill_before_each(
        lambda prefix: moving.move(moving.command, prefix=prefix), ["rename", "unlink", "sendmsg"], moving.put_back
    ):
        counter += 1
        back = moving.move(moving.back)
        assert back.code == 0 or moving.where() == moving.start, (moment, back)
        assert {"file": moving.in_file, "libsecret": moving.in_service}[moving.where()]() == moving.keys, moment
        moving.serves()
    assert counter


@pytest.mark.long
def test_readers_while_it_moves(moving):
    """Nobody hears that there is no such key."""
    for command in (moving.command, moving.back) * 2:
        mover = moving.home.start(*command, passphrase=True)
        results = []
        while mover.poll() is None:
            results.append(moving.home.run("process", "alice-itself", passphrase=True))
        out, err = mover.communicate()
        assert mover.returncode == 0, err
        for result in results:
            assert result.code in (0, 3), result
            if result.code == 0:
                assert json.loads(result.out)["SecretAccessKey"] == moving.home.key[1]
    moving.check()


def test_two_movers_at_once(moving):
    movers = [moving.home.start(*moving.command, passphrase=True) for _ in range(3)]
    codes = []
    for mover in movers:
        mover.communicate(timeout=120)
        codes.append(mover.returncode)
    assert codes.count(0) >= 1 and set(codes) <= {0, 1, 2}, codes
    assert moving.where() == moving.target
    moving.check()


@pytest.mark.long
def test_an_adder_beside_the_mover(moving):
    """What is added while it moves is in the store that is in use afterwards, or the adding failed."""
    for number, command in enumerate([moving.command, moving.back] * 2):
        key = random_key()
        mover = moving.home.start(*command, passphrase=True)
        added = moving.home.run(
            "add", f"new{number}", "--stdin", "--no-verify", input=lines(key), passphrase=True
        )
        mover.communicate(timeout=120)
        assert mover.returncode == 0
        if added.code == 0:
            moving.keys[f"new{number}"] = key
        found = {"file": moving.in_file, "libsecret": moving.in_service}[moving.where()]()
        assert found == moving.keys, added
