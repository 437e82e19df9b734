"""Keys that are due, rotations that are unfinished, sessions that end, and codes that cannot be asked for, as `warder doctor`
finds them."""

import json
import time

import pexpect
import pytest
from aging import age
from asking import until
from doctor import Case, cases, codes, examined, goes_through
from home import MFA, exit_code

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def notes(report):
    """The codes of its notes, but that the tests' AWS is an endpoint of its own."""
    return [note["code"] for note in report["notes"] if note["code"] != "endpoint"]


# Rotation


def young(rotation):
    """A home that rotates late, whose store opens for the next rotation too."""
    rotation.store.put_back(rotation.store.stored(), created=1_700_000_000)
    rotation.home.settings("[warder]\nrotate_after = 3650d\n")
    rotation.home.lend_data_key()
    rotation.home.unlock()
    return rotation


def of_home(breaking):
    """Breaks what the rotation stands on."""
    return lambda home: breaking(home.rotation)


def due(rotation):
    rotation.home.settings("[warder]\nrotate_after = 90d\n")


def killed(rotation):
    result = rotation.run_killed(lambda request, acted: acted and request.action == "UpdateAccessKey")
    assert result.code == -9
    rotation.home.unlock()


def graced(rotation):
    # Not so short that the run itself would end it.
    rotation.good("--grace", "5s")
    time.sleep(6)
    rotation.home.unlock()


@cases(
    Case("a key that is due", due, "key_due"), Case("an interrupted rotation", killed, "rotation_unfinished"),
    Case("a grace period that is over", graced, "rotation_unfinished"),
)
def test_a_key_that_wants_rotating(rotation, case):
    home = young(rotation).home
    home.rotation = rotation
    case.breaking = of_home(case.breaking)
    goes_through(home, case)
    rotation.check_that_it_is_over()


def test_during_a_grace_period_there_is_only_a_note(rotation):
    young(rotation).good("--grace", "7d")
    rotation.home.unlock()
    report = examined(rotation.home)
    assert codes(report) == [] and notes(report) == ["rotation_grace"]


def test_a_rotation_of_a_key_of_the_secret_service(desktop_rotation):
    assert "rotation_unfinished" not in codes(examined(desktop_rotation.home))
    desktop_rotation.run_killed(lambda request, acted: acted and request.action == "UpdateAccessKey")
    assert "rotation_unfinished" in codes(examined(desktop_rotation.home))


def test_of_one_profile_the_key_that_it_begins_with(rotation):
    home = young(rotation).home
    due(rotation)
    home.add_profile("prod", "warder_role_arn = arn:aws:iam::222222222222:role/Admin", "warder_source_profile = alice")
    home.add_profile("bob", "warder_key = bob")
    assert codes(examined(home, "prod")) == ["key_due"]
    assert "key_due" not in codes(examined(home, "bob"))


def test_while_locked_nothing_is_known(rotation):
    home = young(rotation).home
    due(rotation)
    home.good("lock")
    assert "key_due" not in codes(examined(home))


# Codes


@pytest.fixture
def lasting(working):
    """A home with live sessions, whose store opens for a new one."""
    working.lend_data_key()
    return working


def without_sessions(home):
    for path in home.sessions():
        path.unlink()


def ending(home):
    """The session of the key is nearly over, and the role's is gone."""
    without_sessions(home)
    home.sts.lifetimes["GetSessionToken"] = 600
    home.good("refresh", "alice", "--mfa-code", "111111")
    home.sts.lifetimes.clear()
    age(home, 11 * 3600)


def refreshed(home):
    """Runs the printed command at a terminal, and types the code."""
    (finding,) = examined(home, terminal=False)["findings"]
    path = {"PATH": f"{home.command()[0].rsplit('/', 1)[0]}:{home.environment['PATH']}"}
    terminal = home.terminal(command=["bash", "-c", finding["command"]], env=path)
    terminal.expect("MFA code for alice")
    terminal.sendline("654321")
    assert exit_code(terminal) == 0


