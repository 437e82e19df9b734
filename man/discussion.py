"""The text of a command's help: paragraphs, examples, and exit codes."""

import dataclasses
import re

import marks
import roff


@dataclasses.dataclass
class Discussion:
    """What help says of a command, by the section of its page."""

    description: list[roff.Block]
    examples: list[roff.Block]
    exit_codes: list[roff.Block]


def read(text):
    found = Discussion([], [], [])
    for paragraph in filter(None, text.split("\n\n")):
        lines = paragraph.split("\n")
        if match := re.match(r"(examples?|first steps):(.*)", lines[0]):
            rows = [match[2].strip()] if match[2] else lines[1:]
            found.examples.append(roff.literal(dedented(rows)))
        elif lines[0].startswith("exit codes: "):
            found.exit_codes.append(prose([lines[0].removeprefix("exit codes: "), *lines[1:]]))
        else:
            found.description += blocks(lines)
    return found


def blocks(lines):
    """A paragraph, and what is indented in it as it is; one that is set in columns is shown as it is, too."""
    if any(re.search(r"\S {2,}\S", line) and not line.startswith(" ") for line in lines):
        return [roff.literal(lines)]
    made, at = [], 0
    while at < len(lines):
        is_literal = lines[at].startswith(" ")
        end = next((n for n in range(at, len(lines)) if lines[n].startswith(" ") != is_literal), len(lines))
        made.append(roff.literal(dedented(lines[at:end])) if is_literal else prose(lines[at:end]))
        at = end
    return made


def dedented(rows):
    least = min(len(row) - len(row.lstrip(" ")) for row in rows)
    return [row[least:] for row in rows]


def prose(lines):
    return roff.Block("text", roff.text(marks.plain(" ".join(lines))))
