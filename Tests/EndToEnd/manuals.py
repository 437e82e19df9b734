"""The manual pages, made of the binary under test, and what readers see of them."""

import functools
import json
import os
import pathlib
import re
import subprocess
import sys

from home import WARDER
from tabs import TOP

GENERATOR = TOP / "man/generate.py"
# Of the reader's own settings none counts.
READER = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80", "HOME": "/nonexistent"}


def made(folder, source=TOP, **environment):
    """Writes the pages of a source tree into a folder."""
    done = subprocess.run(
        [sys.executable, source / "man/generate.py", WARDER, folder], env=os.environ | environment, capture_output=True,
        text=True)
    assert done.returncode == 0, done.stderr
    return folder


@functools.cache
def grammar():
    dump = subprocess.run([WARDER, "grammar"], check=True, capture_output=True, text=True).stdout
    return json.loads(dump)


def commands():
    """Each command with its path, groups and their commands among them, without the root."""
    def below(node, path):
        for child in node["commands"]:
            yield child, (*path, child["name"])
            yield from below(child, (*path, child["name"]))

    return list(below(grammar(), ()))


def help_of(path):
    return subprocess.run([WARDER, "help", *path], check=True, capture_output=True, text=True).stdout


def shown_by_man(page):
    """What man(1) shows in 80 columns, and what groff warns of."""
    done = subprocess.run(["man", "--warnings", "-l", page], env=READER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return bare(done.stdout), done.stderr


def shown_by_mandoc(page, width=80):
    done = subprocess.run(
        ["mandoc", "-T", "utf8", "-O", f"width={width}", page], env=READER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return bare(done.stdout)


def bare(text):
    """Text without what overstrikes it to make it bold, or colours it."""
    return re.sub(r"\x1b\[[0-9;]*m", "", re.sub(r".\x08", "", text))


def words(text):
    """Text in one line, with the quotes and dashes of a typewriter."""
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("‐", "-")).strip()


def sections(text):
    """The sections of a page as shown, by their titles."""
    parts = re.split(r"^([A-Z][A-Z, ]+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def tags(page, *titles):
    """What heads the entries of lists in the page's source, below the headings `titles`, the last one's alone."""
    found, path = [], []
    for line in pathlib.Path(page).read_text().splitlines():
        if line.startswith((".Sh ", ".Ss ")):
            heading = line[4:].strip('"').replace("\\&", "").replace('"', "")
            path = [heading] if line.startswith(".Sh") else [*path[:1], heading]
        elif line.startswith(".It ") and path[:len(titles)] == list(titles):
            found.append(line[4:].replace(r"\-", "-"))
    return found
