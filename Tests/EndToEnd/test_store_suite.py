"""What any store must do, judged on both: the vault and the Secret Service."""

import concurrent.futures
import json

import pytest
from home import random_key
from stores import add_key_profile, asked, kill_before_each, lines

EVERY_CHARACTER = "ABCXYZabcxyz0123456789._@+=,:/%-"
ODD_NAMES = [EVERY_CHARACTER, "a" * 128, "../../etc/passwd"]
BAD_NAMES = ["a b", "\x1b[31m"]
CHANGES = ["write", "rename", "renameat", "unlink", "fsync", "sendmsg", "sendto", "connect"]


def test_a_stored_key_comes_back_as_it_was(store):
    assert store.stored() == {"alice": store.home.key}
    assert store.process() == store.home.key


def test_what_is_stored_is_listed(store):
    bob = random_key()
    assert store.add("bob", bob).code == 0
    store.good("unlock")
    told = {entry["name"]: entry for entry in json.loads(store.good("list", "--json"))["entries"]}
    assert told["alice"]["access_key_id"] == store.home.key[0]
    assert told["bob"]["access_key_id"] == bob[0]
    text = store.good("list")
    assert bob[0] in text
    assert bob[1] not in text and store.home.key[1] not in text


def test_a_second_key_leaves_the_first(store):
    bob = random_key()
    assert store.add("bob", bob).code == 0
    assert store.stored() == {"alice": store.home.key, "bob": bob}
    add_key_profile(store.home, "bob")
    assert [store.process("alice"), store.process("bob")] == [store.home.key, bob]


def test_the_same_name_twice(store):
    store.add("alice", random_key()).failed(1, "alice", "--replace")
    assert store.stored() == {"alice": store.home.key}


def test_replacing(store):
    new = random_key()
    assert store.add("alice", new, "--replace").code == 0
    assert store.stored() == {"alice": new}
    assert store.process() == new


def test_removing(store):
    bob = random_key()
    assert store.add("bob", bob).code == 0
    store.good("remove", "alice", "--yes")
    assert store.stored() == {"bob": bob}
    asked(store, "alice").failed(7, "alice")
    store.run("remove", "alice", "--yes").failed(7, "alice")
    assert store.add("alice", store.home.key).code == 0
    assert store.stored() == {"alice": store.home.key, "bob": bob}


def test_the_last_key_may_go(store):
    store.good("remove", "alice", "--yes")
    assert store.stored() == {}
    assert store.add("bob", store.home.key).code == 0
    assert store.stored() == {"bob": store.home.key}


def test_a_key_that_is_not_there(store):
    add_key_profile(store.home, "carol")
    asked(store, "carol").failed(7, "carol")
    store.run("remove", "carol", "--yes").failed(7, "carol")
    assert store.stored() == {"alice": store.home.key}


@pytest.mark.parametrize("name", ODD_NAMES, ids=lambda name: name[:20])
def test_odd_names(store, name):
    key = random_key()
    assert store.add(name, key).code == 0
    assert store.stored() == {"alice": store.home.key, name: key}
    add_key_profile(store.home, "odd", name)
    assert store.process("odd") == key
    store.good("remove", "--yes", "--", name)
    assert store.stored() == {"alice": store.home.key}


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: repr(name[:8]))
def test_names_that_are_none(store, name):
    result = store.add(name, random_key())
    assert result.code == 2, result
    assert "\x1b" not in result.err
    assert store.stored() == {"alice": store.home.key}


@pytest.mark.parametrize("name", ["--store=file"])
def test_a_name_that_looks_like_an_option(store, name):
    store.add(name, random_key()).failed(2, name)
    assert store.stored() == {"alice": store.home.key}


def test_names_that_differ_by_case_are_two(store):
    other = random_key()
    assert store.add("Alice", other).code == 0
    assert store.stored() == {"alice": store.home.key, "Alice": other}


def test_twenty_at_once_all_arrive(store):
    keys = {f"key{number}": random_key() for number in range(20)}
    processes = []
    for name, key in keys.items():
        process = store.home.start(
            "add", name, "--stdin", "--no-verify", passphrase=store.passphrase, stdin=-1
        )
        process.stdin.write(lines(key).encode())
        process.stdin.close()
        processes.append(process)
    for process in processes:
        with process.stdout, process.stderr:
            assert process.wait(120) == 0, process.stderr.read()
    assert store.stored() == {"alice": store.home.key, **keys}


def test_ten_at_once_under_one_name_are_one(store):
    keys = [random_key() for _ in range(10)]
    processes = []
    for key in keys:
        process = store.home.start(
            "add", "bob", "--stdin", "--no-verify", passphrase=store.passphrase, stdin=-1
        )
        process.stdin.write(lines(key).encode())
        process.stdin.close()
        processes.append(process)
    codes = []
    for process in processes:
        with process.stdout, process.stderr:
            codes.append(process.wait(120))
    assert sorted(codes) == [0] + [1] * 9
    assert store.stored() == {"alice": store.home.key, "bob": keys[codes.index(0)]}


def test_readers_beside_a_writer_see_the_old_or_the_new(store):
    keys = [store.home.key] + [random_key() for _ in range(5)]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        for new in keys[1:]:
            readers = [threads.submit(store.process) for _ in range(4)]
            assert store.add("alice", new, "--replace").code == 0
            for reader in readers:
                assert reader.result() in keys
    assert store.process() == keys[-1]


@pytest.mark.long
@pytest.mark.needs("strace")
@pytest.mark.parametrize("command", ["add", "replace", "remove"])
def test_killed_anywhere_nothing_is_lost_but_what_was_to_go(store, command):
    old, new = store.home.key, random_key()
    before = {"alice": old}
    change, after = {
        "add": (["add", "bob", "--stdin", "--no-verify"], {"alice": old, "bob": new}),
        "replace": (["add", "alice", "--replace", "--stdin", "--no-verify"], {"alice": new}),
        "remove": (["remove", "alice", "--yes"], {}),
    }[command]

    def run(prefix):
        given = {"input": lines(new)} if command != "remove" else {}
        return store.run(*change, prefix=prefix, **given)

    def start_over():
        if store.stored() != before:
            store.put_back(before)

    seen = []
    for moment in kill_before_each(run, CHANGES, start_over):
        assert store.stored() in (before, after), moment
        seen.append(store.stored())
        # Nothing that it left behind is in the next one's way.
        again = asked(store, "alice", timeout=30)
        assert again.code == (0 if "alice" in store.stored() else 7), (moment, again)
    assert before in seen
    start_over()
    assert run([]).code == 0
    assert store.stored() == after


def test_no_secret_is_in_the_clear(store):
    """Neither in the home, nor in a message."""
    result = store.add("bob", random_key())
    assert store.home.key[1] not in result.out + result.err
    assert store.home.has_secret(store.home.key[1]) == []


def test_where_it_lies_is_told(store):
    where = {"file": f"file {store.home.vault}\n", "libsecret": "libsecret\n"}
    assert store.run("store", passphrase=False).out == where[store.kind]
