#!/usr/bin/env python3
"""Writes warder's commands and options into the completions, from the binary's own description.

    completions/generate.py           rewrites the marked part of each file beside it
    completions/generate.py --check   only says whether one of them is stale, by its exit code

The binary is $WARDER, or the one that `make` has built. The rest of those files is written by hand.
"""

import os
import pathlib
import subprocess
import sys

from grammar import grammar
from writers import bash, fish, nu, zsh

HERE = pathlib.Path(__file__).resolve().parent
WARDER = os.environ.get("WARDER", HERE.parent / ".build/release/warder")
BEGIN, END = "# BEGIN: written by completions/generate.py", "# END"
WRITERS = [bash, zsh, fish, nu]


def stamp():
    """The line by which `warder doctor` knows completions of another version."""
    version = subprocess.run([WARDER, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return f"# of warder {version}"


def renewed(path, lines):
    head, rest = path.read_text().split(BEGIN, 1)
    tail = rest.split("\n" + END + "\n", 1)[1]
    return "\n".join([head + BEGIN, *lines, END, ""]) + tail


def main():
    root = grammar(WARDER)
    of_version = stamp()
    stale = []
    for writer in WRITERS:
        path = HERE / writer.FILE
        text = renewed(path, [of_version, *writer.lines(root)])
        if text == path.read_text():
            continue
        stale.append(writer.FILE)
        if "--check" not in sys.argv:
            path.write_text(text)
    if "--check" in sys.argv and stale:
        sys.exit(f"stale: {', '.join(stale)}: run completions/generate.py")


if __name__ == "__main__":
    main()
