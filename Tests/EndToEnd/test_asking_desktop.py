"""Asking on the desktop: notifications of who waits, and windows for the answer."""

import json
import os
import shutil
import signal
import subprocess

import pytest
from asking import codes, keys, open_home, until, waiting_home
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
def display():
    """A display that nobody looks at."""
    if not shutil.which("Xvfb") or not shutil.which("zenity"):
        pytest.skip("not installed: Xvfb, zenity")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"], pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as file:
        number = file.readline().strip()
    yield f":{number}"
    server.kill()
    server.wait()


def windows(display):
    found = subprocess.run(
        ["xdotool", "search", "--name", "warder"], env={**os.environ, "DISPLAY": display}, capture_output=True, text=True
    )
    return found.stdout.split()


def test_a_window_and_the_hand_off_race(waiting_home, sts, display):
    waiting_home.environment["DISPLAY"] = display
    process = waiting_home.start("process", "prod")
    until(lambda: windows(display), 60)
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1
    until(lambda: not windows(display))
    assert codes(sts) == ["123456"]


def test_a_window_is_answered(waiting_home, sts, display):
    waiting_home.environment["DISPLAY"] = display
    process = waiting_home.start("process", "prod")
    # There is no window manager to give it the keyboard. What is typed comes behind the news that it has it.
    command = (
        "xdotool search --sync --onlyvisible --name '^warder: ' windowfocus --sync"
        " && xdotool type 123456 && xdotool key Return"
    )
    subprocess.run(["/bin/sh", "-c", command], env={**os.environ, "DISPLAY": display}, check=True, timeout=60)
    assert keys(process)["Version"] == 1
    assert codes(sts) == ["123456"]
