"""list, remove, refresh, forget, unlock, lock, status, whoami."""

import json
import time

import pytest
from home import MFA, PASSPHRASE, ROLE, exit_code, random_key
from recording_sts import denied
from serving import wait_for


def test_list_while_locked_shows_profiles_alone(home):
    result = home.run("list")
    assert result.code == 0
    assert "prod" in result.out and ROLE in result.out
    assert home.key[0] not in result.out
    assert "locked" in result.err


def test_list_shows_keys_profiles_and_sessions(working):
    table = working.good("list")
    assert table.splitlines()[0].split() == ["NAME", "KEY", "AGE", "ROLE", "SESSION"]
    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines()[1:]}
    assert rows["alice"][0] == working.key[0]
    assert rows["prod"][0] == ROLE and rows["prod"][1] in ("1h", "59m")
    assert rows["audit"] == ["arn:aws:iam::333333333333:role/Audit"]


def test_list_as_json(working):
    told = json.loads(working.good("list", "--json"))
    entries = {entry["name"]: entry for entry in told["entries"]}
    assert told["locked"] is False
    assert entries["alice"]["access_key_id"] == working.key[0]
    assert entries["prod"]["role_arn"] == ROLE and entries["prod"]["session_expiration"].endswith("Z")
    assert entries["audit"]["session_expiration"] is None
    assert len(told["sessions"]) == 2


def test_list_of_nothing(bare):
    result = bare.run("list")
    assert (result.code, result.out) == (0, "")
    assert "warder add" in result.err


def test_remove(working):
    result = working.run("remove", "alice", "--yes", passphrase=True)
    assert (result.code, result.out) == (0, ""), result
    assert working.stored() == {}
    assert working.sessions() == []


def test_remove_asks_first(working):
    terminal = working.terminal("remove", "alice", passphrase=True)
    terminal.expect(r"alice.*\[y/N\] ")
    terminal.sendline("")
    assert exit_code(terminal) != 0
    assert working.stored() == {"alice": working.key}


def test_remove_keeps_other_keys_and_their_sessions(unlocked):
    other = random_key()
    unlocked.good("add", "bob", "--stdin", "--no-verify", input="{}\n{}\n".format(*other), passphrase=True)
    unlocked.add_profile("bob")
    unlocked.good("refresh", "bob", passphrase=True)
    unlocked.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    unlocked.good("remove", "alice", "--yes", passphrase=True)
    assert unlocked.stored() == {"bob": other}
    assert len(unlocked.sessions()) == 1
    assert unlocked.good("process", "bob")


def test_remove_of_no_key(unlocked):
    before = unlocked.vault.read_bytes()
    result = unlocked.run("remove", "nobody", "--yes", passphrase=True)
    result.failed(7, "there is no key named nobody", "hint: warder list shows the keys")
    unlocked.run("remove", "alcie", "--yes").failed(7, "hint: did you mean alice? warder list shows the keys")
    unlocked.good("lock")
    unlocked.run("remove", "nobody", "--yes", passphrase=True).failed(7, "hint: warder list shows the keys")
    assert unlocked.vault.read_bytes() == before


def test_remove_of_a_profile(unlocked):
    before = unlocked.config_file.read_bytes()
    line = before.decode().splitlines().index("[profile prod]") + 1
    removal = f"to take the profile away, delete [profile prod] from {unlocked.config_file} (line {line})"
    unlocked.run("remove", "prod", "--yes").failed(
        7, "prod is a profile, not a key", f"hint: its key is alice: warder remove alice; {removal}")
    (unlocked.root / ".aws/credentials").write_text("[old]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n")
    unlocked.run("remove", "old", "--yes").failed(
        7, "old is a profile, not a key", f"hint: to take the profile away, delete [old] from {unlocked.root}/.aws/cred")
    assert unlocked.config_file.read_bytes() == before and set(unlocked.stored()) == {"alice"}


def test_refresh_mints_anew_with_one_code_for_all(working, sts):
    before = json.loads(working.good("process", "prod"))
    working.good("refresh", "prod", "audit", "--mfa-code", "234567", passphrase=True)
    assert sts.actions() == ["GetSessionToken", "AssumeRole", "AssumeRole"]
    assert sts.requests[0].parameters["TokenCode"] == "234567"
    assert json.loads(working.good("process", "prod"))["AccessKeyId"] != before["AccessKeyId"]


def test_refresh_without_a_code_renews_the_role(working, sts):
    working.good("refresh", "prod")
    assert sts.actions() == ["AssumeRole"]


def test_forget_one(working, sts):
    working.good("process", "audit")
    working.good("forget", "audit")
    assert len(working.sessions()) == 1
    working.good("forget")
    assert working.sessions() == []


