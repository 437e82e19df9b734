"""What happens beside a rotation: programs that ask for credentials, a second rotation, changes of the same key, and
what becomes of a rotation that was cut off."""

import concurrent.futures
import json
import signal
import threading
import time

import pytest
import strict_iam
from rotating import Rotation, is_accepted


def at(action, acted=True):
    """A moment: AWS acted on the action, and has not answered yet."""
    return lambda request, done: (request.action, done) == (action, acted)


def beside(rotation, when, what):
    """Runs `rotate`, and at the first such moment starts `what()`, which has half a second before AWS goes on. Both
    results."""
    begun, later = threading.Event(), []
    with concurrent.futures.ThreadPoolExecutor() as threads:

        def watch(request, acted):
            if when(request, acted) and not begun.is_set():
                begun.set()
                later.append(threads.submit(what))
                concurrent.futures.wait(later, 0.5)
            return False

        rotation.iam.watch = watch
        result = rotation.run()
        rotation.iam.watch = strict_iam.unwatched
    assert begun.is_set(), (result, rotation.story())
    return result, later[0].result()


def known(rotation):
    """The ids of all keys that the store has."""
    return {key[0] for key in rotation.store.stored().values()}


def named(rotation, result, other):
    """The keys at AWS that the other command named, or the failure that `rotate` ended with."""
    said = other.out + other.err + "".join(result.err.splitlines()[-2:])
    return {key for key in rotation.at_aws() if key in said}


def cut_off(rotation, action="CreateAccessKey", acted=True):
    killed = rotation.run_killed(at(action, acted))
    assert killed.code == -signal.SIGKILL, (killed, rotation.story())


# Programs that ask


@pytest.mark.long
def test_twenty_programs_ask_while_it_runs(either):
    """Each gets the old key or the new one, whole; and the one it gets works, or was the current one just before."""
    keys, codes = set(), set()
    done = threading.Event()

    def ask():
        while not done.is_set():
            result = either.store.run("process", "itself")
            # The Secret Service gets half a second of a busy machine.
            if "does not answer" in result.err:
                continue
            codes.add((result.code, result.err))
            if result.code == 0:
                told = json.loads(result.out)
                keys.add((told["AccessKeyId"], told["SecretAccessKey"]))

    with concurrent.futures.ThreadPoolExecutor(20) as threads:
        asking = [threads.submit(ask) for _ in range(20)]
        either.iam.watch = lambda request, acted: time.sleep(0.3)
        result = either.run()
        either.iam.watch = strict_iam.unwatched
        done.set()
        for one in asking:
            one.result()
    assert result.code == 0, (result, either.story())
    assert codes == {(0, "")}
    assert keys <= {(either.first.id, either.first.secret), either.current()}
    either.check_that_it_is_over()


def test_twenty_sessions_are_wanted_while_it_runs(with_mfa):
    """A cached session serves all of them, whatever becomes of its key."""
    with_mfa.store.good("refresh", "alice", "--mfa-code", with_mfa.account.code())
    session = json.loads(with_mfa.store.good("process", "alice"))["AccessKeyId"]

    def ask():
        answers = [with_mfa.store.run("process", "alice") for _ in range(5)]
        assert {(answer.code, json.loads(answer.out)["AccessKeyId"]) for answer in answers} == {(0, session)}

    with concurrent.futures.ThreadPoolExecutor(20) as threads:
        asking = [threads.submit(ask) for _ in range(20)]
        with_mfa.good()
        for one in asking:
            one.result()
    with_mfa.check_that_it_is_over()


# Two at once


@pytest.mark.parametrize("count", [2, 5])
def test_rotations_at_once(either, count):
    """One after the other, or one alone; never a third key."""
    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        results = [one.result() for one in [threads.submit(either.run) for _ in range(count)]]
    assert 0 in {result.code for result in results}, results
    for result in results:
        if result.code:
            result.explained()
    either.check_that_it_is_over(results)


