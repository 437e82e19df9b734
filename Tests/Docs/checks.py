"""Each check finds what the documents say and neither the source nor the tree knows."""

import ast
import re
import shlex

import tree
from manual import Said, pages

# How the columns are headed that hold messages.
MESSAGES = ("what warder says",)

FILE = re.compile(
    r"(?:\.ci|Benchmarks|Sources|Tests|completions|debian|docs|link|man|packaging|shell|systemd)/[\w./*-]*"
    r"|[\w*-]+\.(?:swift|py|md|c)|Makefile")
VARIABLE = re.compile(r"\$?([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])(?:=.*)?")
SETTING = re.compile(r"([a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?: =.*)?")
TYPE = re.compile(r"[A-Z]+[a-z]+\w*")
FUNCTION = re.compile(r"([a-z]\w*)\(((?:\w+:)+)\)")
OPTION = re.compile(r"(--[a-z][\w-]*)(?: \S+)?")
CALL = re.compile(r"(?<![\w/.@\"-])warder ((?:(?![|;&)>`]|\s#).)*)")


def spans():
    return [span for page in pages() for span in page.spans()]


def named(pattern, group=0):
    """What stands between backticks and has that form."""
    return [Said(match[group], one.place) for one in spans() if (match := pattern.fullmatch(one.text))]


def in_blocks(pattern, *languages):
    """What has that form in the blocks of code."""
    return [
        Said(match[1], line.place)
        for page in pages() for line in page.lines(*languages) for match in re.finditer(pattern, line.text)
    ]


def messages():
    """Messages of warder's: marked as such, or in a table of what warder says."""
    found = []
    for page in pages():
        found += [one for one in [*page.lines(), *page.spans()] if re.match(r"\s*(warder|hint): ", one.text)]
        for heading in MESSAGES:
            found += [Said(re.sub(r"^`(.*)`$", r"\1", cell.text), cell.place) for cell in page.cells(heading)]
    return found, tree.is_said


def files():
    return named(FILE), lambda name: tree.exists(name) if "/" in name else name in tree.names()


def variables():
    return named(VARIABLE, 1) + in_blocks(r"\b((?:AWS|WARDER|XDG)_[A-Z0-9_]+)\b"), tree.is_variable


def settings():
    def is_read(name):
        return name in tree.words() or name.removeprefix("warder_") in tree.words()

    return named(SETTING, 1) + in_blocks(r"^([a-z][a-z0-9_]+) =", "ini"), is_read


def types():
    """Types, and names of AWS's requests and answers."""
    return named(TYPE), lambda name: name in tree.words() or name in tree.names()


def functions():
    def is_there(name):
        function, labels = FUNCTION.fullmatch(name).groups()
        return tree.is_function(function, labels.rstrip(":").split(":"))

    return named(FUNCTION), is_there


def options():
    """Options on their own: of any command."""
    return named(OPTION, 1), lambda name: name in tree.options()


def targets():
    """Targets of the Makefile."""
    lines = [*spans(), *(line for page in pages() for line in page.lines("sh", ""))]
    calls = [(one, match[1]) for one in lines if (match := re.match(r"make ([a-z][a-z -]*)", one.text))]
    return [Said(word, one.place) for one, words in calls for word in words.split()], lambda name: name in tree.targets()


def commands():
    """Commands with their options, in lines of shell and between backticks."""
    found = [line for page in pages() for line in page.lines("sh", "nu", "zsh", "") if CALL.search(line.text)]
    for one in spans():
        # A label inside a format is not a command; `exec --serve` is one, without the program's name.
        is_label = re.search(r" v\d ?\Z", one.text) and is_written(one.text)
        if CALL.search(one.text) and not is_label or is_short(one.text.split()):
            found.append(one)
    return found, lambda line: not any(map(fault, called(line)))


def is_written(label):
    return any(literal.startswith(label) for literal in tree.literals())


def is_short(words):
    path = tuple(words[:1])
    if len(words) < 2 or path not in tree.commands():
        return False
    return re.match(r"--?[a-z]", words[1]) or bool(tree.commands()[path][1]) and re.fullmatch(r"[a-z|]+", words[1])


def called(line):
    """The words of each command of warder's in a line, without the program's name."""
    line = re.sub(r"(?:^|\s)#.*", "", line)
    matches = list(CALL.finditer(line))
    if not matches and is_short(line.split()):
        yield line.split()
    for match in matches:
        try:
            yield shlex.split(match[1].strip("\"' "))
        except ValueError:
            yield match[1].split()


def fault(words):
    """What is wrong with the words of a command, or None."""
    path = ()
    while words and words[0] in tree.commands()[path][1]:
        path, words = (*path, words[0]), words[1:]
    if not path:
        if not words or words[0].startswith(("-", "$")):
            return None
        path, words = (words[0],), words[1:]
        if path not in tree.commands():
            return f"there is no command {path[0]}"
    listed, below = tree.commands()[path]
    if below and words and re.fullmatch(r"[a-z|]+", words[0]):
        # `init|verify` stands for either.
        wrong = [word for word in words[0].split("|") if word not in below]
        return f"{' '.join(path)} has no {wrong[0]}" if wrong else None
    for index, word in enumerate(words):
        # What stands behind the profile is the other command's.
        if word == "--" or path == ("exec",) and index > 0 and not words[index - 1].startswith("-"):
            return None
        if word.startswith("--") and word.split("=")[0] not in listed:
            return f"{' '.join(path)} has no {word}"
    return None


def generator():
    """The commands that the generator of completions names."""
    path = "completions/writers/nu.py"
    tables = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse((tree.ROOT / path).read_text()).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "HOOK"
    }
    return [Said(name, path) for name in sorted(tables["HOOK"])], lambda name: (name,) in tree.commands()


def links():
    """Links within the tree, as a document's name and what it links to."""
    found = [
        Said(f"{page.name} {link.text}", link.place) for page in pages() for link in page.links()
        if ":" not in link.text.partition("#")[0]
    ]

    def leads(text):
        name, link = text.split(" ", 1)
        path, _, anchor = link.partition("#")
        target = ((tree.ROOT / name).parent / path).resolve() if path else tree.ROOT / name
        page = next((page for page in pages() if tree.ROOT / page.name == target), None)
        return target.exists() and (not anchor or page is not None and anchor in page.anchors)

    return found, leads


# What is found, at least: a check that has gone blind finds less.
CHECKS = {
    messages: 12, files: 40, variables: 120, settings: 180, types: 100, functions: 3, options: 50, targets: 10,
    commands: 190, generator: 2, links: 30,
}


def unknown(check):
    said, is_known = check()
    return [one for one in said if not is_known(one.text)]
