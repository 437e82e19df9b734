"""Many at once: one answer for all, one request for all."""

import shutil
import signal
import subprocess

import pytest
import recording_sts
from aging import age
from asking import until
from crowds import ROLES, Crowd, expect_one_answer, outcomes
from locks import held, waiting_for

MANY = 200


@pytest.fixture
def crowd(unlocked, sts):
    return Crowd(unlocked, sts)


def all_of(home, count, *arguments, **options):
    """Starts so many, waits for them; (exit code, what it printed, messages) of each."""
    return outcomes([home.start(*arguments, **options) for _ in range(count)], 90)


# One for all


@pytest.mark.parametrize("count, rounds", [(2, 4), (8, 4), (64, 2), (256, 1)])
def test_at_an_empty_cache(crowd, count, rounds):
    for _ in range(rounds):
        crowd.begin()
        expect_one_answer(outcomes(crowd.start(count)))
        crowd.expect_single_flight(count)


def test_over_sixteen_roles_behind_one_key(crowd):
    expect_one_answer(outcomes(crowd.start(128, ROLES)), ROLES)
    crowd.expect_single_flight(128, ROLES)


def test_at_a_locked_vault_the_passphrase_is_fetched_by_one(home, sts):
    """And by the one that signs with the key, which need not be the same."""
    crowd = Crowd(home, sts)
    fetched = home.root / "fetched"
    program = home.root / "fetch"
    program.write_text(f"#!/bin/sh\necho x >> {fetched}\necho 'correct horse battery staple'\n")
    program.chmod(0o700)
    processes = crowd.start(64, passphrase=False, env={"WARDER_PASSPHRASE_COMMAND": str(program)})
    expect_one_answer(outcomes(processes))
    crowd.expect_single_flight(64)
    assert 1 <= len(fetched.read_text().split()) <= 2


def test_two_hundred_at_a_cached_session(working, sts):
    answer = working.good("process", "prod")
    assert set(all_of(working, MANY, "process", "prod")) == {(0, answer, "")}
    assert sts.requests == []


def test_two_hundred_at_a_role_that_must_be_made(working, sts):
    results = all_of(working, MANY, "process", "audit")
    assert {(code, err) for code, _, err in results} == {(0, "")}
    assert len({out for _, out, _ in results}) == 1
    assert sts.actions() == ["AssumeRole"]


def test_a_dozen_at_a_locked_cache(home, sts):
    results = all_of(home, 12, "process", "prod", "--mfa-code", "123456", passphrase=True)
    assert {(code, err) for code, _, err in results} == {(0, "")}
    assert len({out for _, out, _ in results}) == 1
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]


def test_two_roles_behind_one_session_at_once(unlocked, sts):
    processes = [
        unlocked.start("process", profile, "--mfa-code", "123456", passphrase=True)
        for profile in ["prod", "audit"] * 20
    ]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert sorted(sts.actions()) == ["AssumeRole", "AssumeRole", "GetSessionToken"]


# Sessions that live for fifteen minutes


@pytest.fixture
def short(crowd):
    for action in ("GetSessionToken", "AssumeRole", "AssumeRoleWithWebIdentity"):
        crowd.sts.lifetimes[action] = 900
        crowd.sts.always(action, recording_sts.late(1))
    return crowd


def test_short_sessions_are_one_for_all(short):
    count = 40
    expect_one_answer(outcomes(short.start(count)))
    short.expect_single_flight(count)
    # And for those who come later, one after another.
    expect_one_answer([outcomes(short.start(1))[0] for _ in range(3)])
    short.expect_single_flight(count)


def test_a_short_role_takes_one_code_of_its_own_device(short, sts):
    short.home.add_profile(
        "own", "warder_role_arn = arn:aws:iam::222222222222:role/Own", "warder_source_profile = alice",
        "mfa_serial = arn:aws:iam::111111111111:mfa/second", "duration_seconds = 900",
        f"mfa_process = {short.codes.program}")
    results = all_of(short.home, 8, "process", "own", passphrase=True)
    expect_one_answer(results)
    # The session behind it takes one of the key's own device.
    assert sts.actions() == ["GetSessionToken", "AssumeRole"] and len(short.sent()) == len(short.codes.askers) == 2


def test_short_sessions_of_a_web_identity_are_one_for_all(short, sts):
    token = short.home.root / "token"
    token.write_text("a.b.c")
    short.home.add_profile(
        "web", "warder_role_arn = arn:aws:iam::222222222222:role/Web", f"warder_web_identity_token_file = {token}")
    expect_one_answer(all_of(short.home, 8, "process", "web", passphrase=True))
    expect_one_answer(all_of(short.home, 1, "process", "web", passphrase=True))
    assert sts.actions() == ["AssumeRoleWithWebIdentity"]


