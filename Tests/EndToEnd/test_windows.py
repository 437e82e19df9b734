"""Windows on a real display: kdialog, and the pinentries of GTK, Qt and GNOME."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from asking import codes
from displays import Display
from home import PASSPHRASE
from panes import until
from recording_sts import wrong_code

pytestmark = [pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]
TITLE = "^warder: "
PROMPTERS = ["/usr/libexec/gcr-prompter", "/usr/lib/gcr/gcr-prompter"]


def children(process):
    """The processes that a process has started and not waited for, each as `name state`."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = path.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        if int(rest.split()[1]) == process.pid:
            found.append((name, rest.split()[0], int(path.parent.name)))
    return found


def ended(process):
    return lambda: process.poll() is not None


@pytest.fixture
def display():
    display = Display()
    yield display
    display.kill()


@pytest.fixture
def plasma(home, display, bus):
    """A home at a display of KDE's, whose key can be used, but which has no session."""
    if not shutil.which("kdialog"):
        pytest.skip("kdialog is not installed: it brings 120 MB with it")
    home.unlock("--keys")
    home.settings("[warder]\nhandoff_time = 100s\n")
    # Without a bus, Qt would start one for good.
    home.environment |= {
        "DISPLAY": display.name, "XDG_CURRENT_DESKTOP": "KDE", "DBUS_SESSION_BUS_ADDRESS": bus.address,
    }
    return home


def start(home, display, *arguments, name="kdialog"):
    """Starts warder, which shows a window of that program."""
    process = home.start(*arguments)
    until(lambda: display.windows() or process.poll() is not None, said=lambda: children(process))
    assert process.poll() is None, process.communicate()
    assert [child[0] for child in children(process)] == [name]
    return process


def finish(process, code=0):
    out, err = process.communicate(timeout=90)
    assert process.returncode == code, err
    return out.decode(), err.decode()


# kdialog


def test_kdialog_gives_the_code_that_is_typed(plasma, sts, display):
    process = start(plasma, display, "process", "prod")
    display.press(TITLE, ended(process), "Return", text="123456")
    out, err = finish(process)
    assert json.loads(out)["Version"] == 1 and err == ""
    assert codes(sts) == ["123456"] and display.windows() == []


def test_kdialog_comes_again_after_a_wrong_code(plasma, sts, display):
    sts.next("GetSessionToken", wrong_code)
    process = start(plasma, display, "process", "prod")
    first = children(process)
    display.press(TITLE, lambda: codes(sts), "Return", text="111111")
    # Its window may have the number that the first one had.
    until(lambda: children(process) not in ([], first) and display.windows(TITLE))
    display.press(TITLE, ended(process), "Return", text="222222")
    assert json.loads(finish(process)[0])["Version"] == 1
    assert codes(sts) == ["111111", "222222"]


def test_kdialog_is_sent_away_by_escape(plasma, sts, display):
    process = start(plasma, display, "process", "prod")
    # Within half a second of its start, nobody would have sent it away.
    time.sleep(1)
    display.press(TITLE, ended(process), "Escape")
    out, err = finish(process, 4)
    assert out == "" and "dismissed" in err and codes(sts) == [] and display.windows() == []


def lose(home, sts, display, name):
    """Answers from elsewhere, and looks what becomes of the window while AWS is thinking."""
    answered = threading.Event()

    def held(sts, request):
        answered.wait(90)
        return sts.ordinary(request)

    sts.next("GetSessionToken", held)
    process = start(home, display, "process", "prod", name=name)
    answer = home.start("mfa", "123456")
    # The window is gone, and what showed it has been waited for.
    until(lambda: codes(sts))
    until(lambda: not display.windows() and not children(process))
    assert process.poll() is None
    answered.set()
    assert json.loads(finish(process)[0])["Version"] == 1
    finish(answer)
    assert codes(sts) == ["123456"]


def test_kdialog_that_lost_is_taken_down(plasma, sts, display):
    lose(plasma, sts, display, "kdialog")


def test_kdialog_that_is_killed_leaves_the_question_to_others(plasma, sts, display):
    process = start(plasma, display, "process", "prod")
    os.kill(children(process)[0][2], signal.SIGKILL)
    until(lambda: not children(process))
    assert process.poll() is None
    plasma.good("mfa", "123456")
    assert json.loads(finish(process)[0])["Version"] == 1


def test_kdialog_goes_with_the_process_that_asked(plasma, display):
    process = start(plasma, display, "process", "prod")
    process.terminate()
    finish(process, -signal.SIGTERM)
    assert display.windows() == []


