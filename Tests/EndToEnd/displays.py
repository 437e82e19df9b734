"""A display that nobody looks at, and the keyboard of somebody who does."""

import os
import random
import subprocess
import time


class Display:
    def __init__(self):
        reading, writing = os.pipe()
        # A number of its own: who looks whether this one is still there must not find another test's.
        number = f":{random.randrange(1000, 50000)}"
        # It would begin anew when its last client leaves, and turn away whoever comes meanwhile.
        command = ["Xvfb", number, "-displayfd", str(writing), "-noreset", "-screen", "0", "800x600x24", "-nolisten", "tcp"]
        self.server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as file:
            self.name = f":{file.readline().strip()}"

    def kill(self):
        self.server.kill()
        self.server.wait()

    def xdotool(self, *arguments):
        return subprocess.run(
            ["xdotool", *arguments], env=os.environ | {"DISPLAY": self.name}, capture_output=True, text=True, timeout=60,
        )

    def windows(self, title="."):
        """The windows that can be seen."""
        return self.xdotool("search", "--onlyvisible", "--name", title).stdout.split()

    def focus(self, title):
        """Gives a window the keyboard, since there is no window manager that would; whether there is one to give it to."""
        for window in self.windows(title):
            self.xdotool("windowfocus", window)
            if self.xdotool("getwindowfocus").stdout.strip() == window:
                return True
        return False

    def press(self, title, until, *keys, text=None, seconds=120):
        """Types into a window until that has had its effect: a window takes keys only some time after it is seen."""
        limit = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < limit, self.windows()
            if self.focus(title):
                if text:
                    self.xdotool("key", "ctrl+a")
                    self.xdotool("type", text)
                self.xdotool("key", *keys)
            wait = time.monotonic() + 10
            while not until() and time.monotonic() < wait:
                time.sleep(0.05)
