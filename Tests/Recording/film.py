"""A terminal that is filmed: what a real shell shows, after each key, at times of the film's own.

The times of typing and reading are the film's, so that the same story gives the same film; what is shown is real.
"""

import dataclasses
import time

import pexpect
import pyte

COLUMNS, ROWS = 100, 30
PROMPT = "$"
# Seconds: between two keys, and from Enter to the answer.
KEY, ANSWER = 0.035, 0.3
PATIENCE = 120


@dataclasses.dataclass(frozen=True)
class Cell:
    letter: str = " "
    color: str = "default"
    bold: bool = False


@dataclasses.dataclass(frozen=True)
class Frame:
    at: float
    """Seconds since the film began."""
    rows: tuple[tuple[Cell, ...], ...]
    cursor: tuple[int, int]
    """Column and row."""


class Terminal:
    """A bash, and the frames that were taken of it.

    - shown_as: what the frames have for a path of this machine; of the same length, so that no line is longer.
    """

    def __init__(self, environment, folder, shown_as):
        self.shown_as = shown_as
        assert all(len(path) == len(shown) for path, shown in shown_as.items())
        self.screen = pyte.Screen(COLUMNS, ROWS)
        # Keeps what scrolls away, for the text.
        self.roll = pyte.Screen(COLUMNS, 500)
        self.streams = [pyte.Stream(self.screen), pyte.Stream(self.roll)]
        self.frames, self.text, self.now = [], [], 0.0
        self.shell = pexpect.spawn(
            "bash", ["--norc", "--noprofile"], env=environment, cwd=folder, dimensions=(ROWS, COLUMNS),
            encoding="utf-8")
        self.until(self.is_ready)
        self.take()

    def is_ready(self):
        """Whether the shell asks for a command."""
        return self.before_cursor() == PROMPT + " "

    def before_cursor(self):
        return self.screen.display[self.screen.cursor.y][: self.screen.cursor.x]

    def until(self, condition):
        limit = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < limit, "\n".join(self.screen.display)
            try:
                data = self.shell.read_nonblocking(4096, timeout=0.2)
            except pexpect.TIMEOUT:
                continue
            for stream in self.streams:
                stream.feed(data)

    def take(self, seconds=0.0):
        """Takes a frame, which is shown for that long."""
        cursor = self.screen.cursor
        frame = Frame(self.now, tuple(map(self.row, range(ROWS))), (cursor.x, cursor.y))
        self.frames.append(frame)
        self.now += seconds

    def row(self, number):
        text = self.cleared(self.screen.display[number])
        held = self.screen.buffer[number]
        return tuple(Cell(letter, held[x].fg, held[x].bold) for x, letter in enumerate(text))

    def cleared(self, text):
        for path, shown in self.shown_as.items():
            text = text.replace(path, shown)
        return text

    def type(self, text):
        """Types it, each key as the terminal echoes it."""
        for letter in text:
            before = (self.screen.cursor.x, self.screen.cursor.y)
            self.shell.send(letter)
            self.until(lambda before=before: (self.screen.cursor.x, self.screen.cursor.y) != before)
            self.take(KEY)

    def enter(self, condition, reading):
        """Presses Enter, waits for what the condition is true of, and leaves that on the screen for as many seconds."""
        self.now += ANSWER
        line = self.screen.cursor.y
        self.shell.send("\r")
        # What was typed is still there; its line must have been left first.
        self.until(lambda: self.screen.cursor.y != line or self.screen.cursor.x == 0 or not self.before_cursor())
        # A command that fails comes back early.
        self.until(lambda: condition() or self.is_ready())
        assert condition(), "\n".join(self.screen.display)
        self.take(reading)

    def question(self, ending):
        return lambda: self.before_cursor().endswith(ending)

    def clear(self):
        """Clears the screen, as Ctrl+L does."""
        self.keep_text()
        self.shell.send("\f")
        self.until(lambda: self.is_ready() and self.screen.cursor.y == 0)
        self.take(KEY)

    def keep_text(self):
        lines = [self.cleared(line).rstrip() for line in self.roll.display]
        self.text += lines[: self.roll.cursor.y]

    def close(self):
        self.keep_text()
        self.shell.send("\x04")
        self.shell.expect(pexpect.EOF)
        self.shell.close()