@pytest.mark.parametrize("action", ["ListAccessKeys", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"])
def test_a_second_rotation_at_each_step(rotation, action):
    first, second = beside(rotation, at(action), rotation.run)
    assert first.code == 0, (first, second, rotation.story())
    if second.code:
        second.explained()
    rotation.check_that_it_is_over((first, second))


# Changes of the key


@pytest.mark.parametrize("action", ["ListAccessKeys", "CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey"])
def test_the_key_is_replaced_meanwhile(rotation, action):
    """What its owner stores stays stored, and AWS keeps no key that nobody has."""
    other = rotation.account.key(rotation.account.user("other", device=False))
    replacement = other.id, other.secret

    def replace():
        return rotation.store.add("alice", replacement, "--replace")

    result, replaced = beside(rotation, at(action), replace)
    seen = (result, replaced, rotation.story())
    stored = rotation.store.stored()["alice"]
    if replaced.code == 0:
        assert stored == replacement, seen
    else:
        replaced.explained("alice")
        assert stored[0] in rotation.at_aws(), seen
    assert is_accepted(rotation.iam.url, stored), seen
    # The owner of the replacement knows the first key. What rotate made is told of, or deleted.
    assert rotation.at_aws().keys() <= {stored[0], rotation.first.id} | named(rotation, result, replaced), seen


@pytest.mark.parametrize("action", ["ListAccessKeys", "CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey"])
def test_the_key_is_removed_meanwhile(rotation, action):
    result, removed = beside(rotation, at(action), lambda: rotation.store.run("remove", "alice", "--yes"))
    seen = (result, removed, rotation.story())
    stored = rotation.store.stored()
    if removed.code == 0:
        assert stored == {}, seen
    else:
        removed.explained("alice")
    assert rotation.at_aws().keys() <= {rotation.first.id} | known(rotation) | named(rotation, result, removed), seen


# What was cut off


@pytest.mark.parametrize("command", ["replace", "remove"])
@pytest.mark.parametrize("action", ["GetCallerIdentity", "UpdateAccessKey"])
def test_a_key_is_changed_whose_rotation_was_cut_off(rotation, command, action):
    """Two keys are at AWS then, and only the store knows both: warder says so, and which they are."""
    cut_off(rotation, action)
    two = set(rotation.at_aws())
    assert len(two) == 2
    if command == "replace":
        other = rotation.account.key(rotation.account.user("other", device=False))
        result = rotation.store.add("alice", (other.id, other.secret), "--replace")
    else:
        result = rotation.store.run("remove", "alice", "--yes")
    unknown = two - known(rotation)
    assert all(identifier in result.out + result.err for identifier in unknown), (result, two)


@pytest.mark.parametrize("action", ["CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey"])
def test_without_a_name_it_goes_on_with_what_was_cut_off(rotation, action):
    """Though the key that is current by then may be young."""
    cut_off(rotation, action)
    after = rotation.run(names=())
    assert after.code == 0, (after, rotation.story())
    rotation.check_that_it_is_over(after)


@pytest.mark.parametrize("to", ["libsecret", "file"])
@pytest.mark.parametrize("action", ["CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey"])
def test_the_store_is_moved_in_between(desktop, iam, to, action):
    """What is left to do moves along."""
    rotation = Rotation("file" if to == "libsecret" else "libsecret", desktop, iam)
    cut_off(rotation, action)
    current = rotation.current()
    moved = desktop.run("store", "move", "--to", to, passphrase=True)
    assert moved.code == 0, moved
    if rotation.home.vault.exists():
        rotation.home.identifiers.add(rotation.home.vault.read_bytes()[16:32].hex())
    told = desktop.run("process", "itself", passphrase=True)
    assert json.loads(told.out)["AccessKeyId"] == current[0]
    after = desktop.run("rotate", "alice", passphrase=True, timeout=150)
    assert after.code == 0, (after, rotation.story())
    told = json.loads(desktop.good("process", "itself", passphrase=True))
    assert rotation.at_aws() == {told["AccessKeyId"]: True}, rotation.story()


def test_a_passphrase_is_changed_in_between(rotation):
    cut_off(rotation, "GetCallerIdentity")
    new = "another horse battery staple"
    rotation.store.good("vault", "passphrase", env={"WARDER_NEW_PASSPHRASE": new})
    after = rotation.run(passphrase=new)
    assert after.code == 0, after
    (identifier,) = rotation.at_aws()
    assert json.loads(rotation.home.good("process", "itself", passphrase=new))["AccessKeyId"] == identifier


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("action", ["CreateAccessKey", "GetCallerIdentity", "DeleteAccessKey"])
def test_ended_by_a_signal(rotation, sent, action):
    """As by Ctrl-C."""
    started = threading.Event()

    def watch(request, acted):
        if at(action)(request, acted):
            started.wait()
            process.send_signal(sent)
            time.sleep(0.3)
        return False

    rotation.iam.watch = watch
    process = rotation.start()
    started.set()
    out, err = process.communicate(timeout=150)
    rotation.iam.watch = strict_iam.unwatched
    rotation.check_that_it_works((out, err))
    rotation.check_that_next_run_finishes((out, err))


# A disk that is full


@pytest.mark.needs("strace")
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("call", ["fsync", "rename"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_store_that_cannot_be_written(rotation, call, error, number):
    """From its n-th change on: what is at AWS by then is deleted there, or is known to the store."""
    inject = f"inject=?{call}:error={error}:when={number}+"
    result = rotation.run(prefix=["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject])
    rotation.check_that_it_works(result)
    if result.code:
        rotation.check_that_next_run_finishes(result)
    rotation.check_that_it_is_over(result)
