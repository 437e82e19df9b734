"""What the benchmarks share: a home with a cached session, and the ways to measure a program in it."""

import collections
import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TOP / "Tests/EndToEnd"), str(TOP / "Tests/Servers")]
from home import WARDER, Home  # noqa: E402
from recording_sts import RecordingSTS  # noqa: E402

SIZES = (20, 10_000)
COMMAND = [str(WARDER), "process", "prod"]
FILLER = """\
[profile filler-{0:05}]
region = eu-central-1
credential_process = {1} process filler-{0:05}
warder_role_arn = arn:aws:iam::{0:012}:role/Developer
warder_source_profile = alice

"""


class Bench(Home):
    """A home with a live session of `prod` in the cache, unlocked, and configs of several sizes."""

    def __init__(self, root):
        super().__init__(root)
        self.sts = RecordingSTS().start()
        self.endpoint(self.sts.url)
        self.store_key()
        self.add_profiles()
        own = self.config_file.read_text()
        self.configs = {size: root / f"config-{size}" for size in SIZES}
        for size, path in self.configs.items():
            count = size - own.count("[profile ")
            path.write_text("".join(FILLER.format(number, WARDER) for number in range(count)) + own)
        self.unlock()
        self.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
        self.role_session = min(self.sessions(), key=lambda file: file.stat().st_mtime)
        self.folder = root / "folder"
        self.folder.mkdir()
        (self.folder / ".warder").write_text("prod\n")
        self.good("trust", self.folder)
        self.floor = build_floor(root)

    def store_key(self):
        self.add_vault()

    def with_config(self, size):
        return self.variables() | {"AWS_CONFIG_FILE": str(self.configs[size])}

    def with_nothing(self):
        """The environment of a user who has neither profiles nor keys."""
        folder = self.root / "nothing"
        folder.mkdir(exist_ok=True)
        xdg = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "CACHE", "STATE", "CONFIG")}
        return self.variables() | xdg | {"HOME": str(folder)}


@contextlib.contextmanager
def bench():
    with tempfile.TemporaryDirectory(prefix="warder-bench-") as root:
        home = Bench(pathlib.Path(root))
        try:
            yield home
        finally:
            home.clean()
            home.sts.stop()


def compiled(folder, source, *libraries):
    """The program that a C file of this folder makes."""
    program = folder / pathlib.Path(source).stem
    compiler = shutil.which("cc") or shutil.which("clang")
    path = pathlib.Path(__file__).with_name(source)
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", program, path, *libraries], check=True)
    return program


def build_floor(folder):
    """The command that runs the floor."""
    file = folder / "sealed"
    file.write_bytes(AESGCM(bytes(32)).encrypt(bytes(12), b"x" * 1023 + b"\n", None))
    return [str(compiled(folder, "floor.c", "-lcrypto")), str(file)]


def instructions(command, env, cwd=None):
    """How many instructions a program takes from start to exit, as callgrind counts them."""
    callgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    result = subprocess.run([*callgrind, *command], env=env, cwd=cwd, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", result.stderr)[1])


Usage = collections.namedtuple("Usage", "memory faults")


def usage(command, env, cwd=None, runs=5):
    """The peak memory of a program, in KiB, and its minor page faults: the median of a few runs.

    The kernel includes what a process had before `execve`, so a small program must start it."""
    timed = ["/usr/bin/time", "--quiet", "--format", "%M %R", *command]
    found = []
    for _ in range(runs):
        run = subprocess.run(
            timed, env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
        found.append([int(word) for word in run.stderr.split()[-2:]])
    return Usage(*(statistics.median(column) for column in zip(*found)))


class Times:
    """The median times of commands in milliseconds, measured side by side."""

    def __init__(self, rounds):
        self.rounds = rounds

    def __getitem__(self, name):
        return statistics.median(round[name] for round in self.rounds)

    def ratio(self, one, other):
        """The median of the rounds' ratios."""
        return statistics.median(round[one] / round[other] for round in self.rounds)


def side_by_side(commands, env, runs=10, rounds=15, prepare=None, cwd=None):
    """The times of the named commands. They take turns in many short rounds, because a shared machine is faster at one
    moment than at another: what disturbs one of them disturbs its neighbours too."""
    found = []
    for _ in range(rounds):
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            hyperfine = ["hyperfine", "-N", "--style", "none", "--warmup", "3", "--runs", str(runs)]
            hyperfine += ["--export-json", file.name] + (["--prepare", prepare] if prepare else [])
            hyperfine += [shlex.join(map(str, command)) for command in commands.values()]
            # It warns of outliers; medians over several rounds tolerate them.
            subprocess.run(hyperfine, env=env, cwd=cwd, check=True, capture_output=True)
            results = json.loads(pathlib.Path(file.name).read_text())["results"]
        found.append({name: result["median"] * 1000 for name, result in zip(commands, results)})
    return Times(found)


def times(commands, env, runs, prepare=None):
    """The median time of each command in milliseconds, and the ratio of the last to the first. Each runs five times as
    often as `runs`."""
    rounds = 15
    found = side_by_side(dict(enumerate(commands)), env, max(2, runs * 5 // rounds), rounds, prepare)
    return [found[number] for number in range(len(commands))], found.ratio(len(commands) - 1, 0)
