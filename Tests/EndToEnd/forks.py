"""Starts Python programs through `Servers/forking.py`, which forks them with their imports loaded."""

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
# What each Python imports before it forks. Not all of botocore: some modules look up the home folder on import.
MODULES = {
    PYTHON: ["keyring_client", "mock_secret_service"],
    sys.executable: ["botocore.compat", "dateutil.parser", "jmespath", "urllib3"],
}


@functools.cache
def parent(python):
    """The socket to the process that programs are forked from. Each pytest worker has its own, which ends with it."""
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
        # A test that is interrupted here would leave its answer for the next one to read.
        parent.cache_clear()
        raise


class Fork:
    """A running program, used like `subprocess.Popen`. `files` become its standard input, output and error. Without
    them it has nothing to read, and `stdout` is a pipe from its output."""

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
        """Until it is waited for it keeps its pid, so that the signal reaches no other process."""
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
