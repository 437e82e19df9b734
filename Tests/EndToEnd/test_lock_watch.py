"""`lock --watch`: what logind says of sleep and of the screen locks warder, on a system bus of the test's own."""

import json
import os
import subprocess

import pytest
from forks import PYTHON
from serving import wait_for

LOGIN = "org.freedesktop.login1"


class Logind:
    """A logind of the tests' own: it says what it is told to."""

    def __init__(self, bus):
        self.bus = bus
        command = [PYTHON, "-B", "-m", "dbusmock", "--template", "logind"]
        environment = bus.environment | {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        wait_for(lambda: self.call("Manager.ListInhibitors", check=False), "logind")

    def call(self, method, *arguments, path="", check=True):
        method = method if "." in method and method.startswith("org.") else f"{LOGIN}.{method}"
        return self.bus.run(
            "gdbus", "call", "--session", "-d", LOGIN, "-o", "/org/freedesktop/login1" + path, "-m", method, *arguments,
            check=check)

    def emit(self, interface, signal, kind, value, path=""):
        self.call(
            "org.freedesktop.DBus.Mock.EmitSignal", f"{LOGIN}.{interface}", signal, kind, f"[{value}]", path=path)

    def delays_sleep(self):
        return "'warder'" in self.call("Manager.ListInhibitors")


@pytest.fixture
def logind(bus):
    if subprocess.run([PYTHON, "-c", "import dbusmock"], capture_output=True, check=False).returncode != 0:
        pytest.skip("not installed: python3-dbusmock")
    logind = Logind(bus)
    yield logind
    logind.process.kill()
    logind.process.wait(10)


def is_unlocked(home):
    return json.loads(home.good("status", "--json"))["unlocked"]


def said_by(home):
    """What the watching one has said when it is killed after its first line, for which it is waited."""
    line = home.watch.stderr.readline()
    home.watch.kill()
    return (line + home.watch.stderr.read()).decode()


@pytest.fixture
def watching(unlocked, logind):
    address = {"DBUS_SYSTEM_BUS_ADDRESS": logind.bus.address}
    unlocked.watch = unlocked.start("lock", "--watch", env=address)
    wait_for(logind.delays_sleep, "inhibitor")
    yield unlocked
    unlocked.watch.kill()
    unlocked.watch.communicate()


def test_it_locks_before_the_machine_sleeps(watching, logind):
    assert is_unlocked(watching)
    logind.emit("Manager", "PrepareForSleep", "b", "<true>")
    wait_for(lambda: not logind.delays_sleep(), "sleep")
    # Sleep is no longer held up, and so it is locked already.
    assert not is_unlocked(watching)
    watching.run("process", "prod").failed(3)
    logind.emit("Manager", "PrepareForSleep", "b", "<false>")
    wait_for(logind.delays_sleep, "inhibitor")
    assert watching.watch.poll() is None
    # And the next time too.
    watching.unlock()
    logind.emit("Manager", "PrepareForSleep", "b", "<true>")
    wait_for(lambda: not logind.delays_sleep(), "sleep")
    assert not is_unlocked(watching)


def test_it_locks_with_the_screen_of_this_user(watching, logind):
    for name, user in [("ours", os.getuid()), ("theirs", os.getuid() + 1)]:
        logind.call("org.freedesktop.DBus.Mock.AddSession", name, "seat0", str(user), name, "true")
    logind.emit("Session", "Lock", "", "", path="/session/theirs")
    logind.emit("Session", "Lock", "", "", path="/session/ours")
    # It says so when it has locked. Once, by the second.
    assert said_by(watching) == "warder: locked with the screen\n"
    assert not is_unlocked(watching)


def test_the_screen_of_somebody_else_locks_nothing(watching, logind):
    logind.call(
        "org.freedesktop.DBus.Mock.AddSession", "theirs", "seat0", str(os.getuid() + 1), "theirs", "true")
    logind.emit("Session", "Lock", "", "", path="/session/theirs")
    # Signals are taken in their order, and only the second one locked.
    logind.emit("Manager", "PrepareForSleep", "b", "<true>")
    assert said_by(watching) == "warder: locked: the machine goes to sleep\n"
    assert not is_unlocked(watching)


def test_without_the_bus_it_ends(watching, logind):
    logind.bus.kill()
    out, err = watching.watch.communicate(timeout=30)
    assert watching.watch.returncode == 1 and b"the system bus went away" in err


def test_without_logind_it_says_so(unlocked, bus):
    unlocked.run("lock", "--watch", env={"DBUS_SYSTEM_BUS_ADDRESS": bus.address}).failed(1, "logind")
    unlocked.run("lock", "--watch", env={"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}).failed(1, "no system bus")