def test_those_who_want_all_of_a_short_session_share_it(short, sts):
    short.home.good("refresh", "alice", "--mfa-code", "777777", passphrase=True)
    sts.requests.clear()
    wanted = ["exec", "--min-ttl", "15m", "role0", "--", "printenv", "AWS_ACCESS_KEY_ID"]
    results = all_of(short.home, 6, *wanted, passphrase=True)
    assert {code for code, _, _ in results} == {0} and len({out for _, out, _ in results}) == 1
    assert sts.actions() == ["AssumeRole"]


# Failures


def all_behind_a_code(crowd, count):
    """Starts so many, and gives the code when all of them wait for the one that asks for it; how they ended."""
    crowd.codes.hold()
    processes = crowd.start(count)
    until(lambda: crowd.codes.askers and crowd.waiting() == count - 1)
    crowd.codes.let_go()
    return outcomes(processes)


def test_a_failure_is_shared(crowd):
    crowd.sts.always("AssumeRole", recording_sts.denied)
    results = all_behind_a_code(crowd, 40)
    assert {code for code, _, _ in results} == {5}
    assert len({err for _, _, err in results}) == 1
    assert crowd.sts.actions() == ["GetSessionToken", "AssumeRole"]


@pytest.mark.parametrize("behaviour, code, requests", [
    (recording_sts.denied, 5, 1), (recording_sts.server_error, 5, 3), (recording_sts.html, 6, 1),
    (recording_sts.hang, 6, 3),
])
def test_many_ask_a_failing_aws_no_more_than_one_would(crowd, sts, behaviour, code, requests):
    crowd.begin()
    expect_one_answer(outcomes(crowd.start(1)))
    crowd.drop_roles()
    sts.requests.clear()

    sts.always("AssumeRole", behaviour)
    # None is asked before all of them wait.
    with held(crowd.home.cache / "lock"):
        processes = crowd.start(64)
        until(lambda: crowd.waiting() == 64)
    results = outcomes(processes)
    assert {result[0] for result in results} == {code}
    assert {result[1] for result in results} == {""}
    assert 1 <= len(sts.requests) <= requests


def test_a_person_who_tries_again_is_answered(working, sts):
    sts.next("AssumeRole", recording_sts.denied)
    working.run("process", "audit").failed(5)
    assert working.run("env", "audit").code == 0
    assert sts.actions() == ["AssumeRole", "AssumeRole"]
    # And what failed before is past for all.
    working.good("forget", "audit")
    working.good("refresh", "alice", "--mfa-code", "234567", passphrase=True)
    assert working.run("process", "audit").code == 0


def test_a_wrong_code_of_one_is_not_the_failure_of_others(unlocked, sts):
    def slow_refusal(sts, request):
        sts.waiting.release()
        # Not for longer than warder waits for AWS: on a slow machine they are one behind the other, which is as good.
        sts.released.wait(3)
        return recording_sts.wrong_code(sts, request)

    sts.next("GetSessionToken", slow_refusal)
    wrong = unlocked.start("process", "prod", "--mfa-code", "111111", passphrase=True)
    assert sts.waiting.acquire(timeout=20)
    right = unlocked.start("process", "prod", "--mfa-code", "222222", passphrase=True)
    until(lambda: waiting_for(unlocked.cache / "lock") or wrong.poll() is not None)
    sts.released.set()
    (code, _, _), (other, _, _) = outcomes([wrong, right])
    assert (code, other) == (5, 0)


def test_a_code_program_that_is_dismissed_is_not_run_by_all_that_waited(unlocked, sts):
    crowd = Crowd(unlocked, sts)
    crowd.codes.program.write_text(crowd.codes.program.read_text().replace("printf", "exit 1 #"))
    results = all_behind_a_code(crowd, 40)
    assert {code for code, _, _ in results} == {4}
    assert len(crowd.codes.askers) == 1
    assert sts.actions() == []
    # The next one is asked: its user may have thought better of it.
    unlocked.run("process", "role0", passphrase=True).failed(4)
    assert len(crowd.codes.askers) == 2


def test_while_somebody_types_a_code_an_old_session_is_served(crowd):
    for action in ("GetSessionToken", "AssumeRole"):
        crowd.sts.lifetimes[action] = 300
    (old,) = outcomes(crowd.start(1))
    age(crowd.home, 3300)
    crowd.codes.hold()
    leader = crowd.start(1)[0]
    until(lambda: len(crowd.codes.askers) == 2)
    # No code comes before they have all been answered.
    assert outcomes(crowd.start(8)) == [old] * 8
    assert leader.poll() is None
    leader.kill()
    leader.communicate()
    crowd.codes.let_go()


