"""The log: what a day leaves in it, what it says when it was changed, and that it never gets in the way."""

import base64
import fcntl
import json
import os
import re
import subprocess
import sys
import time

import pytest
from home import PASSPHRASE, ROLE, WARDER, exit_code, random_key
from logs import entries, events, fill, log, start, start_in_vault, verdict
from moments import TRACED, moments
from recording_sts import denied

PROCESS = ["process", "prod"]


def verified(home, **options):
    """What `--verify` says of a log that is as it was written."""
    result = home.run("log", "--verify", passphrase=True, **options)
    assert result.code == 0 and result.out == "", result
    found = verdict(home)
    assert found.kind == "good", found
    assert f"{found.lines} line" in result.err, (result, found)
    return found.lines


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


# Whether it was changed


def test_verify_opens_the_store(working):
    working.run("log", "--verify", "--no-prompt").failed(3)
    working.good("lock")
    working.run("log", "--verify", "--no-prompt").failed(3)
    terminal = working.terminal("log", "--verify")
    terminal.expect("passphrase for .*: ")
    terminal.sendline(PASSPHRASE)
    terminal.expect("the log is as it was written: [0-9]+ lines since")
    assert exit_code(terminal) == 0


@pytest.mark.parametrize("how", ["unlock", "change"])
def test_where_it_began_goes_to_the_store(home, how):
    """A vault from before the log: the next command that a person opens it for, or that changes it, stores that."""
    assert home.run(*PROCESS).code == 3
    assert (home.state / "log.start").stat().st_mode & 0o777 == 0o600 and start_in_vault(home) is None
    began = start(home)
    if how == "unlock":
        terminal = home.terminal("unlock")
        terminal.expect("passphrase for .*: ")
        terminal.sendline(PASSPHRASE)
        assert exit_code(terminal) == 0
    else:
        home.good("add", "bob", "--stdin", "--no-verify", input="{}\n{}\n".format(*random_key()), passphrase=True)
    assert not (home.state / "log.start").exists()
    stored = start_in_vault(home)
    assert (stored.identifier, stored.key) == (began.identifier, began.key) and stored.lines > 0
    assert home.has_secret(began.key.hex()) == []
    verified(home)


def damage(lines):
    """Name, the log's lines after it, the first bad line."""
    last = len(lines)
    yield "one byte", [*lines[:2], lines[2].replace(b'"minted"', b'"linted"'), *lines[3:]], 3
    yield "a line removed", [*lines[:2], *lines[3:]], 3
    yield "a line put between", [*lines[:2], lines[1].replace(b'"n":1', b'"n":2'), *lines[2:]], 3
    yield "the end cut off", lines[:-1], last
    yield "all cut off", [], 1
    yield "two lines swapped", [lines[0], lines[2], lines[1], *lines[3:]], 2
    yield "the first line removed", lines[1:], 1
    yield "a line added", [*lines, b'{"n":%d,"time":"x","mac":"%s"}\n' % (last, b"0" * 32)], last + 1


@pytest.mark.parametrize("goes_on", [False, True])
def test_damage_is_named(working, goes_on):
    for _ in range(4):
        working.good(*PROCESS)
    path, seal = working.state / "log", working.state / "log.seal"
    verified(working)
    text, kept = path.read_bytes(), seal.read_bytes()
    for what, lines, line in damage(text.splitlines(keepends=True)):
        path.write_bytes(b"".join(lines))
        if goes_on:
            # The answers after it hide nothing.
            for _ in range(2):
                assert working.run(*PROCESS).err == ""
        result = working.run("log", "--verify", passphrase=True)
        result.failed(9, f"{path}:{line}: ")
        assert (verdict(working).file, verdict(working).line) == ("log", line), what
        report = working.run("log", "--verify", "--json", passphrase=True)
        assert report.code == 9 and json.loads(report.out)["line"] == line
        path.write_bytes(text)
        seal.write_bytes(kept)
    verified(working)


def test_lines_that_cannot_be_read_are_counted(working):
    path = working.state / "log"
    whole = working.good("log", "--json")
    with path.open("ab") as file:
        file.write(b'{"n":1,"time":"now"}\n\x1b[2J\n\n')
    result = working.run("log", "--json")
    assert result.code == 0 and result.out == whole
    assert result.err == "warder: 3 lines of the log cannot be read: see warder log --verify\n"
    path.write_bytes(b"not a log\n")
    result = working.run("log")
    assert result.code == 0 and result.out == ""
    assert result.err == "warder: 1 line of the log cannot be read: see warder log --verify\n"


def test_older_files_put_back(working):
    fill(working, (8 << 20) - 100)
    working.good(*PROCESS)
    old = (working.state / "log.1").read_bytes()
    both = {name: (working.state / name).read_bytes() for name in ("log", "log.seal")}
    fill(working, (8 << 20) - 100)
    working.good(*PROCESS)
    verified(working)
    newer = (working.state / "log.1").read_bytes()
    (working.state / "log.1").write_bytes(old)
    working.run("log", "--verify", passphrase=True).failed(9, f"{working.state}/log.1:1: ", "another place")
    (working.state / "log.1").write_bytes(newer)
    verified(working)
    # All of it as it was: what the store saw since tells.
    (working.state / "log.2").unlink()
    for name, content in {**both, "log.1": old}.items():
        (working.state / name).write_bytes(content)
    working.run("log", "--verify", passphrase=True).failed(9, "the store has seen more lines")


