"""A home whose keys are in a real Secret Service, among a thousand other items."""

import contextlib
import pathlib
import tempfile

from measure import Bench
from secret_service import Bus, Keyring

LOG_OUT = """\
#!/bin/sh
key=$(keyctl search @u user "warder:session-cache:{0}" 2>/dev/null) && keyctl unlink "$key" @u >/dev/null
rm -f "{1}"/warder/warder:*
"""


class DesktopBench(Bench):
    """`lookup` reads one item as other programs do; `log_out` removes what warder keeps of the Secret Service."""

    others = 1000

    def __init__(self, root, keyring):
        self.keyring = keyring
        super().__init__(root)
        self.lookup = ["secret-tool", "lookup", "xdg:schema", "org.warder.AccessKey", "name", "alice"]
        script = root / "log-out"
        script.write_text(LOG_OUT.format(self.identifier, self.runtime))
        script.chmod(0o755)
        self.log_out = str(script)

    def store_key(self):
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.keyring.bus.address
        key = "{}\n{}\n".format(*self.key)
        self.good("add", "alice", "--stdin", "--no-verify", "--no-write-profile", "--store", "libsecret", input=key)
        self.identifier = (self.data / "store").read_text().split()[1]
        self.identifiers.add(self.identifier)
        self.keyring.fill(self.others)


@contextlib.contextmanager
def desktop_bench():
    with tempfile.TemporaryDirectory(prefix="warder-bench-") as root:
        bus = Bus(pathlib.Path(root) / "bus")
        try:
            keyring = Keyring(bus)
            (pathlib.Path(root) / "home").mkdir()
            home = DesktopBench(pathlib.Path(root) / "home", keyring)
            try:
                yield home
            finally:
                home.clean()
                home.sts.stop()
                keyring.kill()
        finally:
            bus.kill()
