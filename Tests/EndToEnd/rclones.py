"""rclone, a program of the Go SDK: of its first version in Debian's package, of its second in rclone's own release."""

import os
import pathlib
import shutil
import sys

import pytest

VENV = pathlib.Path(sys.executable).parent
ELSEWHERE = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if pathlib.Path(folder) != VENV)
PROGRAMS = {"Go 1": shutil.which("rclone", path=ELSEWHERE), "Go 2": shutil.which("rclone", path=str(VENV))}


def cat(version, url, what, profile=None):
    """The command that prints an object of the S3 at `url`."""
    if not PROGRAMS[version]:
        pytest.skip(f"rclone is not installed with the SDK {version}")
    options = f"provider=Other,env_auth,region=eu-west-1,force_path_style,endpoint='{url}'"
    options += f",profile={profile}" if profile else ""
    once = ["--config", os.devnull, "--retries", "1", "--low-level-retries", "1"]
    return [PROGRAMS[version], *once, "cat", f":s3,{options}:{what}"]