def test_removed_and_begun_anew(working):
    working.good(*PROCESS)
    verified(working)
    for path in working.state.glob("log*"):
        path.unlink()
    working.run("log", "--verify", passphrase=True).failed(9, "seal is not there", "--begin-anew")
    working.good(*PROCESS)
    working.run("log", "--verify", passphrase=True).failed(9, "another log", "--begin-anew")
    working.good("log", "--begin-anew", passphrase=True)
    working.good(*PROCESS)
    assert verified(working) == 2


def test_nothing_yet(bare):
    bare.run("log", "--verify").failed(7, "no log yet")
    result = bare.run("log")
    assert (result.code, result.out) == (0, "")
    bare.run("log", "--verify", "--follow").failed(2)


# Many at once, and killed


def test_256_at_once(working):
    before = len(entries(working))
    children = [working.start(*PROCESS) for _ in range(256)]
    for child in children:
        assert child.communicate()[1] == b"" and child.returncode == 0
    found = entries(working)[before:]
    assert [entry["event"] for entry in found] == ["served"] * 256
    files, _ = log.read(working.state)
    numbers = [json.loads(line)["n"] for _, text in files for line in text.splitlines()]
    assert numbers == list(range(len(numbers)))
    verified(working)
    assert not (working.state / "log.late").exists()


def killed_everywhere(home, tmp_path, prepare, check):
    """Kills an answer before each of its calls that changes something."""
    trace = tmp_path / "trace"
    prefix = ["strace", "-f", "-o", trace, "-e", TRACED]
    prepare()
    assert home.run(*PROCESS, prefix=prefix).code == 0
    places = moments(trace)
    for call, number in places:
        prepare()
        killed = home.run(*PROCESS, prefix=[*prefix, "-e", f"inject={call}:signal=SIGKILL:when={number}"])
        assert killed.code in (-9, 137), (call, number, killed)
        check((call, number))
    return places


def put_back(home, files):
    for path in home.state.glob("log*"):
        path.unlink()
    for name, content in files.items():
        (home.state / name).write_bytes(content)
        (home.state / name).chmod(0o600)


def kept(home):
    return {path.name: path.read_bytes() for path in home.state.glob("log*") if path.is_file()}


@pytest.mark.long
@pytest.mark.needs("strace")
def test_killed_while_a_line_is_written(working, tmp_path):
    working.good(*PROCESS)
    files = kept(working)
    lines = files["log"].count(b"\n")
    counts = set()

    def check(moment):
        # Nothing that was there is lost, and the next goes on behind it.
        assert verdict(working).kind == "good", moment
        assert working.run(*PROCESS).err == ""
        found = verdict(working)
        assert found.kind == "good" and found.lines - lines in (1, 2), (moment, found)
        assert (working.state / "log").read_bytes().startswith(files["log"])
        counts.add(found.lines - lines)

    places = killed_everywhere(working, tmp_path, lambda: put_back(working, files), check)
    assert counts == {1, 2}, places
    verified(working)


@pytest.mark.long
@pytest.mark.needs("strace")
def test_killed_while_a_file_is_turned_over(working, tmp_path):
    for _ in range(6):
        working.good(*PROCESS)
        fill(working, (8 << 20) - 100)
    files = kept(working)
    assert set(log.names()) <= set(files)
    shortened = {name: len(files[name]) for name in log.names()}
    seal = log.Seal.decoded(files["log.seal"])

    def check(moment):
        assert working.run(*PROCESS).err == ""
        found = verdict(working)
        assert found.kind == "good", (moment, found)
        # The earliest went, and nothing else: what was `log.4` is `log.5` now.
        present = dict(log.read(working.state)[0])
        assert {name: len(text) for name, text in present.items() if name != "log"} == {
            f"log.{number}": shortened["log" if number == 1 else f"log.{number - 1}"] for number in range(1, 6)}, moment
        assert json.loads(present["log"].split(b"\n")[0])["file"] == seal.file + 1

    places = killed_everywhere(working, tmp_path, lambda: put_back(working, files), check)
    assert sum(call.startswith("rename") for call, _ in places) == 5, places
    verified(working)


@pytest.mark.long
@pytest.mark.needs("strace")
def test_killed_while_the_log_begins(working, tmp_path):
    def check(moment):
        assert working.run(*PROCESS).err == ""
        assert verdict(working).kind == "good", moment

    killed_everywhere(working, tmp_path, lambda: put_back(working, {}), check)


# In the way of nothing


