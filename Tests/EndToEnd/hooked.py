"""Real shells with warder's hook loaded: scripts, and shells at a terminal."""

import shutil
import subprocess

import pexpect
import pytest
from home import TESTS, WARDER, exit_code
from shells import QUIET

HOOKS = TESTS.parent / "shell"
VARIABLES = (
    "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ACCESS_KEY AWS_SECRET_KEY AWS_PROFILE"
    " AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_CREDENTIAL_EXPIRATION AWS_VAULT WARDER_PROFILE"
).split()
PROMPT = "ready>"


def path_of(home, stand_in=None):
    """A PATH on which `warder` is the one under test, or a stand-in for it."""
    folder = home.root / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / "warder"
    program.unlink(missing_ok=True)
    if stand_in:
        program.write_text(stand_in)
        program.chmod(0o755)
    else:
        program.symlink_to(WARDER)
    return f"{folder}:{home.environment['PATH']}"


class Hooked:
    """A shell of one kind in a home."""

    def __init__(self, home, program):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
        self.home, self.program = home, program
        self.hook = HOOKS / f"warder.{program}"
        self.path = path_of(home)

    def stand_in(self, text):
        self.path = path_of(self.home, text)

    def variables(self, env=None):
        # direnv would say that it takes a while, wherever that comes.
        return self.home.variables(False, env) | {"PATH": self.path, "TERM": "dumb", "DIRENV_WARN_TIMEOUT": "10m"}

    def script(self, text, env=None, before="", timeout=500, cwd=None):
        """Runs a script after loading the hook; what it printed, as bytes."""
        file = self.home.root / "script"
        file.write_text(f"{before}\n. {self.hook}\n{text}\n")
        return subprocess.run(
            [self.program, *QUIET[self.program], file], env=self.variables(env), cwd=cwd or self.home.root,
            capture_output=True, timeout=timeout, start_new_session=True,
        )

    def at_terminal(self, before="", env=None, rows=(), command=None):
        return AtTerminal(self, before, env, command)


class AtTerminal:
    """A shell at a terminal of its own, driven line by line."""

    def __init__(self, shell, before="", env=None, command=None):
        command = command or [shell.program, *QUIET[shell.program], "-i"]
        self.child = pexpect.spawn(
            command[0], command[1:], env=shell.variables(env), cwd=str(shell.home.root), timeout=60, encoding="utf-8",
            echo=False, dimensions=(50, 400),
        )
        # No pause before each line: marks tell the output of one line from the next.
        self.child.delaybeforesend = None
        self.counter = 0
        if shell.program == "zsh":
            # A line typed while the line editor still runs would reach the shell with a carriage return.
            self.child.sendline("unsetopt zle prompt_cr prompt_sp; PS1='' PS2=''; printf '%s%s\\n' '<0' '>'")
            self.child.expect_exact("<0>")
        else:
            self.child.sendline("bind 'set enable-bracketed-paste off' 2>/dev/null; PS1='' PS2=''")
        self.run(before)
        self.run(f". {shell.hook}")

    def run(self, line):
        """Runs a line and shows one prompt after it; what was printed meanwhile."""
        self.counter += 1
        mark = f"<{self.counter}>"
        # The prompt's own work, and what it says, lies between the line and the mark.
        self.child.sendline(line)
        self.child.sendline(f"printf '%s%s\\n' '<{self.counter}' '>'")
        self.child.expect_exact(mark + "\r\n")
        return self.child.before.replace("\r\n", "\n")

    def value(self, name):
        return self.run(f'printf "%s" "[${{{name}-unset}}]"').rsplit("]", 1)[0].rsplit("[", 1)[1]

    def close(self):
        self.child.sendline("exit")
        exit_code(self.child)


def entries(text):
    """The variables of `env -0`, in an order of their own: a shell's is that of its hash table."""
    return sorted(entry for entry in text.split(b"\0") if entry)
