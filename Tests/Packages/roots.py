"""Fresh systems of Debian and Ubuntu: made once by debootstrap, and changed in layers that go with the test.

Everything is mounted in a mount namespace of the one command that runs, so that nothing stays mounted, whatever fails.
"""

import fcntl
import os
import pathlib
import shlex
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
# Roots that are ready, each in a folder by its release's name; what is missing there is made in .build/roots.
READY = pathlib.Path(os.environ.get("WARDER_ROOTS", TOP / ".build/roots"))
MADE = TOP / ".build/roots"
# Debian's own keyring has no key of Ubuntu; a package of Debian 13 has.
UBUNTU = {"jammy"}
# Systems of one release share the archive of packages, and apt does not wait for its lock.
APT = "flock /var/cache/apt/archives/turn apt-get -qq -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Use-Pty=0"


class Unavailable(Exception):
    """Why there cannot be such a system on this machine."""


def check_machine():
    if os.geteuid() != 0:
        raise Unavailable("only root can mount another system")
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode:
        raise Unavailable("this machine does not allow mount namespaces")


def mirror():
    command = ["apt-get", "indextargets", "Created-By: Packages", "Label: Debian", "--format", "$(REPO_URI)"]
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode or not found.stdout:
        raise Unavailable("apt knows no mirror of Debian")
    return found.stdout.split()[0]


def root(release):
    """The folder of a system as debootstrap makes it."""
    MADE.mkdir(parents=True, exist_ok=True)
    with open(MADE / f"{release}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = [folder for folder in (READY / release, MADE / release) if folder.is_dir()]
        return ready[0] if ready else make_root(release)


def make_root(release):
    check_machine()
    if not shutil.which("debootstrap"):
        raise Unavailable("debootstrap is not installed")
    options, source = [f"--cache-dir={archives(release)}"], [mirror()]
    if release in UBUNTU:
        options, source = [*options, f"--keyring={ubuntu_keyring()}"], []
    part = MADE / f"{release}.part"
    shutil.rmtree(part, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", *options, release, str(part), *source]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"debootstrap {release} failed: {' '.join((done.stdout + done.stderr).splitlines()[-2:])}")
    return part.rename(MADE / release)


def archives(release):
    """Where the packages that were fetched for a release are kept."""
    folder = MADE / "archives" / release
    (folder / "partial").mkdir(parents=True, exist_ok=True)
    return folder


def ubuntu_keyring():
    kept = MADE / "ubuntu-archive-keyring.gpg"
    if not kept.exists():
        with System("trixie", MADE / "keyring") as system:
            system.update()
            system.run("cd /mnt && apt-get -qq download ubuntu-keyring && dpkg -x ubuntu-*.deb keys")
            shutil.copy(system.path("mnt/keys/usr/share/keyrings/ubuntu-archive-keyring.gpg"), kept)
    return kept


class System:
    """A system in a layer of its own above a root, or above another system that changes no more."""

    def __init__(self, release, work, above=None):
        check_machine()
        self.release, self.work = release, pathlib.Path(work)
        self.lower = above.layers() if above else [root(release)]
        shutil.rmtree(self.work, ignore_errors=True)
        for name in ("upper", "work", "merged"):
            (self.work / name).mkdir(parents=True)
        # In a container, the folder may be one that no overlay can be made of.
        done = self.run("true", check=False)
        if done.returncode:
            said, _, _ = done.stderr.partition("\n")
            raise Unavailable(f"this machine cannot mount {release}: {said}")

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        shutil.rmtree(self.work, ignore_errors=True)

    def layers(self):
        return [self.work / "upper", *self.lower]

    def path(self, name):
        """What a file of the system is outside of it; for files that this layer has changed."""
        return self.work / "upper" / name

    def put(self, source, place):
        target = self.path(place.lstrip("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)

    def enter(self, command):
        """The command that mounts all of it and runs `command` in it."""
        top = shlex.quote(str(self.work / "merged"))
        lower = ":".join(str(layer) for layer in self.lower)
        options = f"lowerdir={lower},upperdir={self.work}/upper,workdir={self.work}/work"
        steps = [
            f"mount -t overlay overlay -o {shlex.quote(options)} {top}",
            f"mount -t proc proc {top}/proc",
            f"mount --rbind /dev {top}/dev",
            f"mount --bind {shlex.quote(str(archives(self.release)))} {top}/var/cache/apt/archives",
            f"cp /etc/resolv.conf {top}/etc/resolv.conf",
            # Nothing is to be started by a package.
            f"printf '#!/bin/sh\\nexit 101\\n' > {top}/usr/sbin/policy-rc.d && chmod 755 {top}/usr/sbin/policy-rc.d",
            f"exec chroot {top} {command}",
        ]
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", " && ".join(steps)]

    def run(self, script, user=None, check=True, **environment):
        """Runs a script of the system's sh, as root or as a user; PATH and locale are a login's."""
        variables = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
            "HOME": f"/home/{user}" if user else "/root", "DEBIAN_FRONTEND": "noninteractive", "TERM": "dumb",
        } | environment
        # Of a user without a session; the folder stands in for systemd's.
        switch = f"setpriv --reuid {user} --regid {user} --init-groups " if user else ""
        command = f"{switch}sh -ec {shlex.quote(script)}"
        done = subprocess.run(self.enter(command), env=variables, capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=300)
        if check:
            assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done

    def update(self):
        """Fetches the lists of packages."""
        done = self.run(f"{APT} update", check=False)
        if done.returncode:
            raise Unavailable(f"apt-get update failed in {self.release}: {done.stderr.splitlines()[-1:]}")

    def install(self, *packages, recommended=True):
        option = "" if recommended else "--no-install-recommends"
        return self.run(f"{APT} install -y {option} {' '.join(packages)}")

    def files(self):
        """All paths outside of homes, and outside of what apt, dpkg and logs write for every package."""
        aside = ["/proc", "/sys", "/dev", "/run", "/tmp", "/mnt", "/root", "/home", "/var/lib/apt", "/var/lib/dpkg",
                 "/var/cache", "/var/log"]
        pruned = " -o ".join(f"-path {path}" for path in aside)
        return set(self.run(f"find / \\( {pruned} \\) -prune -o -print").stdout.splitlines())
