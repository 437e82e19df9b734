"""What the tree holds: its files, the words and messages of its source, the commands and options of the binary.

Nothing is run. The command line is read from `completions/warder.bash`, which the binary writes and another test
compares with it.
"""

import functools
import pathlib
import re
import shlex

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A message needs this many letters of its own, so that `\(a): \(b)` is not taken for every message there is.
LETTERS = 6
# What interpolation puts in; documents write it as `…`, or with an example in its place.
HOLE = "\0"


@functools.cache
def swift():
    """The text of each Swift file in Sources, wherever it stands there."""
    return {path: path.read_text() for path in sorted((ROOT / "Sources").rglob("*.swift"))}


@functools.cache
def names():
    """The names of all files and folders of the tree, but for what is built or hidden in it."""
    found = set()
    for top in ROOT.iterdir():
        if top.name in (".git", ".build", ".venv", ".try"):
            continue
        found.add(top.name)
        if top.is_dir():
            found |= {path.name for path in top.rglob("*") if path.suffix != ".pyc"}
    return found


def exists(pattern):
    """Whether a path of the tree, in which `*` may stand, leads to something."""
    return any(True for _ in ROOT.glob(pattern.rstrip("/")))


@functools.cache
def literals():
    """Every string literal of Sources, with HOLE for each interpolation."""
    return frozenset(literal for scan in scans().values() for literal in scan.found)


@functools.cache
def scans():
    return {path: Scanner(text).run() for path, text in swift().items()}


class Scanner:
    """Finds the string literals and the comments of Swift source."""

    STOP = re.compile(r'//[^\n]*|/\*|#*"""|#*"')

    def __init__(self, text):
        self.text, self.at, self.found, self.comments = text, 0, [], []

    def run(self):
        while match := self.STOP.search(self.text, self.at):
            self.at = match.end()
            self.take(match)
        return self

    def take(self, opening):
        if opening[0].startswith("/"):
            self.at = self.text.index("*/", self.at) + 2 if opening[0] == "/*" else self.at
            self.comments.append(slice(opening.start(), self.at))
        else:
            self.string(opening[0])

    def identifiers(self):
        """The words of the text without its comments."""
        code, at = [], 0
        for comment in self.comments:
            code.append(self.text[at : comment.start])
            at = comment.stop
        return re.findall(r"\w+", " ".join([*code, self.text[at:]]))

    def string(self, opening):
        hashes = opening.count("#")
        closing, escape = '"' * opening.count('"') + "#" * hashes, "\\" + "#" * hashes
        parts = []
        while not self.text.startswith(closing, self.at):
            if not self.text.startswith(escape, self.at):
                parts.append(self.text[self.at])
                self.at += 1
                continue
            self.at += len(escape)
            letter = self.text[self.at]
            self.at += 1
            if letter == "(":
                self.interpolation()
                parts.append(HOLE)
            elif letter == "u":
                end = self.text.index("}", self.at)
                parts.append(chr(int(self.text[self.at + 1 : end], 16)))
                self.at = end + 1
            else:
                parts.append({"n": "\n", "t": "\t", "r": "\r", "0": ""}.get(letter, letter))
        self.at += len(closing)
        # A long literal may be broken over lines, each but the last ending in a backslash.
        self.found.append(re.sub(r"\n\s*", " " if '"""' in opening else "\n", "".join(parts)).strip("\n"))

    def interpolation(self):
        depth = 1
        while depth:
            match = re.compile("[()]|" + self.STOP.pattern).search(self.text, self.at)
            self.at = match.end()
            if match[0] == "(":
                depth += 1
            elif match[0] == ")":
                depth -= 1
            else:
                self.take(match)


@functools.cache
def said():
    """The literals that can be recognised by their own words, each as a pattern of what it may print."""
    patterns = []
    for literal in literals():
        if is_telling(literal):
            # What ends in a colon goes on with something else.
            rest = ".*" if literal.endswith(": ") else ""
            # What is put in holds no `; `: that joins two messages, each of which is looked for.
            patterns.append("(?:(?!; ).)*?".join(re.escape(part) for part in literal.split(HOLE)) + rest)
    return re.compile("(?:" + "|".join(sorted(patterns)) + ")", re.DOTALL)


