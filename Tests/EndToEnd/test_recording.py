"""What the recording in the README shows is what warder does: its commands run anew, and show the same."""

import subprocess
import sys

import pytest
from home import TESTS, WARDER
from secret_service import missing


@pytest.mark.long
def test_the_recording_is_of_this_warder():
    absent = missing("dbus-daemon", "gnome-keyring-daemon", "gdbus", modules=True)
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}")
    done = subprocess.run(
        [sys.executable, TESTS / "Recording/record", "--check", WARDER], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=500, start_new_session=True)
    assert done.returncode == 0, done.stderr
