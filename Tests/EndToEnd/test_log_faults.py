"""The log beside faults: many writers at once, killed ones, a disk and a lock that fail it. It never gets in the way."""

import fcntl
import json
import os
import re
import subprocess
import sys
import time

import pytest
from logs import entries, fill, log, start, verdict, verified
from moments import TRACED, moments

PROCESS = ["process", "prod"]


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


@pytest.mark.needs("strace")
def test_where_it_began_is_on_disk_first(home, tmp_path):
    """After a power cut, lines without it could not be verified."""
    trace = tmp_path / "trace"
    calls = ["strace", "-f", "-y", "-o", trace, "-e", "trace=fsync,rename,pwrite64"]
    assert home.run(*PROCESS, prefix=calls).code == 3
    done = re.findall(r"^\d+ +(?:fsync|pwrite64)\(\d+<(.*?)>|^\d+ +rename\(.*, \"(.*)\"", trace.read_text(), re.MULTILINE)
    start, folder = home.state / "log.start", home.state
    places = [file or new for file, new in done]
    first = places.index(f"{start}.new")
    assert places[first : first + 4] == [f"{start}.new", str(start), str(folder), f"{folder}/log.seal"]
