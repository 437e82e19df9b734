"""What the words of help and of documents are, by their form."""

import re

from roff import Piece

FORMS = [
    # An option alone; one with its value is bold as a whole.
    ("Fl", re.compile(r"--?[A-Za-z][\w-]*")),
    ("Ev", re.compile(r"\$?[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9](?:=\S*)?")),
    ("Pa", re.compile(r"(?:~|\$[A-Z_]+|/[a-z][\w.-]*)(?:/[\w.*@-]+)+/?|~/\.\w+")),
    ("Cm", re.compile(r"(?:--[a-z][\w-]*|[a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?:(?: =|=| ).*)?")),
]
# What a document has between backticks and needs no quotes: a word, or a command.
WORDS = re.compile(r"[\w.…-]+|(?:warder|[a-z]+ --?[a-z]).*")
# Before and behind a word that is marked.
EDGES = re.compile(r"([(\"]*)(.*?)([.,:;)\"]*)")


def mark(text):
    """The macro for a word, or for what stands between backticks; None if nothing is known of it."""
    return next((macro for macro, form in FORMS if form.fullmatch(text)), None)


def code(text):
    """What stands between backticks in a document."""
    return Piece(text, mark(text) or ("Cm" if WORDS.fullmatch(text) else "Ql"))


def plain(text):
    """Running text of help, in which nothing is marked but by its form."""
    pieces = []
    for part in re.split(r"(\s+)", text):
        before, word, behind = EDGES.fullmatch(part).groups()
        macro = mark(word) if word and not word.isspace() else None
        pieces += [Piece(before), Piece(word, macro), Piece(behind)] if macro else [Piece(part)]
    return [piece for piece in pieces if piece.text]