@pytest.mark.needs("strace")
@pytest.mark.parametrize("fault", [
    "pwrite64:error=ENOSPC", "pwrite64:error=EIO", "pwrite64:error=ENOSPC:when=2", "ftruncate:error=EIO",
    "flock:error=ENOLCK",
])
def test_a_faulty_disk(working, fault):
    working.good(*PROCESS)
    before = (working.state / "log").read_bytes()
    result = working.run(*PROCESS, prefix=["strace", "-f", "-o", "/dev/null", "-e", f"inject={fault}"])
    assert result.code == 0 and result.err == "" and json.loads(result.out)["Version"] == 1
    assert (working.state / "log").read_bytes().startswith(before)
    working.good(*PROCESS)
    verified(working)


def test_a_short_disk(working, tmpfs):
    """A real one that is full in the middle of a line."""
    working.good(*PROCESS)
    folder, files = tmpfs, kept(working)
    state = folder / "warder"
    state.mkdir(mode=0o700)
    for name, content in files.items():
        (state / name).write_bytes(content)
        (state / name).chmod(0o600)
    home = {"XDG_STATE_HOME": str(folder)}
    block = folder / "block"
    for _ in range(40):
        result = working.run(*PROCESS, env=home)
        assert (result.code, result.err) == (0, ""), result
        if not block.exists():
            with block.open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    pass
    found = log.verify([("log", (state / "log").read_bytes())], (state / "log.seal").read_bytes(), start(working))
    assert found.kind == "good"
    block.unlink()
    working.good(*PROCESS, env=home)
    after = log.verify([("log", (state / "log").read_bytes())], (state / "log.seal").read_bytes(), start(working))
    assert after.kind == "good" and after.lines == found.lines + 1


@pytest.mark.parametrize("name", ["log", "log.seal"])
@pytest.mark.parametrize("what", ["link", "folder", "pipe", "open to others", "garbled"])
def test_something_else_in_its_place(working, name, what):
    working.good(*PROCESS)
    verified(working)
    target, path = working.root / "precious", working.state / name
    target.write_text("precious\n")
    if what in ("link", "folder", "pipe"):
        path.unlink()
    {
        "link": lambda: path.symlink_to(target), "folder": lambda: path.mkdir(), "pipe": lambda: os.mkfifo(path),
        "open to others": lambda: path.chmod(0o666), "garbled": lambda: path.write_bytes(os.urandom(96)),
    }[what]()
    for _ in range(2):
        result = working.run(*PROCESS, timeout=10)
        assert (result.code, result.err) == (0, ""), result
    assert target.read_text() == "precious\n"
    assert working.run("log", "--verify", passphrase=True).code in ((1, 8, 9) if what != "garbled" else (9,))


def test_a_read_only_folder(home):
    user = home.as_ordinary_user()
    home.state.mkdir(parents=True, mode=0o500)
    os.chown(home.state, user["user"], user.get("group", -1))
    home.state.chmod(0o500)
    result = home.run("unlock", passphrase=True, **user)
    assert result.code == 0 and list(home.state.iterdir()) == [], result
    home.good("lock", **user)


def test_the_holder_of_the_lock_is_stopped(working):
    working.good(*PROCESS)
    lines = len(entries(working))
    program = "import fcntl, os, signal, sys; f = open(sys.argv[1], 'r+b'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); os.kill(os.getpid(), signal.SIGSTOP)"
    holder = subprocess.Popen([sys.executable, "-c", program, working.state / "log.seal"], stdout=subprocess.PIPE)
    holder.stdout.readline()
    while "T (stopped)" not in (status := open(f"/proc/{holder.pid}/status").read()):
        assert status
    try:
        took = []
        for _ in range(5):
            began = time.monotonic()
            result = working.run(*PROCESS)
            took.append(time.monotonic() - began)
            assert (result.code, result.err) == (0, "")
        assert min(took) < 0.2, took
        assert len(entries(working)) == lines
        assert len(list((working.state / "log.late").iterdir())) == 5
    finally:
        holder.kill()
        holder.wait()
    working.good(*PROCESS)
    found = entries(working)[lines:]
    assert [entry.get("late") for entry in found] == [True] * 5 + [None]
    assert not (working.state / "log.late").exists()
    verified(working)


def test_the_holder_is_slow(working):
    """One that runs is waited for."""
    working.good(*PROCESS)
    with (working.state / "log.seal").open("r+b") as seal:
        fcntl.flock(seal, fcntl.LOCK_EX)
        child = working.start(*PROCESS)
        time.sleep(0.2)
    assert child.communicate()[1] == b"" and child.returncode == 0
    assert "late" not in entries(working)[-1]
    verified(working)


# Where nothing may leak


def forms(secret):
    raw = secret if isinstance(secret, bytes) else secret.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for shift in range(3):
        yield base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4].rstrip(b"=")
    yield raw.decode("latin-1").encode("utf-16-le")


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


def test_it_moves_with_the_keys(filled):
    filled.good("store", "move", "--to", "file", passphrase=True)
    assert filled.keyring.items("LogSeal") == []
    verified(filled)
    filled.good("store", "move", "--to", "libsecret", passphrase=True)
    assert len(filled.keyring.items("LogSeal")) == 1
    assert filled.run("log", "--verify").code == 0
