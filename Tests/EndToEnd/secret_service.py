"""A session bus of the tests' own, and on it the real Secret Service or one that misbehaves."""

import functools
import json
import os
import pathlib
import shutil
import signal
import subprocess

import forks

PASSWORD = "the password of the login"
SCHEMAS = {name: f"org.warder.{name}" for name in ("AccessKey", "SessionCacheKey", "VaultKey", "LogSeal")}
# No service folder, unless a test has one: nothing starts that the test did not start.
BUS = """\
<busconfig>
  <type>session</type>
  {1}
  <listen>unix:path={0}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


@functools.cache
def missing(*programs, modules=False):
    """What is not installed of what a test needs; empty where all is there."""
    absent = [program for program in programs if not shutil.which(program)]
    if modules:
        probe = [forks.PYTHON, "-c", "import cryptography, dbus, gi"]
        if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            absent.append("python3-cryptography, python3-dbus and python3-gi")
    return absent


def parse(text):
    """A stored key as the Secret Service holds it: lines `name = value`."""
    return dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)


class Server:
    """A child that is stopped, resumed and ended."""

    process = None

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        """As it would crash; and when it is over, whatever became of it."""
        if self.process is None:
            return
        self.process.kill()
        for pipe in (self.process.stdout, self.process.stdin):
            if pipe:
                pipe.close()
        self.process.wait(60)
        self.process = None


class Bus(Server):
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(mode=0o700)
        self.socket = folder / "bus"
        self.address = f"unix:path={self.socket}"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(folder),
            "XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"), "DBUS_SESSION_BUS_ADDRESS": self.address,
        }
        self.start()

    def start(self, more=""):
        file = self.folder / "bus.conf"
        file.write_text(BUS.format(self.socket, more))
        self.socket.unlink(missing_ok=True)
        command = ["dbus-daemon", f"--config-file={file}", "--nofork", "--nopidfile", "--print-address"]
        with (self.folder / "bus.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=log)
        if not self.process.stdout.readline():
            raise RuntimeError((self.folder / "bus.log").read_text())

    def run(self, *command, input=None, check=True):
        """Runs another program on this bus; what it printed."""
        result = subprocess.run(
            list(map(str, command)), env=self.environment, input=input, capture_output=True, text=True, timeout=60
        )
        assert not check or result.returncode == 0, result
        return result.stdout

    def has_service(self):
        call = ["gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus"]
        call += ["-m", "org.freedesktop.DBus.NameHasOwner", "org.freedesktop.secrets"]
        return "true" in self.run(*call)


class Keyring(Server):
    """gnome-keyring-daemon with a login keyring of its own, unlocked."""

    real = True

    def __init__(self, bus):
        self.bus = bus
        self.start()

    def start(self):
        command = ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"]
        log = (self.bus.folder / "keyring.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                command, env=self.bus.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        self.process.stdin.write(PASSWORD.encode())
        self.process.stdin.close()
        # What it prints, it prints when its name is taken.
        while not self.bus.has_service():
            if self.process.poll() is not None:
                raise RuntimeError((self.bus.folder / "keyring.log").read_text())
        assert not self.locked()

    def client(self, *arguments, input=None):
        result = forks.run("keyring_client", *arguments, env=self.bus.environment, input=input or "")
        assert result.returncode == 0, result
        return result.stdout

    def lock(self):
        self.client("lock")

    def unlock(self):
        self.client("unlock", input=PASSWORD)

    def locked(self):
        return json.loads(self.client("locked"))

    def fill(self, count):
        self.client("fill", count)

    def items(self, schema=None):
        """All of them, or those of one of warder's schemas."""
        found = json.loads(self.client("items"))
        return [item for item in found if schema in (None, schema_of(item))]

    def lookup(self, schema, **attributes):
        """A secret as secret-tool finds it; None where there is none."""
        words = [word for pair in attributes.items() for word in pair]
        found = self.bus.run("secret-tool", "lookup", "xdg:schema", SCHEMAS[schema], *words, check=False)
        return found or None

    def clear(self, schema, **attributes):
        words = [word for pair in attributes.items() for word in pair]
        self.bus.run("secret-tool", "clear", "xdg:schema", SCHEMAS[schema], *words)

    def put(self, schema, text, label="a test's", **attributes):
        words = [word for pair in attributes.items() for word in pair]
        command = ["secret-tool", "store", "--label", label, "xdg:schema", SCHEMAS[schema], *words]
        self.bus.run(*command, input=text)


def schema_of(item):
    return item["attributes"].get("xdg:schema", "").removeprefix("org.warder.")


class MockService(Server):
    """The tests' own Secret Service. What it holds outlives it."""

    real = False

    def __init__(self, bus, *faults):
        self.bus = bus
        self.file, self.log = bus.folder / "items.json", bus.folder / "calls.log"
        self.start(*faults)

    def start(self, *faults):
        """Starts it anew, to misbehave in these ways."""
        self.kill()
        while self.bus.has_service():
            pass
        self.log.write_text("")
        self.process = forks.Fork("mock_secret_service", self.file, self.log, *faults, env=self.bus.environment)
        assert self.process.stdout.readline() == b"ready\n"

    def calls(self):
        """The methods that were called, in order."""
        return [line.split(" ")[0] for line in self.log.read_text().splitlines()]

    def items(self, schema=None):
        found = json.loads(self.file.read_text()).values() if self.file.exists() else []
        return [item for item in found if schema in (None, schema_of(item))]


def answered(home, *arguments, **options):
    """Runs a command that may ask the Secret Service, which gets half a second: of a busy machine, once more."""
    for _ in range(10):
        result = home.run(*arguments, **options)
        if "does not answer" not in result.out + result.err:
            break
    return result


def stored_keys(service):
    """Name → (id, secret), as the items of a Secret Service have them."""
    found = {}
    for item in service.items("AccessKey"):
        name, key = item["attributes"]["name"], parse(item["secret"])
        assert name not in found, f"{name} is there twice"
        found[name] = (key["aws_access_key_id"], key["aws_secret_access_key"])
    return found
