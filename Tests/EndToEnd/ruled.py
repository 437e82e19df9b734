"""`/etc/warder/config`, seen by one warder alone: in a mount namespace, since nothing else moves that file."""

import os
import pathlib
import shutil
import subprocess

import pytest

PATH = "/etc/warder/config"
# A home's variables stay; only root may mount over /etc without being somebody else.
ENTER = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc && exec "$@"']


def missing():
    """Why no machine's settings can be put there; None where they can."""
    if os.geteuid() != 0:
        return "root is needed to mount over /etc"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        return "the kernel refuses a mount namespace"
    return None


def needed_of_etc(target):
    """Copies what programs read in /etc: users, hosts, certificates, the loader's cache."""
    for path in pathlib.Path("/etc").iterdir():
        if path.name not in ("passwd", "group", "nsswitch.conf", "hosts", "resolv.conf", "ld.so.cache", "ssl"):
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name, symlinks=True)
        else:
            shutil.copy(path, target / path.name)


class Machine:
    """A machine with an /etc of its own, on which a home's warder runs."""

    def __init__(self, etc):
        lacking = missing()
        if lacking:
            pytest.skip(lacking)
        self.etc = etc
        etc.mkdir(mode=0o755)
        etc.chmod(0o755)
        needed_of_etc(etc)
        self.folder = etc / "warder"
        self.file = self.folder / "config"

    def write(self, text):
        """Writes its settings, as its administrator does."""
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self.folder.chmod(0o755)
        if isinstance(text, str):
            text = text.encode()
        self.file.write_bytes(text)
        self.file.chmod(0o644)
        return self

    def rule(self, *lines):
        """Sets bounds, the first of which is line 2."""
        return self.write("[policy]\n" + "".join(line + "\n" for line in lines))

    @property
    def prefix(self):
        return [*ENTER, str(self.etc)]


class Ruled:
    """A home on such a machine."""

    def __init__(self, home, machine):
        self.home = home
        self.machine = machine

    def __getattr__(self, name):
        return getattr(self.home, name)

    def run(self, *arguments, **options):
        prefix = [*self.machine.prefix, *options.pop("prefix", [])]
        return self.home.run(*arguments, **options, prefix=prefix)

    def good(self, *arguments, **options):
        result = self.run(*arguments, **options)
        assert result.code == 0, result
        return result.out

    def rule(self, *lines):
        self.machine.rule(*lines)
        return self
