"""How CI treats a failed test: .ci/alone.py, on a small project of its own."""

import os
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / ".ci/alone.py"
# The inner pytest must not inherit what the outer one sets.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

# `at_first` is true the first time only.
HEAD = """
import os, pathlib, pytest

def at_first(name):
    mark = pathlib.Path(__file__).with_name(name + ".mark")
    if not mark.exists():
        mark.touch()
        return True
    return False

def test_good(): pass
"""


@pytest.fixture
def project(tmp_path):
    """Runs the script on the tests that it is given; its exit code, its output, and the names that it left for CI."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -ra -p no:cacheprovider\n")

    def run(tests, *arguments, head=HEAD):
        (folder / "test_it.py").write_text(head + tests)
        names = tmp_path / "names"
        done = subprocess.run(
            [sys.executable, SCRIPT, *(arguments or ("-n", "2", "--dist", "worksteal")), "project"], cwd=tmp_path,
            env=ENVIRONMENT | {"PASSED_ALONE": str(names)}, text=True, capture_output=True, timeout=300)
        return done.returncode, done.stdout, names.read_text().splitlines() if names.exists() else []

    return run


def end(output):
    """What stands at the end, behind pytest's own."""
    return output.rpartition("\n\n")[2].splitlines()


def test_a_run_without_failures_is_that(project):
    code, output, names = project("")
    assert code == 0 and not names
    assert "alone" not in output


def test_a_test_that_passes_alone_is_named_and_fails_nothing(project):
    code, output, names = project("def test_slow(): assert not at_first('a')\n")
    assert code == 0
    assert names == ["test_it.py::test_slow"]
    assert end(output) == ["passed only alone:", "  test_it.py::test_slow"]
    assert output.count("== once more, alone: ") == 1


def test_a_test_that_fails_always_fails_the_run(project):
    code, output, names = project("def test_bad(): assert False\n\ndef test_slow(): assert not at_first('a')\n")
    assert code == 1
    assert names == ["test_it.py::test_slow"]
    assert end(output) == [
        "failed alone too:", "  test_it.py::test_bad", "passed only alone:", "  test_it.py::test_slow",
    ]


@pytest.mark.parametrize("count, code", [(2, 0), (3, 1)])
def test_two_may_pass_only_alone_and_three_may_not(project, count, code):
    found, output, names = project(
        "".join(f"def test_slow_{number}(): assert not at_first('{number}')\n" for number in range(count)))
    assert found == code and len(names) == count
    assert ("more than 2 tests" in output) == (code == 1)


def test_many_failures_are_not_run_again(project):
    code, output, names = project(
        "@pytest.mark.parametrize('n', range(11))\ndef test_bad(n): assert not at_first(str(n))\n")
    assert code == 1 and not names
    assert "11 tests failed" in output and "once more" not in output


def test_alone_means_that_no_other_test_runs_beside_it(project):
    code, _, names = project(
        "def test_slow():\n"
        "    assert 'PYTEST_XDIST_WORKER' not in os.environ\n"
        "def test_other():\n    pathlib.Path(__file__).with_name('runs').open('a').write('x')\n"
        "def test_last(): assert not at_first('a') and pathlib.Path(__file__).with_name('runs').read_text() == 'x'\n")
    assert code == 0
    assert sorted(names) == ["test_it.py::test_last", "test_it.py::test_slow"]


@pytest.mark.parametrize("where", ["setup", "teardown"])
def test_what_fails_around_a_test_counts(project, where):
    steps = ["    if at_first('a'): raise RuntimeError('not yet')\n", "    yield\n"]
    code, _, names = project(
        "@pytest.fixture\ndef around():\n" + "".join(steps if where == "setup" else steps[::-1])
        + "def test_it(around): pass\n")
    assert code == 0 and names == ["test_it.py::test_it"]


ODD = ["a b", "x::y", "a[b]c", "../d/e.py", "-k", "ü\u202e", "tab\there", "'\"$(id)`*?", "a=b;c", "@f"]


def test_parameters_are_found_again_whatever_they_are_called(project):
    code, output, names = project(
        f"ODD = {ODD!r}\n"
        "@pytest.mark.parametrize('value', ODD + ['other'])\n"
        "def test_it(value): assert value == 'other' or not at_first(str(ODD.index(value)))\n")
    assert len(set(names)) == len(ODD) and "failed alone too" not in output
    assert all(name.startswith("test_it.py::test_it[") and "other" not in name for name in names)
    # They pass, and are too many.
    assert code == 1


def test_a_worker_that_crashes_is_a_test_that_failed(project):
    code, _, names = project("def test_crash():\n    if at_first('a'): os._exit(3)\n")
    assert code == 0 and names == ["test_it.py::test_crash"]


def test_a_crash_alone_too_fails_the_run(project):
    code, output, names = project("def test_crash(): os._exit(0)\n")
    assert code == 1 and not names
    assert end(output) == ["failed alone too:", "  test_it.py::test_crash"]


def test_a_run_that_is_killed_fails(project):
    code, output, _ = project("import signal\ndef test_it(): os.kill(os.getpid(), signal.SIGKILL)\n", "-n", "0")
    assert code != 0 and "left no record" in output


def test_tests_that_no_worker_is_left_for_fail_the_run(project):
    code, output, names = project(
        "@pytest.mark.parametrize('n', range(20))\ndef test_it(n):\n    if n < 2: os._exit(1)\n",
        "-n", "1", "--max-worker-restart", "0")
    assert code != 0 and not names
    assert "once more" not in output


def test_an_error_while_collecting_fails_the_run(project):
    code, output, names = project("raise RuntimeError('never')\n")
    assert code != 0 and not names
    assert "once more" not in output and "could not be collected:\n" in output


def test_an_error_while_collecting_is_none_of_the_tests(project):
    code, output, names = project(
        "import missing_module\n", "-n", "2", "--continue-on-collection-errors", head="def test_good(): pass\n")
    assert code != 0 and not names and "once more" not in output


def test_a_run_without_tests_fails(project):
    assert project("", head="")[0] == 5


def test_a_wrong_option_fails(project):
    assert project("", "--no-such-option")[0] == 4


def test_a_test_that_is_skipped_alone_has_not_passed(project):
    code, output, names = project("def test_it():\n    assert not at_first('a')\n    pytest.skip('now')\n")
    assert code == 1 and not names
    assert end(output) == ["failed alone too:", "  test_it.py::test_it"]
