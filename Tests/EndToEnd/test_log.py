"""The log: what a day leaves in it, how it is read, what it never holds, and where it began with each store."""

import base64
import json
import os
import re
import subprocess
import sys
import time

import pytest
from asking import is_waited_for, keys, open_home, until, waiting_home
from home import PASSPHRASE, ROLE, WARDER, exit_code
from leaks import forms
from logs import entries, events, fill, log, start, start_in_vault, verified
from recording_sts import denied

PROCESS = ["process", "prod"]


# What is in it


def test_a_morning(bare, sts):
    bare.endpoint(sts.url)
    bare.good("add", "alice", "--stdin", "--no-verify", "--store", "file", input="{}\n{}\n".format(*bare.key), passphrase=True)
    # The vault was made with it: no other file has where the log began.
    assert start_in_vault(bare) and not (bare.state / "log.start").exists()
    bare.add_profiles()
    bare.unlock()
    bare.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    bare.good(*PROCESS)
    bare.good("env", "--shell", "bash", "prod")
    bare.good("exec", "prod", "--", "true")
    bare.good("use", "--keys", "--shell", "bash", "prod")
    bare.good("use", "--shell", "bash", "prod")
    bare.good("whoami", "prod")
    bare.good("vault", "recovery", passphrase=True)
    bare.good("lock")
    assert bare.run(*PROCESS).code == 3
    bare.good("remove", "alice", "--yes", passphrase=True)
    found = entries(bare)
    assert [entry["event"] for entry in found] == [
        "added", "unlocked", "minted", "minted", "served", "served", "served", "served", "slot changed", "locked",
        "failed", "removed",
    ]
    assert [entry.get("by") for entry in found if entry["event"] == "served"] == ["process", "env", "exec", "use"]
    assert {entry["caller"]["pid"] for entry in found} == {os.getpid()}
    assert {entry["caller"]["folder"] for entry in found} == {os.getcwd()}
    session = found[3]
    assert session["role"] == ROLE and session["session"] == "warder-alice" and session["profile"] == "prod"
    served = found[4]
    assert served["key"] == session["key"] and served["from"] == "cached" and served["role"] == ROLE
    assert found[0]["key"] == bare.key[0][-4:] and found[0]["profile"] == "alice"
    assert found[8]["by"] == "recovery"
    assert "is locked" in found[10]["reason"]
    verified(bare)


def test_what_is_made_for_an_answer(unlocked):
    with unlocked.opened():
        unlocked.good("exec", "--mfa-code", "123456", "prod", "--", "true", passphrase=True)
    found = entries(unlocked)
    assert [entry["event"] for entry in found][-3:] == ["minted", "minted", "served"]
    assert found[-1]["from"] == "minted" and found[-1]["key"] == found[-2]["key"]


def test_what_aws_refuses(working, sts):
    sts.next("AssumeRole", denied)
    assert working.run("process", "audit").code == 5
    found = entries(working)[-1]
    assert (found["event"], found["profile"], found["by"]) == ("refused", "audit", "process")
    assert "AccessDenied" in found["reason"] or "not authorized" in found["reason"], found


def test_a_no_and_a_yes(working):
    with working.config_file.open("a") as file:
        file.write(f"\n[profile asked]\ncredential_process = {WARDER} process asked\nwarder_role_arn = {ROLE}\n"
                   "warder_source_profile = alice\nwarder_confirm = on\n")
    for answer in ("n", "y"):
        terminal = working.terminal("exec", "asked", "--", "true")
        terminal.expect("asked")
        terminal.sendline(answer)
        exit_code(terminal)
    found = [(entry["event"], entry.get("by")) for entry in entries(working) if entry.get("profile") == "asked"]
    assert found == [("refused", "exec"), ("confirmed", None), ("served", "exec")]


def test_a_server_s_answers(working):
    script = (
        "import os, urllib.request as r; q = r.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], "
        "headers={'Authorization': os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']}); "
        "[r.urlopen(q).read() for _ in range(3)]")
    child = working.start("exec", "--serve", "prod", "--", sys.executable, "-c", script)
    assert child.communicate()[1] == b"" and child.returncode == 0
    served = [entry for entry in entries(working) if entry["event"] == "served"]
    assert [entry["by"] for entry in served] == ["exec", *["exec --serve"] * 3]
    # The program that was served, not the server.
    assert {entry["caller"]["pid"] for entry in served[1:]} == {child.pid}


def test_shells_between_are_passed_over(working):
    subprocess.run(["sh", "-c", f"{WARDER} process prod; true"], env=working.variables(), check=True, capture_output=True)
    assert entries(working)[-1]["caller"]["pid"] == os.getpid()
    subprocess.run(["bash", "-i"], input=f"{WARDER} process prod\n".encode(), env=working.variables(), capture_output=True)
    assert entries(working)[-1]["caller"]["program"] == "bash"


