"""A command that `warder exec --serve` has started, and its server seen from outside."""

import http.client
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time

from home import ROLE

URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
# What somebody else runs to ask a server: its answer's status.
CLIENT = """
import sys, urllib.request, urllib.error
request = urllib.request.Request(sys.argv[1], headers={"Authorization": sys.argv[2]})
try:
    print(urllib.request.urlopen(request, timeout=20).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""
SHOW = 'env -0 > "$HOME/given.new" && mv "$HOME/given.new" "$HOME/given"; exec sleep 300'


def wait_for(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"there is no {what}"
        time.sleep(0.02)
    return found


def in_front(terminal, program):
    """Whether `program` runs in the foreground of the terminal; before it does, its shell still ignores Ctrl-Z."""
    group = os.tcgetpgrp(terminal.child_fd)
    try:
        return group != terminal.pid and pathlib.Path(f"/proc/{group}/comm").read_text() == program + "\n"
    except OSError:
        return False


class Served:
    """`sleep`, with a server beside it."""

    def __init__(self, home, *options, profile=None, **more):
        self.home = home
        # Servers of other tests may run at the same time; a name of its own tells this one from them.
        self.profile = profile or "prod-" + secrets.token_hex(6)
        if profile is None:
            # A session of its own too.
            lines = [f"warder_role_arn = {ROLE}", "warder_source_profile = alice"]
            home.add_profile(self.profile, *lines, f"warder_role_session_name = {self.profile}")
        given = home.root / "given"
        given.unlink(missing_ok=True)
        self.process = home.start("exec", "--serve", *options, self.profile, "--", "sh", "-c", SHOW, **more)
        # What the shell ran before the command has its environment too, and is its child until it has ended.
        wait_for(lambda: (given.exists() and self.runs("sleep")) or self.process.poll() is not None, "command")
        assert self.process.poll() is None, self.process.communicate()
        entries = given.read_text().split("\0")
        self.environment = dict(entry.split("=", 1) for entry in entries if entry)
        self.token = self.environment[TOKEN]
        self.port = int(self.environment[URI].split(":")[2].split("/")[0])
        self.path = "/" + self.environment[URI].split("/", 3)[3]

    def runs(self, program):
        return pathlib.Path(f"/proc/{self.process.pid}/comm").read_text() == program + "\n"

    def servers(self):
        """The processes of this one's server."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[:2] == [b"warder", b"serve"] and self.profile.encode() in words:
                found.append(int(folder.name))
        return found

    @property
    def server(self):
        (pid,) = self.servers()
        return pid

    def get(self, method="GET", path=None, timeout=20, **headers):
        """(status, what it said)."""
        given = {"Authorization": self.token} | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        given = {name: value for name, value in given.items() if value is not None}
        try:
            connection.request(method, path or self.path, headers=given)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def credentials(self):
        status, credentials = self.get()
        assert status == 200, credentials
        return credentials

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def raw(self, request):
        """All that is answered to these bytes."""
        with self.connect() as connection:
            try:
                connection.sendall(request)
            except (BrokenPipeError, ConnectionResetError):
                pass
            answer = b""
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except ConnectionResetError:
                pass
            return answer

    def head(self, *lines, request=None, host=None, token=None):
        request = request or f"GET {self.path} HTTP/1.1"
        host = host or f"127.0.0.1:{self.port}"
        return "\r\n".join([request, f"Host: {host}", f"Authorization: {token or self.token}", *lines, "", ""]).encode()

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=20)


def run_as(user, program, *arguments):
    """Runs a program of one's own in Python as another user."""
    return subprocess.run(
        ["/usr/bin/python3", "-c", program, *map(str, arguments)], user=user, group=user, extra_groups=[], cwd="/",
        env={}, capture_output=True, text=True, timeout=60, check=False,
    )
