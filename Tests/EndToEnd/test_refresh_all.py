"""Before work: `warder refresh --all`, every session by one code."""

import collections
import pathlib
import signal

import pexpect
from asking import codes, open_home, until
from home import exit_code
from recording_sts import denied, late, wrong_code


def test_refresh_all_wants_one_code(open_home, sts):
    for number in range(12):
        open_home.add_profile(
            f"role{number}", f"warder_role_arn = arn:aws:iam::222222222222:role/Role{number}", "warder_source_profile = alice"
        )
    open_home.config_file.write_text(open_home.config_file.read_text() + "\n[profile other]\nregion = eu-west-1\n")
    result = open_home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code == 0, result
    lines = result.err.splitlines()
    assert {line.split()[0] for line in lines} == {"alice", "prod", "audit", *(f"role{n}" for n in range(12))}
    assert all("good for" in line for line in lines), result
    assert codes(sts) == ["123456"]
    assert collections.Counter(sts.actions()) == {"GetSessionToken": 1, "AssumeRole": 14}


def test_refresh_all_says_once_that_the_clock_is_wrong(open_home, sts):
    sts.ahead = -365 * 86400
    result = open_home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code == 0 and result.err.count("clock is 365d ahead of AWS's") == 1, result
    assert result.err.count("good for") == 3, result


def test_refresh_all_asks_once_at_the_terminal(open_home, sts):
    terminal = open_home.terminal("refresh", "--all")
    terminal.expect_exact("alice)")
    terminal.sendline("123456")
    terminal.expect_exact("audit")
    assert exit_code(terminal) == 0
    assert codes(sts) == ["123456"]


def test_refresh_all_goes_on_after_a_failure(open_home, sts):
    open_home.add_profile("broken", "warder_role_arn = nonsense", "warder_source_profile = alice")
    sts.always("AssumeRole", lambda sts, request: denied(sts, request) if "Audit" in request.parameters["RoleArn"] else sts.ordinary(request))
    result = open_home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code in (5, 8), result
    words = {line.split()[0]: line for line in result.err.splitlines()}
    assert "good for" in words["prod"] and "good for" in words["alice"]
    assert "refused" in words["audit"] and "role_arn" in words["broken"]


def test_refresh_all_leaves_out_what_begins_with_a_failure(open_home, sts):
    sts.always("GetSessionToken", wrong_code)
    result = open_home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code == 5 and result.err.count("left out") == 2, result
    assert sts.actions() == ["GetSessionToken"]


def test_refresh_takes_profiles_or_all(open_home):
    open_home.run("refresh").failed(2, "--all")
    open_home.run("refresh", "--all", "prod").failed(2, "--all")


def test_refresh_all_with_nothing_to_do(bare):
    bare.run("refresh", "--all").failed(7, "no profile asks warder", "adopt")


def test_ctrl_c_ends_all_of_refresh_all(open_home, sts):
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    sts.always("AssumeRole", late(20))
    terminal = open_home.terminal("refresh", "--all")
    until(lambda: "AssumeRole" in sts.actions())
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.signalstatus == signal.SIGINT
    mine = str(open_home.root).encode()

    def left():
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if b"refresh" in (path / "cmdline").read_bytes() and mine in (path / "environ").read_bytes():
                    found.append(path)
            except OSError:
                pass
        return found

    until(lambda: not left())