def is_telling(literal):
    """Whether a literal says more than what is put into it."""
    bare = re.sub(r"^(warder|hint): ", "", literal).replace(HOLE, "")
    # A label, as that of an item in the keyring, has at least the program's name and some signs.
    return len(re.findall(r"[^\W\d_]", bare)) >= LETTERS or literal.startswith("warder: ") and len(bare) > 2


def is_said(message):
    """Whether warder can print that message: whole, or as parts that `; ` joins."""
    bare = re.sub(r"^(warder|hint): ", "", message.strip())
    if any(said().fullmatch(form) for form in (message, message.strip(), bare, f"warder: {bare}", f"warder: {bare} ")):
        return True
    head, joint, tail = bare.partition("; ")
    return bool(joint) and is_said(head) and is_said(tail)


@functools.cache
def words():
    """Every word of the Swift without its comments, of the C, and of the scripts that are embedded or installed."""
    paths = [path for suffix in "ch" for path in (ROOT / "Sources").rglob(f"*.{suffix}")]
    for folder in ("shell", "completions", "systemd"):
        paths += [path for path in (ROOT / folder).iterdir() if path.is_file() and path.suffix != ".py"]
    found = {word for scan in scans().values() for word in scan.identifiers()}
    return frozenset(found.union(*(re.findall(r"\w+", path.read_text()) for path in paths)))


def is_variable(name):
    """Whether the source reads such a variable: named whole, or put together of a beginning and an end."""
    cuts = [(name[:at], name[at:]) for at in range(1, len(name)) if name[at] == "_"]
    return name in words() or any(
        head in words() and tail in literals() or head + "_" in literals() and tail[1:].lower() in words()
        for head, tail in cuts)


def is_function(name, labels):
    """Whether Sources declares a function of these argument labels."""
    pattern = rf"\bfunc\s+{re.escape(name)}\s*(?:<[^>]*>)?\s*\(" + r"[^()]*,\s*".join(
        rf"\s*{re.escape(label)}\b" for label in labels)
    return any(re.search(pattern, text) for text in swift().values())


@functools.cache
def commands():
    """Each command as its words, with its options and its subcommands."""
    text = (ROOT / "completions/warder.bash").read_text().split("# BEGIN: written", 1)[1].split("# END", 1)[0]
    found = {}
    for path, body in re.findall(r"^        ('[^']*')\)\n(.*?);;", text, re.DOTALL | re.MULTILINE):
        def listed(variable, body=body):
            match = re.search(rf"^\s*{variable}='([^']*)'", body, re.MULTILINE)
            return match[1].split() if match else []

        found[tuple(shlex.split(path)[0].split())] = (listed("options"), listed("commands"))
    for name in hidden():
        found.setdefault((name,), ([], []))
    return found


@functools.cache
def hidden():
    """Commands that help does not list: for hooks, completions, and the server of `exec --serve`."""
    found = set()
    for text in swift().values():
        for name, body in re.findall(r'    static let name = "(\w+)"\n(.*?)\n    let given: Given\n', text, re.DOTALL):
            # The command itself, and not one of its options, which are on lines of their own.
            if re.search(r"isHidden: true(?:, takesOptions: false)?\)\n    }\n", body + "\n"):
                found.add(name)
    return found


@functools.cache
def options():
    return frozenset(option for listed, _ in commands().values() for option in listed)


@functools.cache
def targets():
    """The targets of the Makefile."""
    return frozenset(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@functools.cache
def rooms():
    """What Package.swift says who may import whom: a module of Sources to the modules and products it may import."""
    text = re.sub(r"//[^\n]*", "", (ROOT / "Package.swift").read_text())
    found = {}
    for start in re.finditer(r"^        (?:room|\.systemLibrary|\.target|\.executableTarget)\(", text, re.MULTILINE):
        call = text[start.end() : closing(text, start.end())]
        if 'path: "Tests/' in call:
            continue
        name = re.search(r'"(\w+)"', call)
        listed = re.match(r",\s*(?:dependencies:\s*)?\[", call[name.end() :])
        imports = call[name.end() + listed.end() :] if listed else ""
        imports = re.sub(r'package: "[^"]*"', "", imports.split("]")[0])
        found[name[1]] = set(re.findall(r'"(\w+)"', imports))
    return found


def closing(text, at):
    """Where the parenthesis that was opened before `at` is closed."""
    depth = 1
    while depth:
        match = re.compile(r"[()]").search(text, at)
        depth += 1 if match[0] == "(" else -1
        at = match.end()
    return at
