"""Real shells at a terminal, with the completions loaded, and a stand-in for warder that says what it was given."""

import os
import pathlib
import signal
import stat
import time

import pexpect
from shells import QUIET

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
COMPLETIONS = TOP / "completions"
PROMPT = "ready%%"

STAND_IN = """\
#!/bin/sh
if [ "$1" = names ]; then exec cat "$TABS/names"; fi
printf '%s\\0' "$@" > "$TABS/given.part" && mv "$TABS/given.part" "$TABS/given"
"""

STARTS = {
    "bash": [
        "bind 'set enable-bracketed-paste off' 'set completion-query-items 0' 'set page-completions off'",
        f"source {COMPLETIONS}/warder.bash", "PS1=ready%%",
    ],
    "zsh": [
        f"fpath=({COMPLETIONS} $fpath)", "autoload -Uz compinit", "compinit -u -d $TABS/zcompdump",
        "unsetopt promptcr promptsp beep zle_bracketed_paste; unset zle_bracketed_paste", "LISTMAX=-1",
        "PS1=ready%%%%",
    ],
    "fish": [
        f"source {COMPLETIONS}/warder.fish", "set -g fish_autosuggestion_enabled 0", "set -g fish_greeting",
        "function fish_prompt; echo -n ready%%; end",
    ],
}


class Tabs:
    """A shell at a terminal; `folder` is where it is, and must stay as it is."""

    def __init__(self, shell, root, stand_in=STAND_IN, program=None, lines=(), environment=None, loaded=True):
        self.shell, self.root = shell, root
        self.bin, self.place = root / "bin", root / "place"
        for folder in (self.bin, self.place):
            folder.mkdir(exist_ok=True)
        # Without it an interactive fish starts to read all manual pages, in the background.
        (root / ".local/share/fish/generated_completions").mkdir(parents=True, exist_ok=True)
        self.names([])
        warder = self.bin / "warder"
        if program:
            warder.symlink_to(program)
        else:
            warder.write_text(stand_in)
            warder.chmod(warder.stat().st_mode | stat.S_IXUSR)
        variables = {
            "HOME": str(root), "PATH": f"{self.bin}:{os.environ['PATH']}", "LANG": "C.UTF-8", "TERM": "xterm",
            "TABS": str(root), "INPUTRC": "/dev/null", "HISTFILE": "/dev/null",
        } | (environment or {})
        command, setup = [shell, *QUIET[shell]], STARTS[shell]
        if not loaded:
            setup = [line for line in setup if str(COMPLETIONS) not in line and "compinit" not in line]
            if shell == "fish":
                command = ["fish"]
        self.terminal = pexpect.spawn(
            command[0], command[1:], env=variables, cwd=str(self.place), timeout=60, encoding="utf-8",
            codec_errors="replace", dimensions=(50, 1000),
        )
        self.terminal.delaybeforesend = None
        for line in [*setup, *lines]:
            self.terminal.send(line + "\r")
        self.shown = ""
        self.given("warder started")

    def names(self, names):
        (self.root / "names").write_text("".join(name + "\n" for name in names))

    def given(self, keys, deadline=60):
        """Types `keys` and Enter; the arguments with which the stand-in was run then."""
        record = self.root / "given"
        record.unlink(missing_ok=True)
        self.terminal.send(keys + "\r")
        end = time.monotonic() + deadline
        while not record.exists():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.shell} ran nothing after {keys!r}: {self.seen()!r}")
            self.seen()
            time.sleep(0.005)
        self.seen()
        return record.read_bytes().decode().split("\0")[:-1]

    def run(self, line):
        """Runs a line, and shows the prompt after it; what the terminal showed meanwhile."""
        self.seen()
        self.terminal.send(line + "\r")
        before = self.shown
        self.given("warder started")
        return self.shown[len(before):]

    def seen(self):
        """What the shell has written meanwhile: its terminal must not fill up."""
        text = ""
        try:
            while True:
                text += self.terminal.read_nonblocking(65536, timeout=0)
        except (pexpect.TIMEOUT, pexpect.EOF):
            self.shown += text
            return text

    def close(self):
        self.terminal.kill(signal.SIGKILL)
        self.terminal.wait()
        self.terminal.close()
