"""Homes that released versions of warder wrote, put where they were made, and warder run in them at their own time."""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import time

from home import TESTS, WARDER, Home

HOMES = TESTS / "Vectors/homes"
# What is trusted, and adopted, is so by its path.
ROOT = pathlib.Path("/tmp/warder-upgraded")
# Where AWS was: the names of cached sessions depend on it.
AWS = "http://127.0.0.1:4610"
CENTER = "http://127.0.0.1:4611"
SIGN_IN = "http://127.0.0.1:4612"
ENVIRONMENT = {
    "AWS_ENDPOINT_URL": AWS, "AWS_ENDPOINT_URL_SSO": CENTER, "AWS_ENDPOINT_URL_SSO_OIDC": CENTER,
    "AWS_ENDPOINT_URL_SIGNIN": SIGN_IN,
}
FOLDERS = [".aws", "cache", "config", "data", "key", "shop", "state"]


class UpgradedHome(Home):
    """Runs warder at the time at which the home was made, unless a test asks for the present: sessions end."""

    def __init__(self, root, made):
        super().__init__(root)
        self.made = made
        self.environment |= ENVIRONMENT | {"TZ": "UTC"}

    @property
    def ahead(self):
        """Of the machine's clock, in seconds: what servers take for the present."""
        return self.made["time"] - int(time.time())

    def at_its_time(self):
        """The beginning of a command that is run at the home's time."""
        shown = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.made["time"]))
        # Locks and waits go by the monotonic clock, and files keep the times that they have.
        quiet = ["env", "NO_FAKE_STAT=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"]
        return [*quiet, "faketime", "-f", f"@{shown}"]

    def start(self, *arguments, prefix=(), now=False, **options):
        if not now:
            prefix = [*self.at_its_time(), *prefix]
        return super().start(*arguments, prefix=prefix, **options)

    def given(self, profile, **options):
        """The id of the key that a program gets."""
        return json.loads(self.good("process", profile, **options))["AccessKeyId"]


@contextlib.contextmanager
def place():
    """The one folder for such homes, for one process at a time. The kernel's keyring, too, has the one key."""
    with open(f"{ROOT}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(ROOT, ignore_errors=True)
        ROOT.mkdir(mode=0o700)
        try:
            yield ROOT
        finally:
            shutil.rmtree(ROOT, ignore_errors=True)


@contextlib.contextmanager
def upgraded(folder):
    """The home in a folder of HOMES, with the binary under test where the older one was."""
    made = json.loads((folder / "made.json").read_text())
    with place() as root:
        home = UpgradedHome(root, made)
        shutil.rmtree(root / ".aws")
        shutil.rmtree(root / "config")
        shutil.copytree(folder / "home", root, dirs_exist_ok=True)
        private(root)
        for name, moment in made["modified"].items():
            os.utime(root / name, (moment, moment))
        (root / "bin").mkdir()
        (root / "bin/warder").symlink_to(WARDER)
        home.hooks = folder.parent / "hooks"
        try:
            yield home
        finally:
            home.clean()


def private(root):
    """git keeps no modes but that of programs."""
    for path in root.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    for path in root.glob("shop/**/*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