@cases(
    Case("no session, and nowhere to ask", without_sessions, "code_out_of_reach", ".aws/config:3", mends=refreshed, terminal=False),
    Case("a session that ends soon", ending, "session_ending", ".aws/config:3", mends=refreshed, terminal=False),
)
def test_a_code_that_cannot_be_had(lasting, sts, case):
    lasting.sts = sts
    goes_through(lasting, case)


def at_a_terminal(home, *arguments):
    """The codes of what doctor finds at a terminal, and of its notes."""
    terminal = home.terminal("doctor", "--json", *arguments)
    terminal.expect(pexpect.EOF)
    report = json.loads(terminal.before)
    return codes(report), notes(report)


def test_at_a_terminal_a_code_can_be_had(lasting, sts):
    without_sessions(lasting)
    assert at_a_terminal(lasting) == ([], [])
    assert at_a_terminal(lasting, "prod") == ([], [])


def test_at_a_terminal_an_end_is_a_note(lasting, sts):
    lasting.sts = sts
    ending(lasting)
    assert at_a_terminal(lasting) == ([], ["session_ending"])


@pytest.mark.parametrize("variable", ["WARDER_NO_PROMPT"])
def test_at_a_terminal_where_prompts_are_forbidden(lasting, variable):
    without_sessions(lasting)
    lasting.environment[variable] = "1"
    assert at_a_terminal(lasting)[0] == ["code_out_of_reach"]


def test_a_stored_seed_needs_no_one(lasting):
    lasting.good("add", "alice", "--totp", "--stdin", "--mfa-serial", MFA, input=SEED + "\n")
    without_sessions(lasting)
    assert codes(examined(lasting, terminal=False)) == []


def test_a_command_that_prints_codes_needs_no_one(lasting):
    config = lasting.config_file.read_text()
    lasting.config(config.replace(f"mfa_serial = {MFA}", f"mfa_serial = {MFA}\nmfa_process = echo 123456"))
    without_sessions(lasting)
    assert codes(examined(lasting, terminal=False)) == []


def test_a_watcher_is_there_to_be_asked(lasting):
    without_sessions(lasting)
    lasting.settings("[warder]\nhandoff_time = 50s\n")
    assert codes(examined(lasting, terminal=False)) == ["code_out_of_reach"]
    watch = lasting.terminal("mfa", "--watch")
    until(lambda: codes(examined(lasting, terminal=False)) == [])
    watch.sendintr()
    watch.expect(pexpect.EOF)
    assert codes(examined(lasting, terminal=False)) == ["code_out_of_reach"]


def test_a_window_is_a_place(lasting):
    """Whether it can be opened is not tried: nothing is started."""
    without_sessions(lasting)
    programs = lasting.root / "bin"
    programs.mkdir()
    zenity = programs / "zenity"
    zenity.write_text("#!/bin/sh\ntouch \"$HOME/started\"\n")
    zenity.chmod(0o755)
    found = examined(lasting, terminal=False, env={"DISPLAY": ":99", "PATH": f"{programs}:/usr/bin:/bin"})
    assert codes(found) == [] and not (lasting.root / "started").exists()


def test_each_device_is_named_once(lasting):
    without_sessions(lasting)
    (finding,) = examined(lasting, terminal=False)["findings"]
    assert finding["command"] == "warder refresh alice"
    (finding,) = examined(lasting, "audit", terminal=False)["findings"]
    assert finding["command"] == "warder refresh audit"


def test_a_cached_role_needs_no_code_yet(lasting):
    """Its own session lasts, though the key's has ended."""
    for path in lasting.sessions():
        kept = path.read_bytes()
        path.unlink()
        if codes(examined(lasting, "audit", terminal=False)) == ["code_out_of_reach"]:
            break
        path.write_bytes(kept)
        path.chmod(0o600)
    assert len(lasting.sessions()) == 1 and codes(examined(lasting, "prod", terminal=False)) == []
