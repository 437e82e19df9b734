"""What is kept, for how long, and what is asked of STS again."""

import datetime
import json

import pytest
from aging import age
from recording_sts import server_error


def key_id(home, *arguments, **options):
    return json.loads(home.good("process", *arguments, **options))["AccessKeyId"]


def test_the_second_call_asks_nobody(working, sts):
    first = working.good("process", "prod")
    assert working.good("process", "prod") == first
    assert sts.requests == []


def test_a_cached_session_outlives_its_server(bare):
    from recording_sts import RecordingSTS

    server = RecordingSTS().start()
    bare.endpoint(server.url)
    bare.add_vault()
    bare.add_profiles()
    bare.unlock()
    first = bare.good("process", "prod", "--mfa-code", "123456", passphrase=True)
    server.stop()
    assert '"Version":1' in first
    assert bare.good("process", "prod") == first


@pytest.mark.parametrize("place", ["/dev/null", "/proc/1", "long"])
def test_where_no_cache_can_be_made_nothing_is_kept(unlocked, sts, place):
    """The folder is taken for one that somebody removes, and made for as long as anybody may wait."""
    cache = unlocked.root / "nowhere"
    cache = cache / ("x" * 300) if place == "long" else place
    result = unlocked.run(
        "process", "prod", "--mfa-code", "123456", env={"XDG_CACHE_HOME": str(cache)}, timeout=10, passphrase=True)
    assert (result.code, result.err) == (0, ""), result
    assert json.loads(result.out)["AccessKeyId"].startswith("ASIA")
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]


def test_a_session_of_an_hour_is_renewed_with_under_sixteen_minutes_left(unlocked, sts):
    sts.lifetimes = {"AssumeRole": 15 * 60 + 50}
    first = key_id(unlocked, "prod", "--mfa-code", "123456", passphrase=True)
    age(unlocked, 2700)
    assert key_id(unlocked, "prod") != first
    assert sts.actions() == ["GetSessionToken", "AssumeRole", "AssumeRole"]


def test_a_session_that_does_not_live_much_longer_is_served_too(unlocked, sts):
    sts.lifetimes = {"GetSessionToken": 900, "AssumeRole": 900}
    first = key_id(unlocked, "prod", "--mfa-code", "123456", passphrase=True)
    assert [key_id(unlocked, "prod") for _ in range(3)] == [first] * 3
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]
    explained = json.loads(unlocked.good("explain", "prod", "--json"))
    assert [step["next"] for step in explained["steps"]] == ["nothing"] * 3


def test_a_session_of_fifteen_minutes_is_renewed_with_under_a_fifth_left(unlocked, sts):
    sts.lifetimes = {"AssumeRole": 170}
    first = key_id(unlocked, "prod", "--mfa-code", "123456", passphrase=True)
    age(unlocked, 730)
    assert json.loads(unlocked.good("explain", "prod", "--json"))["steps"][-1]["next"] == "request"
    sts.lifetimes = {"AssumeRole": 900}
    second = key_id(unlocked, "prod")
    assert second != first and key_id(unlocked, "prod") == second
    assert sts.actions() == ["GetSessionToken", "AssumeRole", "AssumeRole"]


def test_the_old_one_is_served_while_it_is_valid_if_renewal_fails(unlocked, sts):
    sts.lifetimes = {"AssumeRole": 900}
    first = key_id(unlocked, "prod", "--mfa-code", "123456", passphrase=True)
    age(unlocked, 2700)
    sts.always("AssumeRole", server_error)
    result = unlocked.run("process", "prod")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["AccessKeyId"] == first
    assert sts.actions().count("AssumeRole") > 1


def test_sessions_are_encrypted_under_names_that_tell_nothing(working):
    files = working.sessions()
    assert len(files) == 2
    for file in files:
        content = file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600
        for told in (b"ASIATEMPORARY", b"prod", b"Admin", b"alice", b"temporary+secret"):
            assert told not in content
    assert working.cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "swapped"])
def test_a_damaged_session_is_made_anew(working, sts, damage):
    role, session = sorted(working.sessions(), key=lambda file: file.stat().st_mtime)
    content = bytearray(role.read_bytes())
    content[len(content) // 2] ^= 1
    role.write_bytes(
        {"cut": content[:-20], "flipped": content, "emptied": b"", "swapped": session.read_bytes()}[damage]
    )
    assert key_id(working, "prod") == "ASIATEMPORARY0000003"
    assert sts.actions() == ["AssumeRole"]


def test_without_its_cache_warder_asks_again(working, sts):
    for file in working.sessions():
        file.unlink()
    result = working.run("process", "prod")
    assert result.code in (3, 4), result
    assert key_id(working, "prod", "--mfa-code", "654321", passphrase=True)


def test_a_clock_that_is_wrong_is_corrected(unlocked, sts):
    sts.ahead = 3600
    assert key_id(unlocked, "prod", "--mfa-code", "123456", passphrase=True)
    assert sts.actions().count("AssumeRole") <= 2
    last = sts.requests[-1]
    assert abs(last.signed_at - (last.at + sts.ahead)) < 10


YEAR = 365 * 86400


def test_where_the_clock_is_wrong_sessions_go_by_that_of_aws(unlocked, sts):
    sts.ahead = -YEAR
    first = unlocked.run("process", "prod", "--mfa-code", "123456", passphrase=True)
    assert (first.code, first.err) == (0, "")
    end = datetime.datetime.fromisoformat(json.loads(first.out)["Expiration"])
    assert abs(end.timestamp() - sts.now() - 3600) < 60
    count = len(sts.requests)
    assert unlocked.good("process", "prod") == first.out and len(sts.requests) == count
    assert json.loads(unlocked.good("explain", "prod", "--json"))["steps"][-1]["next"] == "nothing"
    sessions = json.loads(unlocked.good("status", "--json"))["sessions"]
    assert len(sessions) == 2


def test_a_clock_that_is_wrong_is_said(unlocked, sts):
    sts.ahead, words = YEAR, "365d behind"
    said = unlocked.run("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    assert said.code == 0 and f"warder: this machine's clock is {words} AWS's" in said.err, said
    assert "prod: good for 59m" in said.err or "prod: good for 1h" in said.err, said
    # From the cache too, where somebody reads it.
    terminal = unlocked.terminal("process", "prod")
    terminal.expect_exact(f"clock is {words} AWS's")
    terminal.expect_exact('"Version":1')
    assert words in unlocked.run("env", "prod", "--format", "json").err
    assert f"clock: this machine's is {words} AWS's" in unlocked.good("explain", "prod")
    assert unlocked.run("process", "prod").err == ""
