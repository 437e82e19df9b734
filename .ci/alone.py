#!/usr/bin/env python3
"""Runs pytest, then runs each failed test once more, alone, so that a slow moment of the machine does not fail CI.

usage: alone.py PYTEST-ARGUMENT...

A test that passes alone is listed at the end under "passed only alone", and in the file that $PASSED_ALONE names.
More than two of them fail the run. So does a test that also fails alone, and so does any other failure of pytest: a
collection error, no tests at all, a test that never ran.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

# How many tests may pass only alone: more are not explained by slow moments.
TOLERATED = 2
# With more failures, running each alone takes long and the run fails anyway.
WORTH_A_SECOND_RUN = 10


class Recorder:
    """A pytest plugin that writes the outcome of each test to a file when the run ends."""

    def __init__(self, path):
        self.path = path
        self.root = None
        self.collected = []
        self.passed = []
        self.failed = []
        self.errors = []
        self.seen = set()

    def pytest_configure(self, config):
        self.root = str(config.rootpath)

    def pytest_collection_finish(self, session):
        self.collected += [item.nodeid for item in session.items]

    def pytest_collectreport(self, report):
        if report.failed and report.nodeid not in self.errors:
            self.errors.append(report.nodeid)

    def pytest_runtest_logreport(self, report):
        self.seen.add(report.nodeid)
        # Setup and teardown too, and what xdist reports of a worker that crashed.
        if report.failed and report.nodeid not in self.failed:
            self.failed.append(report.nodeid)
        if report.when == "call" and report.passed:
            self.passed.append(report.nodeid)

    def pytest_sessionfinish(self):
        never_ran = sorted(set(self.collected) - self.seen)
        record = {
            "root": self.root, "errors": self.errors, "failed": self.failed, "never ran": never_ran,
            "passed": [test for test in self.passed if test not in self.failed],
        }
        pathlib.Path(self.path).write_text(json.dumps(record))


class RecorderOfWorkers(Recorder):
    """Under xdist the workers collect. Without xdist, pytest would reject this hook as unknown."""

    def pytest_xdist_node_collection_finished(self, node, ids):
        self.collected += ids


def record(path, arguments):
    """Runs pytest in this process."""
    import pytest

    try:
        import xdist  # noqa: F401
    except ImportError:
        plugin = Recorder(path)
    else:
        plugin = RecorderOfWorkers(path)
    # As `python -m pytest` has it.
    sys.path[0] = os.getcwd()
    return pytest.main(arguments, plugins=[plugin])


def run(arguments):
    """Runs pytest in a process of its own, which a test may crash; returns its exit code and the record."""
    with tempfile.TemporaryDirectory(prefix="warder-alone-") as folder:
        path = pathlib.Path(folder, "record")
        code = subprocess.run([sys.executable, "-B", __file__, "--record", str(path), *arguments]).returncode
        # If a signal ended the run, the code is negative and there may be no record.
        return code, json.loads(path.read_text()) if path.exists() else None


def passes_alone(test, root, options):
    """Whether it passes with no other test beside it. A skipped test has not passed."""
    print(f"\n== once more, alone: {test}", flush=True)
    code, record = run([*options, "-n", "0", os.path.join(root, test)])
    return code == 0 and record is not None and record["passed"] == [test]


def options(arguments):
    """The arguments except the files and folders that select tests."""
    return [each for each in arguments if each.startswith("-") or not os.path.exists(each.split("::")[0])]


def tell(title, tests):
    if tests:
        print(f"{title}:", *(f"  {test}" for test in tests), sep="\n", flush=True)


def judge(arguments):
    code, record = run(arguments)
    if record is None:
        print(f"pytest ended with {code} and left no record", flush=True)
        return code or 1
    tell("could not be collected", record["errors"])
    tell("never ran", record["never ran"])
    if code != 1 or record["errors"] or record["never ran"] or not record["failed"]:
        # pytest may exit with 0 and still have lost tests: that is not a success.
        return code or int(any(record[what] for what in ("errors", "never ran", "failed")))
    failed = record["failed"]
    if len(failed) > WORTH_A_SECOND_RUN:
        print(f"{len(failed)} tests failed: too many to run each of them alone", flush=True)
        return 1
    passed = [test for test in failed if passes_alone(test, record["root"], options(arguments))]
    # pytest may have been killed in the middle of a line.
    print("\n")
    tell("failed alone too", [test for test in failed if test not in passed])
    tell("passed only alone", passed)
    if passed and os.environ.get("PASSED_ALONE"):
        with open(os.environ["PASSED_ALONE"], "a") as names:
            names.writelines(test + "\n" for test in passed)
    if len(passed) > TOLERATED:
        print(f"that is more than {TOLERATED} tests: the machine is not to blame for them all", flush=True)
    return int(passed != failed or len(passed) > TOLERATED)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--record"]:
        sys.exit(record(sys.argv[2], sys.argv[3:]))
    sys.exit(judge(sys.argv[1:]))
