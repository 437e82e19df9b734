"""Asking on the desktop: notifications of who waits, and windows for the answer."""

import json
import shutil
import signal
import subprocess

import pytest
from asking import codes, keys, open_home, until, waiting_home
from displays import Display
from home import TESTS


@pytest.fixture
def notified(waiting_home, bus):
    """A desktop with a notification daemon; gives what it was told."""
    waiting_home.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
    log = waiting_home.root / "notifications"
    daemon = subprocess.Popen(
        ["/usr/bin/python3", str(TESTS / "DesktopTests/notification_daemon.py"), str(log)],
        env=waiting_home.environment | {"DBUS_SESSION_BUS_ADDRESS": bus.address},
    )
    until(lambda: log.exists())
    yield lambda: [json.loads(line) for line in log.read_text().splitlines()]
    daemon.kill()
    daemon.wait()


def test_the_desktop_is_told_who_waits_and_that_it_is_over(waiting_home, notified):
    process = waiting_home.start("process", "prod")
    until(lambda: "prod" in json.dumps(notified()))
    assert "warder mfa" in json.dumps(notified())
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1
    until(lambda: "lose" in json.dumps(notified()))


def test_a_signal_takes_the_notification_away(waiting_home, notified):
    process = waiting_home.start("process", "prod")
    until(lambda: "prod" in json.dumps(notified()))
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM
    until(lambda: "lose" in json.dumps(notified()))


@pytest.fixture
def display(waiting_home):
    """A display that nobody looks at, which the home is on."""
    if not shutil.which("Xvfb") or not shutil.which("zenity"):
        pytest.skip("not installed: Xvfb, zenity")
    display = Display()
    waiting_home.environment["DISPLAY"] = display.name
    yield display
    display.kill()


def test_a_window_and_the_hand_off_race(waiting_home, sts, display):
    process = waiting_home.start("process", "prod")
    until(lambda: display.windows("^warder: "), 60)
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1
    until(lambda: not display.windows("^warder: "))
    assert codes(sts) == ["123456"]


def test_a_window_is_answered(waiting_home, sts, display):
    process = waiting_home.start("process", "prod")
    display.press("^warder: ", lambda: process.poll() is not None, "Return", text="123456")
    assert keys(process)["Version"] == 1
    assert codes(sts) == ["123456"]
