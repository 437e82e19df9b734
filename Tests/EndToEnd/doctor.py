"""What the tests of `warder doctor` share: a home that is broken in one way, examined, mended as printed, and examined
again."""

import dataclasses
import fcntl
import json
import os
import pty
import subprocess
import termios
from collections.abc import Callable

import pytest
from home import WARDER


@dataclasses.dataclass
class Case:
    """One way to break a healthy home.

    - breaking: does it to the home; what it returns is set in the environment from then on.
    - code: the finding that doctor must make.
    - place: what `place` must end with; None where the finding has none.
    - beside: findings that come of the same fault, and go with it; each is told once.
    - mends: the printed command mends it. Where it only shows what to mend, this says what does.
    - profile: the one to examine.
    - terminal: a person runs doctor, who could be asked for a code.
    """

    name: str
    breaking: Callable
    code: str
    place: str | None = None
    beside: tuple = ()
    mends: Callable | None = None
    profile: str | None = None
    terminal: bool = True


def cases(*all):
    return pytest.mark.parametrize("case", all, ids=[case.name for case in all])


def ran(home, *arguments, terminal=True, **more):
    """Runs doctor, as a rule with a terminal, whose input and output it does not use."""
    if not terminal:
        return home.run("doctor", *arguments, **more)
    master, slave = pty.openpty()
    try:
        return home.run(
            "doctor", *arguments, pass_fds=[slave], preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0), **more)
    finally:
        os.close(slave)
        os.close(master)


def examined(home, *arguments, **more):
    """What doctor reports, as JSON; its exit code must say the same. It gives a Secret Service that a busy machine holds
    up half a second, and is asked again here."""
    for _ in range(3):
        result = ran(home, *arguments, "--json", **more)
        if "secret_service_hangs" not in result.out:
            break
    assert result.err == "", result
    report = json.loads(result.out)
    assert result.code == (1 if report["findings"] else 0), result
    for finding in report["findings"]:
        assert finding["message"] and finding["why"] and finding["command"], finding
        for key in ("message", "why", "command"):
            assert "\n" not in finding[key], finding
    return report


def codes(report):
    return sorted({finding["code"] for finding in report["findings"]})


def mend(home, command, prefix=(), again=False):
    """Runs a command as printed, in the machine's POSIX shell with warder in its PATH; what it sets and unsets goes for
    the home from then on.

    - prefix: what starts the shell.
    - again: it was run already, and may fail.
    """
    path = home.environment["PATH"]
    reader, writer = os.pipe()
    done = subprocess.run(
        [*prefix, "sh", "-c", f"{command}\nstatus=$?; env -0 > /dev/fd/{writer}; exit $status"],
        env={**home.environment, "PATH": f"{WARDER.parent}:{path}"}, cwd=home.root, pass_fds=[writer],
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )
    os.close(writer)
    with open(reader, "rb") as pipe:
        left = dict(entry.split("=", 1) for entry in os.fsdecode(pipe.read()).split("\0") if entry)
    assert again or done.returncode == 0, (command, done)
    home.environment = {name: left[name] for name in home.environment if name in left}
    home.environment["PATH"] = home.environment["PATH"].removeprefix(f"{WARDER.parent}:")


def goes_through(home, case, *options):
    """The home is healthy, is broken, found, mended as printed, and healthy again."""
    arguments = [*([case.profile] if case.profile else []), *options]
    healthy = examined(home, *arguments, terminal=case.terminal)
    assert codes(healthy) == [], ("the home is not healthy to begin with", healthy)
    home.environment.update(case.breaking(home) or {})
    report = examined(home, *arguments, terminal=case.terminal)
    assert [each["code"] for each in sorted(report["findings"], key=lambda each: each["code"])] == sorted(
        [case.code, *case.beside]), report
    finding = next(each for each in report["findings"] if each["code"] == case.code)
    assert case.place is None or (finding["place"] or "").endswith(case.place), finding
    spoken = ran(home, *arguments, terminal=case.terminal)
    assert finding["command"] in spoken.out and spoken.code == 1, spoken
    if case.mends:
        case.mends(home)
    else:
        commands = dict.fromkeys(each["command"] for each in report["findings"])
        for command in commands:
            mend(home, command)
        # A person may paste it twice.
        for command in commands:
            mend(home, command, again=True)
    report = examined(home, *arguments, terminal=case.terminal)
    assert codes(report) == [], report
