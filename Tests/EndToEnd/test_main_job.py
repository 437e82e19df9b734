"""The main job: a key, a profile with MFA and a role, one code, and credentials for whoever asks."""

import calendar
import contextlib
import json
import re
import time

from home import MFA, PASSPHRASE, ROLE, WARDER, exit_code

MEMBERS = {
    "Version": int,
    "AccessKeyId": str,
    "SecretAccessKey": str,
    "SessionToken": str,
    "Expiration": str,
    "AccountId": str,
}


def test_from_nothing_to_credentials(bare, sts):
    bare.endpoint(sts.url)
    identifier, secret = bare.key
    options = ["--mfa-serial", MFA, "--region", "eu-west-1", "--write-profile"]
    bare.good("add", "alice", "--stdin", *options, input=f"{identifier}\n{secret}\n", passphrase=True)
    bare.add_profile("prod", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")

    bare.unlock()
    bare.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    answer = json.loads(bare.good("process", "prod"))

    assert bare.stored() == {"alice": bare.key}
    assert sts.actions() == ["GetCallerIdentity", "GetSessionToken", "AssumeRole"]
    session, role = sts.requests[1:]
    assert session.access_key_id == identifier
    assert (session.parameters["SerialNumber"], session.parameters["TokenCode"]) == (MFA, "123456")
    assert session.parameters["DurationSeconds"] == "43200"
    assert role.access_key_id == "ASIATEMPORARY0000001" and role.token
    assert role.parameters["RoleArn"] == ROLE
    assert "TokenCode" not in role.parameters
    assert answer["AccessKeyId"] == "ASIATEMPORARY0000002"


def test_the_same_as_an_ordinary_user(home, sts):
    """Where the tests are root, as in a container, this one is not."""
    ordinary = home.as_ordinary_user()
    home.good("unlock", passphrase=True, **ordinary)
    home.good("refresh", "prod", "--mfa-code", "123456", passphrase=True, **ordinary)
    assert json.loads(home.good("process", "prod", **ordinary))["AccessKeyId"] == "ASIATEMPORARY0000002"
    assert home.vault.stat().st_uid == ordinary["user"]
    home.good("lock", **ordinary)
    home.run("process", "prod", **ordinary).failed(3)


def test_what_process_prints(working):
    result = working.run("process", "prod")
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("}\n") and result.out.count("\n") == 1
    assert len(result.out.encode()) <= 8192
    answer = json.loads(result.out)
    assert {name: type(value) for name, value in answer.items()} == MEMBERS
    assert answer["Version"] == 1
    assert answer["AccountId"] == "222222222222"
    assert answer["SecretAccessKey"] == "00000002/temporary+secret+of+40+chars/xx"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer["Expiration"])
    end = calendar.timegm(time.strptime(answer["Expiration"], "%Y-%m-%dT%H:%M:%SZ"))
    assert 3500 < end - time.time() <= 3600


def test_tokens_and_times_as_other_services_write_them(unlocked, sts):
    sts.ragged = True
    unlocked.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    answer = json.loads(unlocked.good("process", "prod"))
    assert re.fullmatch(r"[A-Za-z0-9+/=]{300}", answer["SessionToken"])
    assert re.fullmatch(r"[-0-9]{10}T[:0-9]{8}Z", answer["Expiration"])
    assert re.fullmatch(r"[A-Za-z0-9+/=]{300}", sts.only("AssumeRole").token)


def test_an_answer_too_long_for_sdks_is_an_error_and_no_half_answer(unlocked, sts):
    sts.token_size = 9000
    result = unlocked.run("process", "prod", "--mfa-code", "123456", passphrase=True)
    result.failed(1, "8192")


def test_standard_input_is_never_read(working):
    """JavaScript's and Java's SDKs give the helper a pipe that nobody ever closes."""
    process = working.start("process", "prod", stdin=-1)
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(b"not for warder")
        process.stdin.flush()
    assert process.wait(60) == 0
    assert b'"Version":1' in process.stdout.read()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.stdout.close()
    process.stderr.close()


def test_a_profile_that_is_a_key_alone(unlocked, sts):
    answer = json.loads(unlocked.good("process", "alice", "--mfa-code", "123456", passphrase=True))
    assert sts.actions() == ["GetSessionToken"]
    assert answer["AccessKeyId"] == "ASIATEMPORARY0000001"


def test_a_terminal_is_asked_for_passphrase_and_code(home, sts):
    terminal = home.terminal("process", "prod")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    terminal.expect(r"arn:aws:iam::111111111111:mfa/alice.*: ")
    terminal.sendline("123 456")
    terminal.expect_exact('"Version":1')
    answer = terminal.before + terminal.after
    assert exit_code(terminal) == 0
    assert PASSPHRASE not in answer
    assert sts.only("GetSessionToken").parameters["TokenCode"] == "123456"


def test_a_wrong_code_typed_is_asked_for_once_more(unlocked, sts):
    from recording_sts import wrong_code

    sts.next("GetSessionToken", wrong_code)
    terminal = unlocked.terminal("process", "prod", passphrase=True)
    terminal.expect("mfa/alice.*: ")
    terminal.sendline("111111")
    terminal.expect("mfa/alice.*: ")
    terminal.sendline("222222")
    terminal.expect_exact('"Version":1')
    assert exit_code(terminal) == 0
    codes = [request.parameters["TokenCode"] for request in sts.requests if request.action == "GetSessionToken"]
    assert codes == ["111111", "222222"]


def test_mfa_process_gives_the_code(unlocked, sts):
    unlocked.add_profile(
        "robot", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "mfa_process = echo 654321"
    )
    unlocked.good("process", "robot", passphrase=True)
    assert sts.only("GetSessionToken").parameters["TokenCode"] == "654321"


def test_a_profile_that_names_warder_is_never_run_by_warder(unlocked, sts):
    """Each `credential_process` here is warder's own; if it ran them, it would never end."""
    unlocked.good("process", "prod", "--mfa-code", "123456", passphrase=True)
    assert str(WARDER) in unlocked.config_file.read_text()
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]