# Leaders that die


def test_if_the_leader_dies_another_takes_over(working, sts):
    sts.always("AssumeRole", recording_sts.hang)
    leader = working.start("process", "audit")
    assert sts.waiting.acquire(timeout=20)
    others = [working.start("process", "audit") for _ in range(20)]
    until(lambda: waiting_for(working.cache / "lock") > 0)
    # It may have tried again by now, and does not any more.
    leader.send_signal(signal.SIGSTOP)
    asked = sts.actions()
    sts.always("AssumeRole", None)
    leader.kill()
    leader.communicate()
    sts.released.set()
    outs = set()
    for process in others:
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        outs.add(out)
    assert len(outs) == 1
    assert sts.actions() == [*asked, "AssumeRole"]


# The cache, changed meanwhile


def test_forgotten_while_many_renew(crowd):
    """Once it is forgotten, nobody is given what was made before."""
    crowd.sts.always("AssumeRole", recording_sts.late(1))
    processes = crowd.start(64)
    until(lambda: "AssumeRole" in crowd.sts.actions())
    crowd.home.good("forget", "role0")
    results = outcomes(processes)
    assert {(code, err) for code, _, err in results} == {(0, "")}
    crowd.home.good("process", "role0", passphrase=True)
    assert sorted(crowd.sts.actions()) == ["AssumeRole"] * 2 + ["GetSessionToken"] * 2


def test_all_forgotten_while_one_renews(working, sts):
    sts.always("AssumeRole", recording_sts.hang)
    leader = working.start("process", "audit")
    assert sts.waiting.acquire(timeout=20)
    forget = working.start("forget")
    until(lambda: waiting_for(working.cache / "lock") == 1)
    sts.released.set()
    assert [code for code, _, _ in outcomes([leader, forget])] == [0, 0]
    # What the leader was given had been asked for before.
    assert working.sessions() == []


def test_the_cache_is_removed_while_many_wait(crowd):
    crowd.codes.hold()
    processes = crowd.start(40)
    until(lambda: crowd.codes.askers and crowd.waiting() == 39)
    shutil.rmtree(crowd.home.cache)
    crowd.codes.let_go()
    expect_one_answer(outcomes(processes))
    crowd.expect_single_flight(40)
    assert len(crowd.home.sessions()) == 2


def test_many_where_the_disk_is_full(unlocked, sts, tmpfs):
    """They hand it to one another by the kernel's keyring."""
    if unlocked.kernel_key() is None:
        pytest.skip("this kernel refuses keys to this process")
    crowd = Crowd(unlocked, sts)
    unlocked.environment["XDG_CACHE_HOME"] = str(tmpfs)
    (tmpfs / "warder/sessions").mkdir(parents=True, mode=0o700)
    (tmpfs / "warder/sessions/lock").touch(0o600)
    with open(tmpfs / "ballast", "wb", buffering=0) as ballast, pytest.raises(OSError):
        while True:
            ballast.write(b"x" * 4096)
    results = outcomes(crowd.start(40))
    expect_one_answer([(code, out, "") for code, out, _ in results])
    # That they are not kept is no word for an SDK that reads both streams as one.
    assert {err for _, _, err in results} == {""}
    crowd.expect_single_flight(40)
    crowd.home.good("forget", "role0")
    sts.requests.clear()
    crowd.home.good("process", "role0", passphrase=True)
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]
    crowd.home.good("forget", "role0")


@pytest.mark.needs("strace")
def test_a_file_system_without_locks_is_named(working):
    inject = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=fcntl", "-e", "inject=fcntl:error=ENOLCK"]
    result = working.run("process", "audit", prefix=inject)
    result.failed(1, "has no file locks", "XDG_CACHE_HOME")


def test_a_note_of_another_boot_means_nothing(working, sts):
    """Its moment counts from a start of the machine that is past."""
    sts.next("AssumeRole", recording_sts.denied)
    working.run("process", "audit").failed(5)
    boot = working.root / "boot_id"
    boot.write_text("00000000-0000-0000-0000-000000000000\n")
    mount = f"mount --bind {boot} /proc/sys/kernel/random/boot_id && exec \"$@\""
    prefix = ["unshare", "--mount", "sh", "-c", mount, "sh"]
    if subprocess.run([*map(str, prefix), "true"], capture_output=True).returncode != 0:
        pytest.skip("mounting is not allowed here")
    assert working.run("process", "audit", prefix=prefix).code == 0
    assert sts.actions() == ["AssumeRole", "AssumeRole"]
