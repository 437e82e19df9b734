#!/usr/bin/env python3
"""Writes warder's manual pages, from the binary's own description and from the documents.

    man/generate.py BINARY FOLDER

Other pages of warder in the folder go. The same source gives the same bytes, wherever and whenever it is done.
"""

import json
import os
import pathlib
import subprocess
import sys

import commands
import source_date
from templates import Template, TemplateError

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


def pages(grammar, date):
    """Each page's name with its lines."""
    template, found = Template(ROOT, grammar, date), {}
    for path in sorted(HERE.glob("*.in")):
        try:
            found[path.stem] = template.page(path.read_text(encoding="utf-8"))
        except TemplateError as error:
            sys.exit(f"man/{path.name}: {error}")
    for node in grammar["commands"]:
        found[commands.page_name(("warder", node["name"])) + ".1"] = commands.page(grammar, node, date)
    return found


def aliases(grammar):
    """The pages that a command of a group is found by, each with its group's."""
    return {
        commands.page_name(path) + ".1": commands.page_name(path[:2]) + ".1"
        for node in grammar["commands"] for _, path in commands.leaves(node, ("warder", node["name"]))[1:]
    }


def put(folder, name, make):
    """Replaces a file at once: another process may be reading it, or writing the same."""
    new = folder / f".{name}.{os.getpid()}"
    make(new)
    new.replace(folder / name)


def write(folder, found, links):
    """Makes the folder hold these pages and links, and no other page of warder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in found.items():
        def page(path, text="\n".join(lines) + "\n"):
            path.write_text(text, encoding="ascii")
            path.chmod(0o644)

        put(folder, name, page)
    for name, page in links.items():
        put(folder, name, lambda path, page=page: path.symlink_to(page))
    for path in folder.glob("warder*.[0-9]"):
        if path.name not in found and path.name not in links:
            path.unlink(missing_ok=True)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    try:
        asked = subprocess.run([binary, "grammar"], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"man/generate.py: {error}")
    grammar = json.loads(asked.stdout)
    date = source_date.written(source_date.moment(ROOT))
    write(folder, pages(grammar, date), aliases(grammar))


if __name__ == "__main__":
    main()
