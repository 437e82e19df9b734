"""Programs of `Servers/forking.py`, each in a process of its own, that need not import anew what they need."""

import functools
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import tempfile

SERVERS = pathlib.Path(__file__).resolve().parent.parent / "Servers"
# Not the tests' own Python: dbus-python and PyGObject come as the system's packages.
PYTHON = "/usr/bin/python3"


@functools.cache
def parent():
    """The process that the programs are forked from: one for each that runs tests, and it ends with that."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        subprocess.Popen([PYTHON, SERVERS / "forking.py"], stdin=theirs, env=environment, start_new_session=True)
    return ours


def asked(what, *descriptors):
    socket.send_fds(parent(), [json.dumps(what).encode()], descriptors)
    return json.loads(parent().recv(1 << 20))


class Fork:
    """A program, as `subprocess.Popen` would have it; `stdin` is a file, or nothing to read."""

    def __init__(self, program, *arguments, env, stdin=None):
        self.stdin, self.returncode = None, None
        reading, writing = os.pipe()
        wanted = {"run": program, "arguments": list(map(str, arguments)), "environment": env}
        with open(os.devnull, "rb") as nothing, os.fdopen(writing, "wb") as printed:
            self.pid = asked(wanted, (stdin or nothing).fileno(), printed.fileno(), 2)["pid"]
        self.stdout = os.fdopen(reading, "rb")
        self.ends = os.pidfd_open(self.pid)

    def send_signal(self, number):
        """It is there until it is waited for, so that its number is no other's."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout=None):
        if self.returncode is None:
            if not select.select([self.ends], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            self.returncode = asked({"wait": self.pid})["status"]
            os.close(self.ends)
        return self.returncode


def output(program, *arguments, env, input=None):
    """Runs a program, which must succeed; what it printed."""
    with tempfile.TemporaryFile() as given:
        given.write((input or "").encode())
        given.seek(0)
        process = Fork(program, *arguments, env=env, stdin=given)
        with process.stdout:
            out = process.stdout.read().decode()
    assert process.wait(60) == 0, (program, arguments, out)
    return out