def test_forget_everything_needs_no_key(working):
    working.good("lock")
    result = working.run("forget")
    assert result.code == 0 and "dropped 2 sessions or sign-ins" in result.err, result
    assert working.sessions() == []


def test_forget_counts_as_status_does(working):
    count = len(json.loads(working.good("status", "--json"))["sessions"])
    result = working.run("forget")
    assert (result.code, result.err) == (0, f"warder: dropped {count} sessions\n")
    assert working.run("forget").err == "warder: dropped 0 sessions\n"


def unlocked_seconds(home):
    status = json.loads(home.good("status", "--json"))
    return status["unlocked_seconds"] if status["unlocked"] else None


def test_unlock_for_a_time(home, sts):
    home.good("unlock", "--for", "60s", passphrase=True)
    assert 0 <= unlocked_seconds(home) <= 60
    start = time.monotonic()
    home.good("unlock", "--for", "3s", passphrase=True)
    # One that this machine took longer to tell of may be locked again.
    left = unlocked_seconds(home)
    assert left is None and time.monotonic() - start > 2 or 0 <= left <= 3
    wait_for(lambda: unlocked_seconds(home) is None, "end of it", seconds=60)
    # The kernel counts whole seconds, the one that had begun too.
    assert time.monotonic() - start > 2
    home.run("process", "prod").failed(3)


def test_eight_hours_unless_told(home):
    start = time.monotonic()
    home.unlock()
    left = unlocked_seconds(home)
    assert 8 * 3600 - 2 - (time.monotonic() - start) < left <= 8 * 3600


def test_the_settings_tell(home):
    home.settings("[warder]\nunlock_time = 30m\n")
    home.unlock()
    assert 1700 < unlocked_seconds(home) <= 1800


@pytest.mark.parametrize("time", ["0", "x"])
def test_times_that_are_none(home, time):
    home.run("unlock", f"--for={time}", passphrase=True).failed(2)


def test_lock(working):
    before = working.good("process", "prod")
    working.good("lock")
    working.run("process", "prod").failed(3, "locked")
    working.unlock()
    assert working.good("process", "prod") == before


def test_lock_twice(working):
    assert "locked already" not in working.run("lock").err
    assert "locked already" in working.run("lock").err


def test_any_command_that_opens_the_vault_by_a_typed_passphrase_unlocks_it(home, sts):
    terminal = home.terminal("process", "prod", "--mfa-code", "123456")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    assert exit_code(terminal) == 0
    assert home.good("process", "prod")


def test_status_for_people(working):
    text = working.good("status")
    assert text.startswith("unlocked for 7h 59m\n")
    assert "prod" in text and ROLE in text and "█" in text
    assert working.key[0] in text
    assert working.key[1] not in text
    assert "keys: locked; a new session straight from a key asks for the passphrase, " \
        "one behind a cached session does not (warder unlock --keys opens them)\n" in text


def test_status_as_json(working):
    told = json.loads(working.good("status", "--json"))
    roles = {session["role"] for session in told["sessions"]}
    assert told["unlocked"] is True and roles == {None, ROLE}
    assert [session["mfa_serial"] for session in told["sessions"] if session["role"] is None] == [MFA]


def test_status_asks_nobody(working, sts):
    working.good("lock")
    assert "locked" in working.good("status")
    assert sts.requests == []


def test_status_of_nothing(bare):
    assert bare.run("status").code == 0
    assert json.loads(bare.good("status", "--json"))["unlocked"] is False


def test_whoami(working, sts):
    assert "arn:aws:iam::111111111111:user/alice" in working.good("whoami", "prod")
    assert sts.actions() == ["GetCallerIdentity"]
    assert sts.requests[0].access_key_id == "ASIATEMPORARY0000002"


def test_whoami_as_json(working):
    told = json.loads(working.good("whoami", "prod", "--json"))
    assert told == {"account": "111111111111", "arn": "arn:aws:iam::111111111111:user/alice", "user_id": "AIDA"}


def test_whoami_refused(working, sts):
    sts.always("GetCallerIdentity", denied)
    working.run("whoami", "prod").failed(5)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["vault", "--help"], ["vault"], ["help", "env"]],
    ids=" ".join,
)
def test_help_is_an_answer(bare, arguments):
    result = bare.run(*arguments)
    assert (result.code, result.err) == (0, "")
    assert "usage: warder" in result.out


@pytest.mark.parametrize(
    "arguments", [["bogus"], ["process"]],
    ids=" ".join,
)
def test_usage(home, arguments):
    home.run(*arguments).failed(2)
