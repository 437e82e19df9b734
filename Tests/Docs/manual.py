"""What the documents say: code in lines, blocks of code, tables and links, each with its place."""

import dataclasses
import functools
import re

from tree import ROOT

SPAN = re.compile(r"(?<!`)`([^`\n]+(?:\n(?!\n)[^`\n]+)?)`(?!`)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")


@dataclasses.dataclass(frozen=True)
class Said:
    """A piece of a document, and where it stands."""

    text: str
    place: str

    def __str__(self):
        return f"{self.place}: {self.text}"


@dataclasses.dataclass(frozen=True)
class Page:
    name: str
    text: str

    def placed(self, text, at):
        return Said(text, f"{self.name}:{self.text.count(chr(10), 0, at) + 1}")

    @functools.cached_property
    def prose(self):
        """The page with its blocks of code blanked out, line for line."""
        return FENCE.sub(lambda block: "\n" * block[0].count("\n"), self.text)

    def spans(self):
        """What stands between backticks."""
        for match in SPAN.finditer(self.prose):
            yield self.placed(re.sub(r"\n\s*", " ", match[1]).replace("\\|", "|"), match.start())

    def lines(self, *languages):
        """The lines of the blocks of code in these languages; of all, where none is given."""
        for block in FENCE.finditer(self.text):
            if languages and block[1] not in languages:
                continue
            at = block.start(2)
            for line in block[2].splitlines(keepends=True):
                yield self.placed(line.rstrip("\n"), at)
                at += len(line)

    def cells(self, heading):
        """The first cell of each row of the tables whose first column is headed so."""
        table = rf"^\| *{re.escape(heading)} *\|.*\n\|[-| ]+\|\n((?:\|.*\n?)+)"
        for match in re.finditer(table, self.prose, re.MULTILINE):
            at = match.start(1)
            for row in match[1].splitlines(keepends=True):
                yield self.placed(re.split(r"(?<!\\)\|", row)[1].strip(), at)
                at += len(row)

    def links(self):
        for match in LINK.finditer(self.prose):
            yield self.placed(match[1], match.start())

    @functools.cached_property
    def anchors(self):
        return {anchor(heading) for heading in HEADING.findall(self.prose)}


def anchor(heading):
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@functools.cache
def pages():
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return tuple(Page(str(path.relative_to(ROOT)), path.read_text()) for path in sorted(paths))