@pytest.mark.parametrize("key, code", [("Return", 0), ("Escape", 4)])
def test_kdialog_takes_a_yes_and_a_no(plasma, display, key, code):
    plasma.good("refresh", "prod", "--mfa-code", "123456")
    plasma.add_profile(
        "sure", "warder_role_arn = arn:aws:iam::222222222222:role/Admin", "warder_source_profile = alice",
        "warder_confirm = true",
    )
    process = start(plasma, display, "process", "sure")
    time.sleep(1)
    display.press(TITLE, ended(process), key)
    out, err = finish(process, code)
    assert bool(out) == (code == 0), err


# Runs a command in a folder, as the program that wants the credentials.
CALLER = "import os, subprocess, sys; os.chdir(sys.argv[1]); sys.exit(subprocess.call(sys.argv[2:]))"


@pytest.mark.parametrize("hostile", ["a<br>b<br>c", "a\\nb\\nc", "<img src=x width=9 height=99>"])
def test_kdialog_takes_no_text_for_markup(plasma, display, hostile):
    """A window grows with its lines: whoever calls from a folder that is named so gets no more of them."""
    heights = []
    for name in (hostile, hostile.replace("<", ".").replace(">", ".").replace("\\", ".")):
        folder = plasma.root / name
        folder.mkdir()
        process = plasma.start("process", "prod", prefix=[sys.executable, "-c", CALLER, folder])
        until(lambda: display.windows(TITLE), said=lambda: children(process))
        # It is laid out before it is shown.
        shape = display.xdotool("getwindowgeometry", "--shell", *display.windows(TITLE)).stdout
        heights.append(dict(line.split("=") for line in shape.splitlines())["HEIGHT"])
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=90)
        until(lambda: not display.windows())
    assert heights[0] == heights[1]


# Pinentries


@pytest.fixture(params=["pinentry-gtk-2", "pinentry-qt", "pinentry-gnome3"])
def pinentry(request, home, display, bus):
    """A locked home that asks by a pinentry with a window."""
    home.pinentry = request.param
    if not shutil.which(home.pinentry):
        pytest.skip(f"{home.pinentry} is not installed")
    home.settings(f"[warder]\npinentry = {home.pinentry}\nprompt = pinentry\n")
    home.environment |= {"DISPLAY": display.name, "DBUS_SESSION_BUS_ADDRESS": bus.address}
    prompter = None
    if home.pinentry == "pinentry-gnome3":
        # It has no window of its own: GNOME's shell shows one for it, or this.
        program = next((path for path in PROMPTERS if os.access(path, os.X_OK)), None)
        if not program:
            pytest.skip("gcr-prompter is not installed")
        prompter = subprocess.Popen([program], env=home.environment, stderr=subprocess.DEVNULL)
        call = ["gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus", "-m"]
        call += ["org.freedesktop.DBus.NameHasOwner", "org.gnome.keyring.SystemPrompter"]
        until(lambda: "true" in bus.run(*call))
    yield home
    if prompter:
        prompter.kill()
        prompter.wait()


def unlocked(home):
    return json.loads(home.good("status", "--json"))["unlocked"]


def start_unlocking(home, display):
    return start(home, display, "unlock", name=home.pinentry)


def test_a_pinentry_gives_the_passphrase_that_is_typed(pinentry, display):
    process = start_unlocking(pinentry, display)
    display.press(".", ended(process), "Return", text=PASSPHRASE)
    finish(process)
    assert unlocked(pinentry)
    until(lambda: display.windows() == [])


def test_a_pinentry_that_is_sent_away_gives_none(pinentry, display):
    process = start_unlocking(pinentry, display)
    display.press(".", ended(process), "Escape")
    out, err = finish(process, 4)
    assert out == "" and "dismissed" in err and not unlocked(pinentry)
    until(lambda: display.windows() == [])


def test_a_pinentry_that_is_killed_gives_none(pinentry, display):
    process = start_unlocking(pinentry, display)
    os.kill(children(process)[0][2], signal.SIGKILL)
    out, err = finish(process, 4)
    assert out == "" and err.startswith("warder: ") and "hint: " in err and not unlocked(pinentry)
    until(lambda: display.windows() == [])


def test_a_pinentry_goes_with_the_process_that_asked(pinentry, display):
    process = start_unlocking(pinentry, display)
    process.terminate()
    finish(process, -signal.SIGTERM)
    until(lambda: display.windows() == [])


@pytest.fixture
def asking(pinentry):
    """The same, but for a code: the key can be used."""
    pinentry.unlock("--keys")
    pinentry.settings(f"[warder]\npinentry = {pinentry.pinentry}\ncode_prompt = pinentry, handoff\nhandoff_time = 100s\n")
    return pinentry


def test_a_pinentry_gives_the_code_that_is_typed(asking, sts, display):
    process = start(asking, display, "process", "prod", name=asking.pinentry)
    display.press(".", ended(process), "Return", text="123456")
    assert json.loads(finish(process)[0])["Version"] == 1
    assert codes(sts) == ["123456"]


def test_a_pinentry_that_lost_is_taken_down(asking, sts, display):
    lose(asking, sts, display, asking.pinentry)
