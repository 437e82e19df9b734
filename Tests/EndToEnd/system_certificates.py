"""The system's certificates, and copies of them that a program sees in their place."""

import os
import pathlib
import shutil
import subprocess

SYSTEM = pathlib.Path("/etc/ssl/certs")
# A namespace of mounts; whom the kernel refuses it gets one of users with it, if at all.
SEPARATE = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]


def missing():
    """Why no copy can take their place; None where one can."""
    if not (SYSTEM / "ca-certificates.crt").exists():
        return "the system keeps its certificates elsewhere"
    if subprocess.run([*SEPARATE, "true"], capture_output=True).returncode != 0:
        return "the kernel refuses a mount namespace"
    return None


def copy_with(target, certificate, places=("file", "folder")):
    """Copies them, with one more in the file, in the folder, or in both, as update-ca-certificates(8) adds it."""
    shutil.copytree(SYSTEM, target, symlinks=True)
    text = certificate.read_text()
    if "folder" in places:
        (target / "added.pem").write_text(text)
        subprocess.run(["openssl", "rehash", target], check=True, capture_output=True)
    if "file" in places:
        with (target / "ca-certificates.crt").open("a") as file:
            file.write(text)
    return target


def in_place(copy):
    """What to write before a command that shall see the copy in place of the system's own."""
    return [*SEPARATE, "sh", "-c", f'mount --bind "$0" {SYSTEM} && exec "$@"', copy]
