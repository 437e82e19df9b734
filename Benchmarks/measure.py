"""What the benchmarks share: a home with a cached session, and the ways to measure a program in it."""

import contextlib
import json
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
        self.floor = build_floor(root)

    def store_key(self):
        self.add_vault()

    def with_config(self, size):
        return self.variables() | {"AWS_CONFIG_FILE": str(self.configs[size])}


@contextlib.contextmanager
def bench():
    with tempfile.TemporaryDirectory(prefix="warder-bench-") as root:
        home = Bench(pathlib.Path(root))
        try:
            yield home
        finally:
            home.clean()
            home.sts.stop()


def build_floor(folder):
    """The command that runs the floor."""
    program, file = folder / "floor", folder / "sealed"
    compiler = shutil.which("cc") or shutil.which("clang")
    source = pathlib.Path(__file__).with_name("floor.c")
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", program, source, "-lcrypto"], check=True)
    file.write_bytes(AESGCM(bytes(32)).encrypt(bytes(12), b"x" * 1023 + b"\n", None))
    return [str(program), str(file)]


def instructions(command, env):
    """How many instructions a program takes from start to exit, as callgrind counts them."""
    callgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    result = subprocess.run([*callgrind, *command], env=env, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", result.stderr)[1])


def largest_memory(command, env):
    """The peak memory of a program, in KiB.

    The kernel includes what a process had before `execve`, so a small program must start it."""
    timed = ["/usr/bin/time", "--format", "%M", *command]
    run = subprocess.run(timed, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return int(run.stderr)


def times(commands, env, runs, prepare=None, rounds=5):
    """The median time of each command in milliseconds: measured side by side, in several rounds, because a shared
    machine is faster at one moment than at another."""
    medians = [[] for _ in commands]
    for _ in range(rounds):
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            hyperfine = ["hyperfine", "-N", "--style", "none", "--warmup", "10", "--runs", str(runs)]
            hyperfine += ["--export-json", file.name] + (["--prepare", prepare] if prepare else [])
            quoted = [" ".join(f"'{word}'" for word in command) for command in commands]
            # It warns of outliers; medians over several rounds tolerate them.
            subprocess.run([*hyperfine, *quoted], env=env, check=True, capture_output=True)
            results = json.loads(pathlib.Path(file.name).read_text())["results"]
        for median, result in zip(medians, results):
            median.append(result["median"] * 1000)
    ratios = [one / other for one, other in zip(medians[-1], medians[0])]
    return [statistics.median(median) for median in medians], statistics.median(ratios)
