"""What the benchmarks share: a home with a cached session, and the ways to measure a program in it."""

import collections
import contextlib
import os
import pathlib
import re
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
        # Of today's cost: doctor finds fault with a lower one.
        self.add_vault(cost=17)

    def with_config(self, size):
        return self.variables() | {"AWS_CONFIG_FILE": str(self.configs[size])}

    def without_log(self):
        """What turns the log off, added to the environment."""
        folder = self.root / "quiet"
        (folder / "warder").mkdir(parents=True, exist_ok=True)
        (folder / "warder/config").write_text("[warder]\nlog = off\n")
        return {"XDG_CONFIG_HOME": str(folder)}

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
    """The times of commands that took turns: for each name the milliseconds of every round."""

    def __init__(self, columns):
        self.columns = columns

    def __getitem__(self, name):
        """The median."""
        return statistics.median(self.columns[name])

    def difference(self, one, other):
        """The median of the rounds' differences."""
        return statistics.median(mine - theirs for mine, theirs in zip(self.columns[one], self.columns[other]))

    def ratio(self, one, other):
        """The median of the rounds' ratios: what disturbs one command disturbs its neighbours too."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.columns[one], self.columns[other]))


def side_by_side(commands, env, rounds=200, prepare="", cwd=None):
    """The times of the named commands, each once in a round. A shell runs `prepare` before each.

    A shared machine is faster at one moment than at another, so that only what runs at the same time compares."""
    with tempfile.TemporaryDirectory(prefix="warder-turns-") as folder:
        words = []
        for command in commands.values():
            words += ["--", *map(str, command)]
        warm_up = 5
        turns = [compiled(pathlib.Path(folder), "turns.c"), str(rounds + warm_up), prepare, *words[1:]]
        run = subprocess.run(turns, env=env, cwd=cwd, stdout=subprocess.PIPE, text=True, check=True)
    lines = [[int(word) / 1000 for word in line.split()] for line in run.stdout.splitlines()[warm_up:]]
    return Times(dict(zip(commands, zip(*lines))))


def times(commands, env, rounds, prepare=""):
    """The median time of each command in milliseconds, and the ratio of the last to the first."""
    found = side_by_side(dict(enumerate(commands)), env, rounds, prepare)
    return [found[number] for number in range(len(commands))], found.ratio(len(commands) - 1, 0)
