"""An animated SVG of a film: each piece of text is shown from one time to another, by CSS alone.

It has its own background, so that it reads the same on light and dark pages. Where there is no animation, or where the
reader wants none, the last frame stays.
"""

import collections
import dataclasses
from xml.sax.saxutils import escape

from film import COLUMNS, ROWS, Cell

# Pixels.
WIDTH, HEIGHT, SIZE, EDGE, BAR = 8.4, 18, 14, 16, 34
COLORS = {"green": "#7ee787", "red": "#ff9b94", "cyan": "#76c7f0", "brown": "#e3b341"}
BLANK = Cell()


@dataclasses.dataclass(frozen=True)
class Piece:
    """Letters of one form in a row, from one frame to another."""

    row: int
    column: int
    text: str
    form: Cell
    first: int
    """The number of its first frame."""
    end: int
    """The number of the frame that no longer has it."""


def lifetimes(frames, row, column):
    """(cell, first frame, end) for each thing that a place shows."""
    first = 0
    for number in range(1, len(frames) + 1):
        cell = frames[first].rows[row][column]
        if number == len(frames) or frames[number].rows[row][column] != cell:
            yield cell, first, number
            first = number


def pieces(frames):
    """What the film shows; letters that come and go together are one piece."""
    for row in range(ROWS):
        groups = collections.defaultdict(dict)
        for column in range(COLUMNS):
            for cell, first, end in lifetimes(frames, row, column):
                if cell.letter != " ":
                    groups[first, end, cell.color, cell.bold][column] = cell
        for (first, end, _, _), cells in sorted(groups.items(), key=lambda group: group[0][:2]):
            yield from joined(frames, row, cells, first, end)


def joined(frames, row, cells, first, end):
    """The cells as pieces: what lies between two of one piece is blank for as long as they are there."""

    def is_blank(column):
        return all(frame.rows[row][column].letter == " " for frame in frames[first:end])

    runs = []
    for column in sorted(cells):
        if runs and all(map(is_blank, range(runs[-1][-1] + 1, column))):
            runs[-1].append(column)
        else:
            runs.append([column])
    for run in runs:
        text = "".join(cells[column].letter if column in cells else " " for column in range(run[0], run[-1] + 1))
        yield Piece(row, run[0], text, cells[run[0]], first, end)


def drawn(film, title, description):
    """The film as SVG.

    - film: a terminal with its frames.
    """
    frames, length = film.frames, film.now
    times = [*(frame.at for frame in frames), length]
    spans = collections.defaultdict(list)
    for piece in pieces(frames):
        spans[piece.first, piece.end].append(piece)
    rules, shapes = [], []
    for number, ((first, end), group) in enumerate(sorted(spans.items())):
        is_last = end == len(frames)
        rules.append(f"@keyframes k{number}{{{seen(times[first], times[end], length, is_last)}}}")
        form = f'class="f{" z" if is_last else ""}" style="animation-name:k{number}"'
        shapes.append(drawn_together(group, form))
    rules.append(f"@keyframes c{{{''.join(cursor(frame, length) for frame in frames)}}}")
    return page(title, description, length, rules, shapes, position(*frames[-1].cursor))


def seen(start, end, length, is_last):
    """The steps of what is visible from `start` to `end`; before the first step, the element's own visibility holds."""
    if is_last:
        return f"0%{{visibility:hidden}}{part(start, length)}{{visibility:visible}}"
    return f"{part(start, length)}{{visibility:visible}}{part(end, length)}{{visibility:hidden}}"


def cursor(frame, length):
    x, y = position(*frame.cursor)
    return f"{part(frame.at, length)}{{transform:translate({x}px,{y}px)}}"


def part(at, length):
    return f"{100 * at / length:.2f}".rstrip("0").rstrip(".") + "%"


def position(column, row):
    return f"{EDGE + column * WIDTH:g}", BAR + EDGE + row * HEIGHT


def drawn_together(group, form):
    if len(group) == 1:
        return text(group[0], form)
    return f"<g {form}>{''.join(map(text, group))}</g>"


def text(piece, form=""):
    x, y = position(piece.column, piece.row)
    names = [piece.form.color] * (piece.form.color in COLORS) + ["bold"] * piece.form.bold
    if names and form:
        form = form.replace('class="', f'class="{" ".join(names)} ')
    elif names:
        form = f'class="{" ".join(names)}"'
    # Whatever font the reader has, a column is as wide as the next.
    length = f' textLength="{len(piece.text) * WIDTH:g}"' if len(piece.text) > 1 else ""
    return f'<text x="{x}" y="{y}"{length}{" " * bool(form)}{form}>{escape(piece.text)}</text>'


def page(title, description, length, rules, shapes, cursor):
    width, height = round(2 * EDGE + COLUMNS * WIDTH), BAR + EDGE + ROWS * HEIGHT
    colors = "".join(f".{name}{{fill:{color}}}" for name, color in COLORS.items())
    dots = "".join(
        f'<circle cx="{20 + 20 * number}" cy="17" r="6" fill="{color}"/>'
        for number, color in enumerate(("#ff5f57", "#febc2e", "#28c840")))
    style = (
        f"text{{font:{SIZE}px ui-monospace,SFMono-Regular,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#e6edf3;"
        f"white-space:pre}}.bold{{font-weight:bold}}{colors}"
        f".c{{fill:#e6edf3;opacity:.5;transform:translate({cursor[0]}px,{cursor[1]}px);animation-name:c}}"
        f".f,.c{{animation-duration:{length:g}s;animation-timing-function:step-end;animation-iteration-count:infinite}}"
        ".f{visibility:hidden}.z{visibility:visible}"
        "@media(prefers-reduced-motion:reduce){.f,.c{animation:none!important}}"
    )
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="t d" xml:space="preserve">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(description)}</desc>',
        f"<style>{style}",
        *rules,
        "</style>",
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9" fill="#0d1117" stroke="#4b5563"/>',
        dots,
        *shapes,
        '<rect class="c" ' + f'width="{WIDTH:g}" height="{HEIGHT}" y="{-SIZE}"/>',
        "</svg>\n",
    ])