def test_what_opens_the_vault(home):
    """Each way that is added, changed or removed, and the vault's key that is left unlocked, and taken away once."""
    new = {"WARDER_NEW_PASSPHRASE": PASSPHRASE}
    home.good("vault", "slots", "add", "keyfile", home.root / "keyfile", passphrase=True)
    home.good("vault", "slots", "remove", "keyfile", passphrase=True)
    home.good("vault", "recovery", passphrase=True)
    home.good("vault", "slots", "remove", "recovery", "--rekey", passphrase=True, env=new)
    home.good("vault", "passphrase", passphrase=True, env=new)
    home.good("lock")
    start = len(entries(home))
    home.unlock("--keys")
    for _ in range(2):
        home.good("lock")
    found = [(entry["event"], entry.get("by")) for entry in entries(home)]
    changes = [by for event, by in found[:start] if event == "slot changed"]
    assert changes == ["keyfile", "keyfile", "recovery", "recovery", "passphrase"]
    assert sorted(found[start:], key=str) == [("locked", None), ("unlocked", "keys"), ("unlocked", None)]


def test_a_seed(home):
    home.good("add", "alice", "--totp", "--stdin", input="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n", passphrase=True)
    home.good("add", "alice", "--no-totp", passphrase=True)
    found = [(entry["event"], entry["profile"], entry["by"]) for entry in entries(home) if "by" in entry]
    assert found == [("added", "alice", "totp"), ("removed", "alice", "totp")]


def test_an_answer_from_elsewhere(waiting_home):
    process = waiting_home.start("process", "prod")
    until(lambda: is_waited_for(waiting_home))
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1
    found = [(entry["event"], entry["profile"]) for entry in entries(waiting_home) if "profile" in entry]
    assert sorted(found) == [("answered", "prod"), ("minted", "prod"), ("minted", "prod"), ("served", "prod")]


# How it is read


def test_the_table(working, tmp_path):
    for _ in range(2):
        working.good(*PROCESS)
    head, *lines = working.good("log").splitlines()
    assert head.split() == ["TIME", "EVENT", "PROFILE", "ROLE", "KEY", "BY", "CALLER"]
    assert len(lines) == 1 + len(entries(working))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  served +prod +Admin +\w{4}  process, cached +\S+ \(\d+\) in \S+", lines[-1])
    # In the time of the place.
    utc = working.good("log", env={"TZ": "UTC0"}).splitlines()[-1][:19]
    later = working.good("log", env={"TZ": "IST-05:30"}).splitlines()[-1][:19]
    moment = [time.mktime(time.strptime(text, "%Y-%m-%d %H:%M:%S")) for text in (utc, later)]
    assert moment[1] - moment[0] == 5.5 * 3600


def test_only_some(working):
    working.good(*PROCESS)
    working.good("process", "alice")
    whole = [json.loads(line) for line in working.good("log", "--json").splitlines()]
    assert [line for line in whole if line["event"] != "opened"] == entries(working)
    alice = [json.loads(line) for line in working.good("log", "alice", "--json").splitlines()]
    assert alice and {line["profile"] for line in alice} == {"alice"}
    program = entries(working)[-1]["caller"]["program"]
    assert len(working.good("log", "--caller", program, "--json").splitlines()) == len(entries(working))
    none = working.run("log", "--caller", "terraform")
    assert (none.code, none.out) == (0, "") and "nothing of that" in none.err
    assert working.good("log", "--since", "1h", "--json") == working.good("log", "--json")
    time.sleep(2)
    assert working.good("log", "--since", "1s", "--json") == ""
    working.run("log", "--since", "2").failed(2, "2h")


def test_hostile_names(working):
    with working.config_file.open("a") as file:
        file.write("\n[profile a\x1b[31mb]\nregion = eu-west-1\n")
    folder = working.root / "\x1b[31m\u202ered"
    folder.mkdir()
    subprocess.run([WARDER, *PROCESS], env=working.variables(), capture_output=True, cwd=folder)
    subprocess.run(
        [sys.executable, "-c", "import os, subprocess; subprocess.run(os.sys.argv[1:])", WARDER, *PROCESS],
        env=working.variables(), capture_output=True, cwd=folder)
    assert (working.state / "log").read_bytes().translate(None, bytes(range(32, 127)) + b"\n") == b""
    assert entries(working)[-1]["caller"]["folder"] == str(folder)
    out = working.good("log")
    assert "\x1b" not in out and "\u202e" not in out and "red" in out


