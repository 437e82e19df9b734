"""Many at once: one answer for all, one request for all."""

import time

import recording_sts

MANY = 200


def all_of(home, count, *arguments, **options):
    """Starts so many, waits for them; (exit code, what it printed, messages) of each."""
    processes = [home.start(*arguments, **options) for _ in range(count)]
    results = []
    for process in processes:
        out, err = process.communicate(timeout=90)
        results.append((process.returncode, out, err))
    return results


def test_two_hundred_at_a_cached_session(working, sts):
    answer = working.good("process", "prod").encode()
    assert set(all_of(working, MANY, "process", "prod")) == {(0, answer, b"")}
    assert sts.requests == []


def test_two_hundred_at_a_session_that_must_be_made(unlocked, sts):
    results = all_of(unlocked, MANY, "process", "prod", "--mfa-code", "123456", passphrase=True)
    assert {(code, err) for code, _, err in results} == {(0, b"")}
    assert len({out for _, out, _ in results}) == 1
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]


def test_two_hundred_at_a_role_that_must_be_made(working, sts):
    results = all_of(working, MANY, "process", "audit")
    assert {(code, err) for code, _, err in results} == {(0, b"")}
    assert len({out for _, out, _ in results}) == 1
    assert sts.actions() == ["AssumeRole"]


def test_a_dozen_at_a_locked_cache(home, sts):
    results = all_of(home, 12, "process", "prod", "--mfa-code", "123456", passphrase=True)
    assert {(code, err) for code, _, err in results} == {(0, b"")}
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


def test_a_failure_is_shared(working, sts):
    def late_refusal(sts, request):
        time.sleep(3)
        return recording_sts.denied(sts, request)

    sts.always("AssumeRole", late_refusal)
    results = all_of(working, 40, "process", "audit")
    assert {code for code, _, _ in results} == {5}
    assert len({err for _, _, err in results}) == 1
    assert sts.actions() == ["AssumeRole"]


def test_a_failure_is_not_shared_for_ever(working, sts):
    sts.next("AssumeRole", recording_sts.denied)
    working.run("process", "audit").failed(5)
    time.sleep(6)
    assert working.run("process", "audit").code == 0


def test_if_the_leader_dies_another_takes_over(working, sts):
    sts.next("AssumeRole", recording_sts.hang)
    leader = working.start("process", "audit")
    assert sts.waiting.acquire(timeout=20)
    others = [working.start("process", "audit") for _ in range(20)]
    time.sleep(0.3)
    leader.kill()
    leader.communicate()
    outs = set()
    for process in others:
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        outs.add(out)
    assert len(outs) == 1
    assert sts.actions() == ["AssumeRole", "AssumeRole"]
