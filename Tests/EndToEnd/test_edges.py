"""Corners where things once went wrong, or easily could."""

import json
import resource
import subprocess

import pytest
from home import PASSPHRASE, WARDER, exit_code, random_key


def test_the_passphrase_s_descriptor_stays_with_warder(working, tmp_path):
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    with file.open("rb") as passphrase:
        number = passphrase.fileno()
        result = working.run(
            "exec", "prod", "--", "ls", f"/proc/self/fd/{number}", env={"WARDER_PASSPHRASE_FD": str(number)},
            pass_fds=[number],
        )
    assert result.code == 2 and PASSPHRASE not in result.out + result.err


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r"], ids=repr)
def test_a_passphrase_s_line_may_end_as_lines_do(home, tmp_path, end):
    file = tmp_path / "passphrase"
    file.write_bytes((PASSPHRASE + end).encode())
    with file.open("rb") as stream:
        number = stream.fileno()
        home.good("unlock", env={"WARDER_PASSPHRASE_FD": str(number)}, pass_fds=[number])


@pytest.mark.parametrize(
    "command", [["process", "prod"], ["env", "prod"], ["list"], ["status", "--json"], ["whoami", "prod"], ["--help"]]
)
def test_an_answer_that_cannot_be_written_is_a_failure(working, command):
    with open("/dev/full", "w") as full:
        run = subprocess.run([WARDER, *command], env=working.environment, stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-2].startswith("warder: the answer could not be written")


def test_a_reader_that_has_seen_enough_is_no_failure(working):
    command = f"{WARDER} list | true; echo ${{PIPESTATUS[0]}}"
    run = subprocess.run(["bash", "-c", command], env=working.environment, capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("0\n", "")


def test_a_recovery_code_that_reached_nobody_is_said_to_be_lost(home):
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [WARDER, "vault", "recovery"], env={**home.environment, "WARDER_PASSPHRASE": PASSPHRASE}, stdout=full,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )
    assert run.returncode == 1 and "is lost" in run.stderr


def test_many_at_a_locked_vault_derive_one_key(bare, sts):
    """At scrypt's standard cost each would take half a second and 128 MiB."""
    bare.endpoint(sts.url)
    bare.add_vault(cost=17)
    bare.add_profiles()
    before = spent()
    several = [
        bare.start("process", "alice", "--mfa-code", "123456", passphrase=True, stdout=-1, stderr=-1) for _ in range(60)
    ]
    answers = {process.communicate()[0] for process in several}
    assert len(answers) == 1 and json.loads(answers.pop())["Version"] == 1
    assert sts.actions() == ["GetSessionToken"]
    all_of_them = spent() - before
    bare.start_anew()
    before = spent()
    bare.unlock()
    one = spent() - before
    assert all_of_them < 10 * one, (all_of_them, one)


