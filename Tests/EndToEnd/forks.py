"""Programs of `Servers/forking.py`, each in a process of its own, that need not import anew what they need."""

import functools
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile

SERVERS = pathlib.Path(__file__).resolve().parent.parent / "Servers"
# Not the tests' own Python: dbus-python and PyGObject come as the system's packages.
PYTHON = "/usr/bin/python3"
# What each Python imports before it forks. The rest of botocore looks where the home is when it is imported.
MODULES = {
    PYTHON: ["keyring_client", "mock_secret_service"],
    sys.executable: ["botocore.compat", "dateutil.parser", "jmespath", "urllib3"],
}


@functools.cache
def parent(python):
    """The process that programs are forked from: one for each worker of pytest, and it ends with that."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [python, SERVERS / "forking.py", *MODULES[python]]
    with theirs:
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        subprocess.Popen(command, stdin=theirs, env=environment, start_new_session=True)
    return ours


def asked(python, what, *descriptors):
    try:
        socket.send_fds(parent(python), [json.dumps(what).encode()], descriptors)
        return json.loads(parent(python).recv(1 << 20))
    except BaseException:
        # A test that was ended while it waited leaves an answer behind, which is not the next one's.
        parent.cache_clear()
        raise


class Fork:
    """A program, as `subprocess.Popen` would have it. `files` are its standard input and output and its standard error;
    where they are not given, it has nothing to read, and what it prints is read from `stdout`."""

    stdin, returncode = None, None

    def __init__(self, program, *arguments, env, cwd="/", files=None, python=PYTHON):
        self.python = python
        wanted = {"run": program, "arguments": list(map(str, arguments)), "environment": env, "folder": str(cwd)}
        if files:
            self.pid = asked(python, wanted, *(file.fileno() for file in files))["pid"]
        else:
            reading, writing = os.pipe()
            with open(os.devnull, "rb") as nothing, os.fdopen(writing, "wb") as printed:
                self.pid = asked(python, wanted, nothing.fileno(), printed.fileno(), 2)["pid"]
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
            self.returncode = asked(self.python, {"wait": self.pid})["status"]
            os.close(self.ends)
        return self.returncode


def run(program, *arguments, input="", timeout=60, **options):
    """Runs a program to its end, like `subprocess.run`."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(input.encode())
        given.seek(0)
        process = Fork(program, *arguments, files=(given, out, err), **options)
        try:
            process.wait(timeout)
        finally:
            process.kill()
            process.wait()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return subprocess.CompletedProcess((program, *arguments), process.returncode, *texts)
