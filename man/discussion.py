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
            said = " ".join(lines).removeprefix("exit codes: ")
            found.exit_codes.append(prose([said[:1].upper() + said[1:] + "."]))
        else:
            found.description += blocks(lines)
    return found


COLUMNS = re.compile(r"(\S.*?:) {2,}(\S.*)")


def blocks(lines):
    """A paragraph, and what is indented in it as it is; one in two columns is a list."""
    if COLUMNS.fullmatch(lines[0]):
        return [columns(lines)]
    made, at = [], 0
    while at < len(lines):
        is_literal = lines[at].startswith(" ")
        end = next((n for n in range(at, len(lines)) if lines[n].startswith(" ") != is_literal), len(lines))
        made.append(roff.literal(dedented(lines[at:end])) if is_literal else prose(lines[at:end]))
        at = end
    return made


def columns(lines):
    """Heads with what is typed for each, in as many lines as it needs."""
    rows = []
    for line in lines:
        if match := COLUMNS.fullmatch(line):
            rows.append((match[1], [match[2]]))
        else:
            rows[-1][1].append(line.strip())
    return roff.tagged([(marks.plain(head), [roff.literal(typed, "-compact")]) for head, typed in rows])


def dedented(rows):
    least = min(len(row) - len(row.lstrip(" ")) for row in rows)
    return [row[least:] for row in rows]


def prose(lines):
    return roff.Block("text", roff.text(marks.plain(" ".join(lines))))