def spent():
    """The seconds of processor time that those took who were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("option, value", [("--mfa-serial", "arn:aws:iam::1:mfa/x\ncredential_process = evil")])
def test_what_would_bring_lines_into_the_config_is_refused(home, option, value):
    before = home.config_file.read_bytes() if home.config_file.exists() else None
    result = home.run(
        "add", "carol", "--stdin", "--no-verify", "--write-profile", option, value,
        input="{}\n{}\n".format(*random_key()), passphrase=True,
    )
    assert result.code in (2, 8) and result.out == ""
    assert (home.config_file.read_bytes() if home.config_file.exists() else None) == before
    assert "carol" not in home.stored()


def test_a_key_from_another_program_s_output(home, tmp_path):
    """`--csv <(pass show …)`: nothing touches the disk, and the program may take its time."""
    identifier, secret = random_key()
    text = f"Access key ID,Secret access key\\n{identifier},{secret}\\n"
    command = f"{WARDER} add carol --no-verify --csv <(sleep 0.5; printf '{text}')"
    env = {**home.environment, "WARDER_PASSPHRASE": PASSPHRASE}
    run = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert home.stored()["carol"] == (identifier, secret)


@pytest.mark.needs("strace")
@pytest.mark.parametrize("moment", range(1, 5))
def test_killed_while_the_copy_before_is_restored(home, tmp_path, moment):
    """The copy that is restored from may be `vault.bak` itself: it must be there whatever happens."""
    good = home.vault.read_bytes()
    copy = home.data / "vault.bak"
    copy.write_bytes(good)
    copy.chmod(0o600)
    damaged = bytearray(good)
    damaged[-40] ^= 1
    home.vault.write_bytes(damaged)
    prefix = ["strace", "-f", "-o", tmp_path / "log", "-e", f"inject=rename:signal=SIGKILL:when={moment}"]
    home.run("vault", "restore", copy, passphrase=True, prefix=prefix)
    assert copy.read_bytes() == good
    home.good("vault", "restore", copy, passphrase=True)
    assert home.stored() == {"alice": home.key}


def test_mfa_process_that_lingers_does_not_hold_the_answer(home, sts):
    held = home.root / "held"
    held.touch()
    lingering = f"mfa_process = echo 123456; while [ -e {held} ]; do sleep 0.1; done &"
    home.add_profile("slow", "mfa_serial = arn:aws:iam::111111111111:mfa/alice", lingering)
    home.config_file.write_text(home.config_file.read_text() + "warder_key = alice\n")
    # Held until after the answer: whoever waits for the pipe's end is told of a program that took too long.
    home.good("process", "slow", passphrase=True)
    held.unlink()
    assert sts.requests[-1].parameters["TokenCode"] == "123456"


def test_a_digit_too_few_may_be_mended(home, sts):
    terminal = home.terminal("refresh", "alice", passphrase=True)
    terminal.expect("MFA code for .*: ")
    terminal.sendline("12345")
    terminal.expect("six digits, please(?s:.*): ")
    terminal.sendline("123456")
    terminal.expect("good for 1[12]h")
    assert sts.requests[-1].parameters["TokenCode"] == "123456"


@pytest.mark.parametrize("head", ["[profile semi;colon]", "[profile a#b]", "[profile open"])
def test_a_section_s_head_that_a_comment_cuts_off(home, head):
    home.config(home.config_file.read_text() + f"\n{head}\nregion = eu-west-1\n")
    home.run("process", "prod").failed(8, "config:", "does not end with ]", "; or #", "comment")


@pytest.mark.needs("strace")
def test_without_proc_nothing_is_mistaken_for_a_call_for_help(working, tmp_path):
    """Swift finds the arguments through `/proc/self/maps`."""
    prefix = ["strace", "-o", tmp_path / "log", "-P", "/proc/self/maps", "-e", "inject=openat:error=ENOENT"]
    result = working.run("process", "prod", prefix=prefix)
    assert (result.code, result.out) == (1, "") and "/proc is not mounted" in result.err


def test_add_finds_the_mfa_device_and_writes_the_profile(bare, sts):
    """What a new user does: yes to all that is offered, and the first profile works."""
    bare.endpoint(sts.url)
    identifier, secret = random_key()
    terminal = bare.terminal("add", "alice", "--region", "eu-west-1")
    for question, answer in [
        ("access key id: ", identifier), ("secret access key: ", secret), ("look for its MFA device.*: ?", ""),
        ("choose a passphrase for .*: ", PASSPHRASE), ("once more: ", PASSPHRASE), ("add the profile alice.*", "y"),
    ]:
        terminal.expect(question)
        terminal.sendline(answer)
    assert exit_code(terminal) == 0
    assert sts.actions() == ["GetCallerIdentity", "ListMFADevices"]
    text = bare.config_file.read_text()
    assert "mfa_serial = arn:aws:iam::111111111111:mfa/alice\n" in text and "region = eu-west-1\n" in text
    assert f"credential_process = {WARDER} process alice\n" in text
    bare.good("refresh", "alice", "--mfa-code", "123456", passphrase=True)
    assert json.loads(bare.good("process", "alice"))["AccessKeyId"].startswith("ASIA")
