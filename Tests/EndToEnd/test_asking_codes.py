"""A code, asked for at the terminal, given on the command line, or made by a program or of a stored seed."""

import json
import time

import pytest
from asking import codes, open_home, until, waiting_home
from home import MFA, PASSPHRASE, WARDER, exit_code
from locks import waiting_for
from recording_sts import wrong_code

# The terminal


def test_a_wrong_code_is_asked_for_once_more(open_home, sts):
    sts.next("GetSessionToken", wrong_code)
    terminal = open_home.terminal("process", "prod")
    terminal.expect_exact(f"warder: MFA code for prod ({MFA})")
    terminal.sendline("111111")
    terminal.expect_exact("warder: wrong code")
    terminal.sendline("222222")
    terminal.expect_exact('"Version"')
    assert exit_code(terminal) == 0
    assert codes(sts) == ["111111", "222222"]


def test_a_second_wrong_code_is_the_end(open_home, sts):
    sts.always("GetSessionToken", wrong_code)
    terminal = open_home.terminal("process", "prod")
    for code in ("111111", "222222"):
        terminal.expect_exact(": ")
        terminal.expect_exact("alice)")
        terminal.sendline(code)
    terminal.expect_exact("the MFA code is wrong")
    assert exit_code(terminal) == 5
    assert codes(sts) == ["111111", "222222"]


def test_the_caller_is_named(open_home):
    terminal = open_home.terminal(command=["/bin/bash", "-c", f"{WARDER} process prod; true"])
    terminal.expect_exact(", wanted by ")
    # The shell only runs it: the program behind counts.
    terminal.expect("python")
    terminal.expect_exact(": ")
    terminal.sendline("123456")
    terminal.expect_exact('"Version"')


def test_settings_say_where(open_home):
    open_home.settings("[warder]\ncode_prompt = telepathy\n")
    open_home.run("process", "prod").failed(8, "telepathy", "config:2")
    open_home.settings("[warder]\nhandoff_time = soon\n")
    open_home.run("process", "prod").failed(8, "soon")
    open_home.settings("[warder]\ncode_prompt = dialog\n")
    open_home.run("process", "prod").failed(4, "no display")


def test_a_prompt_that_is_stopped_keeps_nobody_waiting(waiting_home, sts):
    terminal = waiting_home.terminal(command=["/bin/bash", "--norc", "-i"])
    terminal.sendline("PS1='PR> '; unset PROMPT_COMMAND")
    terminal.expect_exact("PR> ")
    terminal.sendline(f"{WARDER} refresh prod")
    terminal.expect_exact("alice): ")
    terminal.sendcontrol("z")
    terminal.expect_exact("Stopped")
    terminal.expect_exact("PR> ")
    waiting_home.good("refresh", "prod", "--mfa-code", "123456")
    terminal.sendline("fg")
    # What is wanted is there, or is asked for in the same place.
    if terminal.expect_exact(["good for", "alice): "]):
        terminal.sendline("654321")
        terminal.expect_exact("good for")
    terminal.expect_exact("PR> ")
    assert codes(sts)[0] == "123456"


# Used codes


def test_a_used_code_is_not_sent_again(open_home, sts):
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    open_home.good("forget")
    result = open_home.run("refresh", "alice", "--mfa-code", "123456")
    result.failed(4, "was used already", "the next one")
    assert codes(sts) == ["123456"]


def test_a_used_code_is_refused_at_the_terminal_until_the_next_one(open_home, sts):
    open_home.good("refresh", "alice", "--mfa-code", "123456")
    open_home.good("forget")
    terminal = open_home.terminal("process", "alice")
    terminal.timeout = 60
    terminal.expect_exact("alice)")
    terminal.sendline("123456")
    terminal.expect_exact("that code was used already; the next one in ")
    terminal.expect_exact("alice)")
    terminal.sendline("654321")
    terminal.expect_exact('"Version"')
    assert codes(sts) == ["123456", "654321"]


def test_what_is_used_is_not_to_be_read(open_home):
    open_home.good("refresh", "alice", "--mfa-code", "918273")
    assert list(open_home.cache.glob("*.codes"))
    assert open_home.has_secret("918273") == []


def test_without_prompts_no_program_is_waited_for_long(open_home, sts):
    open_home.add_profile("slow", f"mfa_serial = {MFA}", "warder_key = alice", "mfa_process = sleep 100")
    start = time.monotonic()
    open_home.run("process", "slow", "--no-prompt").failed(4, "mfa_process")
    assert time.monotonic() - start < 60


def test_used_codes_are_remembered_on_a_full_disk_too(open_home, sts, tmpfs):
    if open_home.kernel_key() is None:
        pytest.skip("the kernel has no keyring here")
    open_home.environment["XDG_CACHE_HOME"] = str(tmpfs)
    open_home.good("status")
    (tmpfs / "warder/sessions").mkdir(parents=True, mode=0o700)
    (tmpfs / "warder").chmod(0o700)
    (tmpfs / "warder/sessions/lock").touch(0o600)
    (tmpfs / "ballast").write_bytes(b"")
    with (tmpfs / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 512):
                pass
        except OSError:
            pass
    open_home.run("refresh", "alice", "--mfa-code", "555555")
    second = open_home.run("refresh", "alice", "--mfa-code", "555555")
    assert second.code == 4 and "was used already" in second.err, second
    assert codes(sts) == ["555555"]


@pytest.mark.parametrize("limit", range(5, 12))
def test_a_code_that_was_not_sent_for_want_of_descriptors_is_good_still(open_home, sts, limit):
    """libcurl holds what is left of them when the note is taken back."""
    code = f"4444{limit:02}"
    few = ["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh"]
    if open_home.run("refresh", "alice", "--mfa-code", code, prefix=few).code != 0:
        assert codes(sts) == []
        open_home.good("refresh", "alice", "--mfa-code", code)
    assert codes(sts) == [code]


# Many at one terminal

FORTY = f"for i in $(seq 40); do {WARDER} process prod >out.$i 2>err.$i & done; wait; echo all ended"


def outs(home):
    return [(home.root / f"out.{number}").read_text() for number in range(1, 41)]


def test_forty_at_a_terminal_are_one_passphrase_and_one_code(home, sts):
    terminal = home.terminal(command=["/bin/bash", "-c", FORTY])
    terminal.timeout = 90
    terminal.expect("passphrase .*: ")
    terminal.sendline(PASSPHRASE)
    terminal.expect_exact("MFA code for prod")
    terminal.sendline("123456")
    terminal.expect_exact("all ended")
    assert "passphrase" not in terminal.before and "MFA" not in terminal.before
    (answer,) = set(outs(home))
    assert json.loads(answer)["Version"] == 1
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]


def test_forty_at_a_terminal_share_one_refusal(home, sts):
    terminal = home.terminal(command=["/bin/bash", "-c", FORTY])
    terminal.timeout = 90
    terminal.expect("passphrase .*: ")
    until(lambda: waiting_for(home.vault.with_name("vault.lock")) == 39)
    terminal.sendeof()
    terminal.expect_exact("all ended")
    assert "passphrase" not in terminal.before
    assert set(outs(home)) == {""} and sts.actions() == []


# A stored seed

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def totp(moment):
    import base64
    import hashlib
    import hmac

    digest = hmac.new(base64.b32decode(SEED), (int(moment) // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def test_a_stored_seed_answers(open_home, sts):
    open_home.good("add", "alice", "--totp", "--stdin", input=SEED + "\n")
    before = time.time()
    assert json.loads(open_home.good("process", "prod"))["Version"] == 1
    assert codes(sts)[0] in {totp(before), totp(time.time())}
