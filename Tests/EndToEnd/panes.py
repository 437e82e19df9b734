"""A tmux of a test's own, with real shells in its panes that load warder's hook from their start-up files."""

import pathlib
import re
import shutil
import subprocess
import time

import pytest
from hooked import VARIABLES, path_of

PROMPT = "${WARDER_PROMPT:+($WARDER_PROMPT) }ready> "
START_UP = {
    "bash": {
        ".bash_profile": ". ~/.bashrc\n",
        ".bashrc": f"PATH=$HOME/bin:$PATH\neval \"$(warder hook bash)\"\nPS1='{PROMPT}'\n",
    },
    "zsh": {
        ".zshrc": f"PATH=$HOME/bin:$PATH\neval \"$(warder hook zsh)\"\nsetopt prompt_subst; PROMPT='{PROMPT}'\n",
    },
    "fish": {
        "config/fish/config.fish": (
            "set -gx PATH $HOME/bin $PATH\nset -g fish_greeting\nwarder hook fish | source\n"
            "function fish_prompt\n    set -q WARDER_PROMPT[1]; and printf '(%s) ' $WARDER_PROMPT\n    printf 'ready> '\nend\n"
        ),
    },
}


def until(condition, seconds=90, said=lambda: ""):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"it did not come about: {said()}"
        time.sleep(0.05)


def has_ended(process):
    """Whether it is gone, or only waits for the kernel's first process to take notice of its end."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class Tmux:
    """A server on a socket of its own, which has started its first pane from an environment like a user's."""

    def __init__(self, home, program, size=(200, 50)):
        for each in ("tmux", program):
            if not shutil.which(each):
                pytest.skip(f"{each} is not installed")
        self.home, self.program = home, program
        self.socket = home.root / "tmux"
        for name, text in START_UP[program].items():
            file = home.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        # Without it a fish starts to read all manual pages, in the background.
        (home.root / "data/fish/generated_completions").mkdir(parents=True, exist_ok=True)
        self.environment = home.variables() | {
            "SHELL": shutil.which(program), "PATH": path_of(home), "TERM": "xterm", "SHLVL": "1",
        }
        self.first = ["-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1])]
        self.size = size

    def command(self, *arguments):
        return ["tmux", "-S", str(self.socket), *map(str, arguments)]

    def tmux(self, *arguments):
        done = subprocess.run(
            self.command(*arguments), env=self.environment, cwd=self.home.root, capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 0, done
        return done.stdout

    def start(self):
        """Starts it from outside of any shell."""
        self.tmux(*self.first)
        return self.pane()

    def start_from(self, line):
        """Starts it from a shell with the hook, in which `line` has been run."""
        done = subprocess.run(
            [self.program, "-l", "-i", "-c", f"{line}; {' '.join(self.command(*self.first))}"], env=self.environment,
            cwd=self.home.root, capture_output=True, text=True, timeout=120, start_new_session=True,
        )
        assert done.returncode == 0, done
        return self.pane()

    def pane(self, *arguments, is_shell=True):
        """The pane that `arguments` open; without any, that of the beginning."""
        if arguments:
            identifier = self.tmux(arguments[0], "-d", "-P", "-F", "#{pane_id}", *arguments[1:]).strip()
        else:
            identifier = self.tmux("list-panes", "-F", "#{pane_id}").split()[0]
        return Pane(self, identifier, is_shell)

    def panes(self):
        return self.tmux("list-panes", "-a", "-F", "#{pane_id}").split()

    def kill(self):
        found = subprocess.run(self.command("display-message", "-p", "#{pid}"), capture_output=True, text=True)
        if found.returncode != 0:
            return
        subprocess.run(self.command("kill-server"), capture_output=True)
        until(lambda: has_ended(int(found.stdout)))


class Pane:
    """One pane, whose keys are typed and whose text is read."""

    # A prompt, and one behind which nothing stands yet.
    PROMPT = re.compile(r"(?m)^(?:\(.*?\) )?ready> ")
    READY = re.compile(r"ready> *[#$%]?\s*\Z")

    def __init__(self, server, identifier, is_shell):
        self.server, self.identifier = server, identifier
        self.seen = 0
        if is_shell:
            self.wait_for_prompt()

    def text(self):
        """All that it shows and has shown, long lines in one piece."""
        return self.server.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", self.identifier)

    def prompts(self, text):
        """Where its prompts begin."""
        return [found.start() for found in self.PROMPT.finditer(text)]

    def recent(self):
        """What it shows since the last `run`, beginning with the prompt that came after it."""
        text = self.text()
        return text[(self.prompts(text) or [0])[self.seen]:]

    def expect(self, *texts):
        until(lambda: all(text in self.recent() for text in texts), said=self.text)

    def key(self, *names):
        self.server.tmux("send-keys", "-t", self.identifier, *names)

    def type(self, text):
        self.server.tmux("send-keys", "-l", "-t", self.identifier, "--", text)

    def send(self, line):
        self.type(line)
        self.key("Enter")

    def wait_for_prompt(self, count=1):
        """Waits for a prompt with nothing behind it that has so many before it; all that is shown then."""
        found = []

        def is_there():
            found[:] = [self.text()]
            return self.READY.search(found[0]) and len(self.prompts(found[0])) >= count

        until(is_there, said=self.text)
        return found[0]

    def run(self, line):
        """Runs a line, as soon as there is a prompt, until there is the next one; what was shown between them."""
        # What is typed ahead would be echoed wherever the cursor is.
        count = len(self.prompts(self.wait_for_prompt()))
        self.send(line)
        text = self.wait_for_prompt(count + 1)
        starts = self.prompts(text)
        self.seen = len(starts) - 1
        return text[starts[count - 1]:starts[-1]]

    def value(self, name):
        return re.findall(r"(?m)^\[(.*?)\]\s*$", self.run(f'echo "[${name}]"'))[-1]

    def variables(self):
        """What a program started here finds of the variables that a use sets."""
        file = self.server.home.root / "variables"
        file.unlink(missing_ok=True)
        self.run(f"env -0 >{file}.new; mv {file}.new {file}")
        # A prompt that is drawn anew, for another size, is one more.
        until(file.exists, said=self.text)
        found = dict(entry.split("=", 1) for entry in file.read_text().split("\0") if entry)
        return {name: found[name] for name in VARIABLES if name in found}
