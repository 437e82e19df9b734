"""Starts a program many times at once."""

import collections
import os
import shutil
import subprocess

from measure import compiled

Run = collections.namedtuple("Run", "number status memory processor elapsed switches")


class Starter:
    """Starts so many at once, and returns what each took."""

    def __init__(self, home):
        self.home = home
        self.program = compiled(home.root, "starter.c")

    def __call__(self, command, count, env, period=1):
        """The runs; (exit code, output, messages) of each; the milliseconds until the last was done."""
        folder = self.home.root / "outputs"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        done = subprocess.run(
            [self.program, str(count), folder, str(period), *command], env=env, cwd=self.home.root,
            capture_output=True, text=True, check=True, timeout=280)
        runs = sorted(Run(*map(int, line.split())) for line in done.stdout.splitlines())
        assert len(runs) == count, done
        results = [
            (os.waitstatus_to_exitcode(run.status), (folder / f"{run.number}.out").read_text(),
             (folder / f"{run.number}.err").read_text())
            for run in runs
        ]
        return runs, results, max(run.elapsed for run in runs) / 1000

    def milliseconds(self, command, count, env):
        """The time until the last of so many has succeeded."""
        _, results, elapsed = self(command, count, env)
        assert not any(code for code, _, _ in results), results
        return elapsed
