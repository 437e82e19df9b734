"""The documents' Markdown, as far as they use it, as blocks of a page."""

import re

import marks
import roff
from roff import Piece

INLINE = re.compile(r"`([^`]+)`|(\*\*?)(?=\S)(.+?)\2|\[((?:[^\]\[`]|`[^`]*`)+)\]\(([^)\s]+)\)")
HEADING = re.compile(r"(#+) (.*)")
ITEM = re.compile(r"(?:[-*]|\d+\.) +")
# How a column is headed that says what the first one means; the first two come before the others.
MEANING = ("what it does", "does", "what", "what it says", "")


def exact(text):
    """What stands between backticks, with its ends in sight: bytes of a format are what a reader has to find."""
    return Piece(text, "Ql")


class Markdown:
    """How a document becomes blocks: `code` makes a piece of what stands between backticks."""

    def __init__(self, code=marks.code):
        self.code = code

    def pieces(self, text):
        """Running text with its marks; of a link, its text."""
        found, at = [], 0
        for match in INLINE.finditer(text):
            found.append(Piece(text[at:match.start()]))
            if match[1] is not None:
                found.append(self.code(match[1].replace(r"\|", "|")))
            elif match[3] is not None:
                words, stop = re.fullmatch(r"(.*?)([.:]?)", match[3]).groups()
                found += [Piece(words, "Em"), Piece(stop)]
            else:
                found += self.pieces(match[4])
            at = match.end()
        found.append(Piece(text[at:]))
        return [piece for piece in found if piece.text]

    def prose(self, lines):
        return roff.Block("text", roff.text(self.pieces(" ".join(each.strip() for each in lines))))

    def table(self, rows):
        """A table as a list: the first column heads what the others say."""
        titles = cells(rows[0])[1:]
        entries = []
        for row in rows[2:]:
            first, *rest = cells(row)
            said = [(title, cell) for title, cell in zip(titles, rest) if cell]
            if len(rest) == 1:
                text = "".join(rest)
            else:
                said.sort(key=lambda each: each[0] not in MEANING[:2])
                text = " ".join(sentence(*each) for each in said)
            entries.append((self.pieces(first), [roff.Block("text", roff.text(self.pieces(text)))]))
        return roff.tagged(entries)

    def paragraph(self, lines):
        if lines[0].startswith("|"):
            return self.table(lines)
        if ITEM.match(lines[0]):
            kind = "enum" if lines[0][0].isdigit() else "bullet"
            return roff.listed(kind, [[self.prose(item)] for item in items(lines)])
        return self.prose(lines)

    def blocks(self, text):
        """A document or a part of it; a heading of two number signs is a section, one of more a subsection."""
        made, lines, at = [], text.split("\n"), 0
        while at < len(lines):
            each, end = lines[at], at + 1
            if match := HEADING.match(each):
                head = roff.section if len(match[1]) <= 2 else roff.subsection
                made.append(head(self.bare(match[2])))
            elif each.startswith("```"):
                end = lines.index("```", end) + 1
                made.append(roff.literal(lines[at + 1:end - 1]))
            elif each.strip():
                while end < len(lines) and lines[end].strip() and not lines[end].startswith("```"):
                    end += 1
                made.append(self.paragraph(lines[at:end]))
            at = end
        return made

    def bare(self, text):
        """Text without its marks."""
        return "".join(piece.text for piece in self.pieces(text))


def cells(row):
    """The cells of a row, each of which may be empty."""
    inner = re.fullmatch(r"\|(.*)\|", row.strip())[1]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def sentence(title, cell):
    """A cell beside others, as a sentence; a name keeps its first letter."""
    text = cell if title in MEANING else f"{title}: {cell}"
    if not re.match(r"[a-z]+[A-Z]", text):
        # A link may stand first.
        text = re.sub(r"\A\[?\w", lambda first: first[0].upper(), text)
    return text if text.endswith(".") else text + "."


def items(lines):
    """The lines of each item of a list."""
    found = []
    for each in lines:
        if ITEM.match(each):
            found.append([ITEM.sub("", each, count=1)])
        else:
            found[-1].append(each)
    return found


def anchor(heading):
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(text):
    """Each heading's line, depth and title; a comment in a block of code is none."""
    prose = re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)
    return [(at, len(match[1]), match[2]) for at, row in enumerate(prose.split("\n")) if (match := HEADING.match(row))]


def part(text, name, deep=False):
    """A heading, and what stands below it up to the next one; with `deep`, up to the next one of its level.

    Without a name: the document's title.
    """
    heads = headings(text)
    index = next((n for n, head in enumerate(heads) if not name or anchor(head[2]) == name), None)
    if index is None:
        raise ValueError(f"there is no heading #{name}")
    start, depth, title = heads[index]
    lines = text.split("\n")
    end = next((at for at, level, _ in heads[index + 1:] if not deep or level <= depth), len(lines))
    return title, "\n".join(lines[start + 1:end])
