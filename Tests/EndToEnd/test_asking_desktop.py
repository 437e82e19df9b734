"""Asking on the desktop: notifications of who waits, and windows for the answer."""

import json
import pathlib
import shutil
import signal
import subprocess
import time

import pytest
from asking import codes, keys, open_home, until, waiting_home
from displays import Display
from home import TESTS, exit_code


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


def windows(display):
    return display.windows("^warder: ")


def test_a_window_and_the_hand_off_race(waiting_home, sts, display):
    process = waiting_home.start("process", "prod")
    until(lambda: windows(display), 60)
    waiting_home.good("mfa", "123456")
    assert keys(process)["Version"] == 1
    until(lambda: not windows(display))
    assert codes(sts) == ["123456"]


def test_a_window_is_answered(waiting_home, sts, display):
    process = waiting_home.start("process", "prod")
    display.press("^warder: ", lambda: process.poll() is not None, "Return", text="123456")
    assert keys(process)["Version"] == 1
    assert codes(sts) == ["123456"]


def test_a_window_that_is_sent_away_ends_it(waiting_home, display):
    process = waiting_home.start("process", "prod")
    until(lambda: windows(display), 60)
    # A window that ends within half a second is taken for none.
    time.sleep(1)
    display.press("^warder: ", lambda: process.poll() is not None, "Escape")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4 and b"the prompt was dismissed" in err, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("desktop", ["GNOME", pytest.param("KDE", marks=pytest.mark.needs("kdialog"))])
def test_a_display_that_goes_away_leaves_the_terminal(waiting_home, sts, display, number, desktop):
    waiting_home.settings("[warder]\ncode_prompt = terminal, dialog, handoff\nhandoff_time = 60s\n")
    waiting_home.environment["XDG_CURRENT_DESKTOP"] = desktop
    terminal = waiting_home.terminal("process", "prod")
    terminal.expect_exact("alice), wanted by")
    until(lambda: windows(display))
    time.sleep(0.6)
    window = children(terminal.pid)
    assert window
    end(display, number)
    # kdialog hangs over the loss of its display now and then: that is no answer either.
    limit = time.monotonic() + 10
    while set(window) & set(children(terminal.pid)) and time.monotonic() < limit:
        time.sleep(0.02)
    terminal.sendline("123456")
    terminal.expect_exact('"Version"')
    assert exit_code(terminal) == 0
    assert "elsewhere" not in terminal.before and codes(sts) == ["123456"]


def test_a_display_that_goes_away_is_named_where_there_is_nothing_else(waiting_home, display):
    waiting_home.settings("[warder]\ncode_prompt = dialog\nhandoff_time = 60s\n")
    process = waiting_home.start("process", "prod")
    until(lambda: windows(display))
    time.sleep(0.6)
    end(display, signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4 and b"there is no way to ask: the display went away" in err, err


def test_no_window_outlives_a_warder_that_was_killed(waiting_home, display):
    process = waiting_home.start("process", "prod")
    until(lambda: windows(display), 60)
    process.kill()
    process.communicate()
    until(lambda: not windows(display))


def end(display, number):
    def is_gone():
        # One that sleeps may not hear of the signal before the next request.
        windows(display)
        return display.server.poll() is not None

    display.server.send_signal(number)
    until(is_gone)


def children(process):
    return [int(word) for word in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]
