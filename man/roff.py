"""mdoc(7): text and marked words as lines of it, and blocks as pages.

A page is a list of blocks, which `joined` sets apart. What stands in them has been through `escaped`, so that no text
can become a request, a macro or an escape.
"""

import dataclasses
import re

# What roff takes for something else than the character itself.
SPECIAL = {"\\": r"\e", "~": r"\(ti", "^": r"\(ha", "`": r"\(ga"}
LITERAL = SPECIAL | {"-": r"\-", "'": r"\(aq", '"': r"\(dq"}
# mdoc(7), "Delimiters": arguments of their own, which it sets without a space.
CLOSING = set(".,:;)]?!")


@dataclasses.dataclass(frozen=True)
class Block:
    """Lines of a page: a "text", a "display", a "list", or a "head"."""

    kind: str
    lines: list[str]


@dataclasses.dataclass(frozen=True)
class Piece:
    """Text, or a word with the macro that marks it: `Fl`, `Cm`, `Ev`, `Pa`, `Ar`, `Em`, `Xr`; `Ql` is quotes."""

    text: str
    macro: str | None = None


def escaped(text, table=SPECIAL):
    """Text for a line that does not begin with it."""
    if wrong := re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError(f"a control character in {text!r}: {wrong[0]!r}")
    return "".join(table.get(each) or (each if each.isascii() else rf"\[u{ord(each):04X}]") for each in text)


def guarded(made):
    """Escaped text as a line, which is no request even where it begins with a dot or a quote."""
    return r"\&" + made if made[:1] in (".", "'") else made


def quoted(made):
    """Escaped text as one argument of a macro, whatever is in it."""
    made = made.replace('"', r"\(dq")
    # Neither the name of a macro nor a delimiter, nor one that ends in a delimiter.
    if re.fullmatch(r"%?[A-Z][a-z%]?[a-z]?|[^\w\\]", made):
        made = r"\&" + made
    elif made[-1:] in CLOSING:
        made += r"\&"
    return f'"{made}"' if not made or " " in made else made


def argument(text, table=LITERAL):
    """Text as one argument of a macro."""
    return quoted(escaped(text, table))


def macro(piece):
    """A marked word as a macro with its argument."""
    if piece.macro == "Xr":
        return "Xr " + piece.text
    if piece.macro == "Fl":
        # The macro writes the first dash.
        return "Fl " + argument(piece.text.removeprefix("-"))
    return f"{piece.macro} {argument(piece.text, SPECIAL if piece.macro == 'Em' else LITERAL)}"


def call(chunk):
    """The macros, without the dot, of pieces that no space parts; their text has been escaped."""
    words, at_start = [], True
    for index, piece in enumerate(chunk):
        if piece.macro:
            words.append(macro(piece) if at_start else "Ns " + macro(piece))
            at_start = False
        elif index == 0:
            words.append("Pf " + quoted(piece.text))
        elif set(piece.text) <= CLOSING:
            words += piece.text
        else:
            words.append("Ns " + quoted(piece.text))
    return " ".join(words)


def chunks(pieces):
    """The pieces, parted where a space is, and their text escaped; a marked word is never parted."""
    found = [[]]
    for piece in pieces:
        if piece.macro not in (None, "Ql"):
            found[-1].append(piece)
            continue
        # Not by the macro: groff's takes what follows into the quotes.
        text = escaped(piece.text) if piece.macro is None else rf"\(oq{escaped(piece.text, LITERAL)}\(cq"
        for index, part in enumerate(text.split(" ")):
            if index:
                found.append([])
            if part:
                found[-1].append(Piece(part))
    return [chunk for chunk in found if chunk]


def text(pieces):
    """Running text: a sentence begins on a line of its own, as do marked words."""
    lines, words = [], []

    def end():
        if words:
            lines.extend(wrapped(words))
            words.clear()

    for chunk in chunks(pieces):
        if any(piece.macro for piece in chunk):
            end()
            lines.append("." + call(chunk))
            continue
        words.append("".join(piece.text for piece in chunk))
        if re.search(r"[.!?][)\"']*\Z", words[-1]):
            end()
    end()
    return lines


def wrapped(words, width=78):
    """Escaped words as lines of text, none of them longer than mandoc(1) likes."""
    rows = [[]]
    for word in words:
        if rows[-1] and len(" ".join([*rows[-1], word])) > width:
            rows.append([])
        rows[-1].append(word)
    return [guarded(" ".join(row)) for row in rows]


def tag(pieces):
    """What an entry of a list is headed with, in one line."""
    made, words = [], []
    # Quotes around each name would be too many.
    bare = [dataclasses.replace(piece, macro="Cm") if piece.macro == "Ql" else piece for piece in pieces]

    def end():
        if words:
            made.append("No " + quoted(" ".join(words)))
            words.clear()

    for chunk in chunks(bare):
        if any(piece.macro for piece in chunk):
            end()
            made.append(call(chunk))
        else:
            words.append("".join(piece.text for piece in chunk))
    end()
    return ".It " + " ".join(made) if made else r".It No \(em"


def literal(rows, form="-offset 2n"):
    """Lines as they are."""
    return Block("display", [f".Bd -literal {form}", *(guarded(escaped(row, LITERAL)) for row in rows), ".Ed"])


def tagged(entries, width=""):
    """A list of heads with what each means: pairs of pieces and blocks.

    A head of at most `width` stands beside its meaning, and the entries without lines between them.
    """
    lines = [f".Bl -tag -width {width} -compact" if width else ".Bl -tag -width Ds"]
    for head, blocks in entries:
        lines += [tag(head), *joined(blocks)]
    return Block("list", [*lines, ".El"])


def listed(kind, items):
    """A list with bullets ("bullet") or numbers ("enum"): items are blocks each."""
    lines = [f".Bl -{kind}"]
    for blocks in items:
        lines += [".It", *joined(blocks)]
    return Block("list", [*lines, ".El"])


def section(title):
    return Block("head", [".Sh " + escaped(title.upper())])


def subsection(title):
    return Block("head", [".Ss " + argument(title, SPECIAL)])


def joined(blocks):
    """The lines of blocks, with an empty line before a text that is not the first."""
    lines, before = [], "head"
    for block in blocks:
        if block.kind == "text" and before != "head":
            lines.append(".Pp")
        lines += block.lines
        before = block.kind
    return lines