def test_follow(working):
    working.good(*PROCESS)
    child = working.start("log", "--follow", "--json")
    first = [json.loads(child.stdout.readline()) for _ in range(1 + len(entries(working)))]
    assert first[-1]["event"] == "served"
    working.good("process", "alice")
    assert json.loads(child.stdout.readline())["profile"] == "alice"
    # Over a seam.
    fill(working, (8 << 20) - 100)
    working.good(*PROCESS)
    assert (working.state / "log.1").exists()
    lines = [json.loads(child.stdout.readline()) for _ in range(log.Seal.decoded((working.state / "log.seal").read_bytes()).lines - len(first) - 1)]
    assert [line["event"] for line in lines[-2:]] == ["opened", "served"]
    # It ends with its reader.
    child.stdout.close()
    working.good(*PROCESS)
    assert child.wait(timeout=10) == 0


def test_off(working):
    before = (working.state / "log").read_bytes()
    working.settings("[warder]\nlog = off\n")
    working.good(*PROCESS)
    working.good("lock")
    assert (working.state / "log").read_bytes() == before
    working.settings("[warder]\nlog = on\n")
    assert working.run(*PROCESS).code == 3
    assert events(working)[-1] == "failed"
    working.settings("[warder]\nlog = maybe\n")
    working.run("unlock", passphrase=True).failed(8, "neither on nor off", "log = off")


# Where nothing may leak


def test_no_secret_is_in_it(bare, sts, tmp_path):
    bare.endpoint(sts.url)
    bare.good("add", "alice", "--stdin", "--no-verify", "--store", "file", input="{}\n{}\n".format(*bare.key), passphrase=True)
    bare.add_profiles()
    bare.unlock()
    bare.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    secrets = [bare.key[1], PASSPHRASE, start(bare).key]
    for command in (PROCESS, ["process", "alice"]):
        answer = json.loads(bare.good(*command))
        secrets += [answer["SecretAccessKey"], answer["SessionToken"]]
    bare.run("process", "prod", "--mfa-code", "999999")
    said = [bare.run("log", *more, passphrase=True) for more in ([], ["--json"], ["--verify"], ["--verify", "--json"])]
    said += [bare.run("log", "--begin-anew", passphrase=True), bare.run("log", "--verify", passphrase=True)]
    places = [path.read_bytes() for path in bare.state.rglob("*") if path.is_file()]
    places += [text.encode() for result in said for text in (result.out, result.err)]
    for secret in secrets:
        for form in forms(secret):
            assert len(form) > 8 and not any(form in place for place in places), (secret, form)
    # The search finds what is there.
    assert any(form in b"..." + base64.b64encode(b"ab" + bare.key[1].encode() + b"c") for form in forms(bare.key[1]))


# With the desktop's keyring


def test_the_secret_service_has_where_it_began(filled, sts):
    filled.endpoint(sts.url)
    assert not (filled.state / "log.start").exists()
    items = filled.keyring.items("LogSeal")
    assert len(items) == 1
    result = filled.run("log", "--verify")
    assert result.code == 0 and "as it was written" in result.err, result
    path = filled.state / "log"
    text = path.read_bytes()
    path.write_bytes(text.replace(b'"added"', b'"adder"'))
    line = text[: text.index(b'"added"')].count(b"\n") + 1
    filled.run("log", "--verify").failed(9, f"{path}:{line}: ")
    path.write_bytes(text)
    filled.keyring.lock()
    assert filled.run("log", "--verify", "--no-prompt").code in (3, 4)


def test_the_secret_service_forgets_the_log_before(filled):
    for path in filled.state.glob("log*"):
        path.unlink()
    filled.run("log", "--verify").failed(9, "seal is not there")
    filled.good("log", "--begin-anew")
    assert len(filled.keyring.items("LogSeal")) == 1
    result = filled.run("log", "--verify")
    assert result.code == 0 and "as it was written" in result.err, result


def test_it_moves_with_the_keys(filled):
    filled.good("store", "move", "--to", "file", passphrase=True)
    assert filled.keyring.items("LogSeal") == []
    verified(filled)
    filled.good("store", "move", "--to", "libsecret", passphrase=True)
    assert len(filled.keyring.items("LogSeal")) == 1
    assert filled.run("log", "--verify").code == 0


@pytest.mark.parametrize(
    "line", ["LOG = off", "\tlog = off", "  log=off", "log = off\r", "unlock_time = 2h\nlog =off ; so"])
def test_off_however_it_is_written(working, line):
    before = (working.state / "log").read_bytes()
    working.settings(f"[warder]\n{line}\n")
    result = working.run(*PROCESS)
    assert result.code == 0 and (working.state / "log").read_bytes() == before, result
