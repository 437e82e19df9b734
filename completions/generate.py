#!/usr/bin/env python3
"""Writes warder's commands and options into the completions, from the binary's own description.

    completions/generate.py           rewrites the marked part of each file beside it
    completions/generate.py --check   only says whether one of them is stale, by its exit code

The binary is $WARDER, or the one that `make` has built. The rest of those files is written by hand.
"""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WARDER = os.environ.get("WARDER", HERE.parent / ".build/release/warder")
BEGIN, END = "# BEGIN: written by completions/generate.py", "# END"

# What the shell's hook adds to the commands of the binary.
HOOK = {
    "use": ("Uses a profile in this shell", {"flags": ["keys", "read-only", "no-prompt"], "values": ["mfa-code"]}),
    "drop": ("Takes back what use has set", {"flags": ["all"], "values": []}),
}
# What the binary's description lacks: which positional arguments are names of keys, and which are names of profiles.
KEYS = {("add", "name"), ("remove", "name")}
PROFILES = {"profile", "profiles"}


@dataclasses.dataclass
class Option:
    names: list[str]
    help: str
    # None for a flag; "" for a value of any kind; "files", "profiles", "keys"; a list for one of its words.
    value: str | list[str] | None


@dataclasses.dataclass
class Place:
    name: str
    value: str | list[str]
    repeats: bool


@dataclasses.dataclass
class Command:
    path: tuple[str, ...]
    help: str
    options: list[Option]
    places: list[Place]
    commands: list["Command"]

    @property
    def key(self):
        return " ".join(self.path)

    @property
    def runs_another(self):
        return any(place.value == "command" for place in self.places)

    def all(self):
        return [self] + [below for command in self.commands for below in command.all()]


def kind(argument, path):
    """What an argument's value may be."""
    if argument.get("parsingStrategy") == "postTerminator":
        return "command"
    completion = argument.get("completionKind") or {}
    name = argument.get("valueName", "")
    if "list" in completion or argument.get("allValues"):
        return completion.get("list", {}).get("values") or argument["allValues"]
    if "file" in completion or "directory" in completion:
        return "files"
    if (path and path[-1], name) in KEYS:
        return "keys"
    if "custom" in completion or name in PROFILES and argument["kind"] == "positional":
        return "profiles"
    return "commands" if path == ("help",) else ""


def one_line(text):
    text = " ".join((text or "").split())
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def command(node, path=()):
    options, places = [], []
    for argument in node.get("arguments", []):
        if not argument["shouldDisplay"]:
            continue
        if argument["kind"] == "positional":
            places.append(Place(argument["valueName"], kind(argument, path), argument["isRepeating"]))
            continue
        names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
        value = None if argument["kind"] == "flag" else kind(argument, path)
        options.append(Option(sorted(names, key=len), one_line(argument.get("abstract")), value))
    # `help` hides its own `--help`, and `--version` belongs to the root, though each command lists it.
    if path:
        options = [option for option in options if option.names != ["--version"]]
    below = [
        command(child, (*path, child["commandName"]))
        for child in node.get("subcommands", []) if child["shouldDisplay"]
    ]
    return Command(path, one_line(node.get("abstract")), options, places, below)


def grammar():
    dump = subprocess.run([WARDER, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    root = command(json.loads(dump)["command"])
    known = {child.path[0] for child in root.commands}
    for name, (abstract, options) in HOOK.items():
        if name in known:
            continue
        listed = [Option([f"--{flag}"], "", None) for flag in options["flags"]]
        listed += [Option([f"--{value}"], "", "") for value in options["values"]]
        places = [Place("profile", "profiles", False)] if name == "use" else []
        root.commands.append(Command((name,), abstract, listed, places, []))
    return root


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def words(value):
    """A value's kind for bash: `@kind`, or the possible words."""
    return ",".join(value) if isinstance(value, list) else f"@{value}" if value else ""


def bash(root):
    lines = ["__warder_grammar() {", "    commands='' options='' values='' places=()", "    case $1 in"]
    for one in root.all():
        lines.append(f"        {quoted(one.key)})")
        if one.commands:
            lines.append(f"            commands={quoted(' '.join(child.path[-1] for child in one.commands))}")
        names = " ".join(name for option in one.options for name in option.names)
        lines.append(f"            options={quoted(names)}")
        valued = [f"{name}:{words(o.value)}" for o in one.options if o.value is not None for name in o.names]
        if valued:
            lines.append(f"            values={quoted(' ' + ' '.join(valued) + ' ')}")
        if one.places:
            kinds = " ".join(quoted(words(place.value) + ("*" if place.repeats else "")) for place in one.places)
            lines.append(f"            places=({kinds})")
        lines.append("            ;;")
    return lines + ["    esac", "}"]


def zsh_action(name, value):
    if isinstance(value, list):
        return f":{name}:({' '.join(value)})"
    actions = {"files": "_files", "profiles": "__warder_profiles", "keys": "__warder_keys", "commands": "__warder_words"}
    return f":{name}:{actions.get(value, ' ')}"


def zsh(root):
    def escaped(text):
        return re.sub(r"([\[\]:\\])", r"\\\1", text)

    def specs(option):
        value = "" if option.value is None else zsh_action(option.names[-1].lstrip("-"), option.value)
        alone = "(- *)" if option.names[-1] in ("--help", "--version") else ""
        for name in option.names:
            equals = "" if option.value is None else "=" if name.startswith("--") else "+"
            yield quoted(f"{alone}{name}{equals}[{escaped(option.help)}]{value}")

    lines = []
    for one in root.all():
        function = "_" + "_".join(("warder", *one.path)).replace("-", "_")
        lines.append(f"{function}() {{")
        if one.commands:
            lines.append("    local -a commands=(")
            lines += [f"        {quoted(escaped(child.path[-1]) + ':' + child.help)}" for child in one.commands]
            lines += ["    )", f"    __warder_group {function} \\"]
            lines += [f"        {spec} \\" for option in one.options for spec in specs(option)]
            lines[-1] = lines[-1].removesuffix(" \\")
            lines.append("}")
            continue
        if one.runs_another:
            lines.append("    __warder_command && return")
        lines.append("    _arguments -s -S \\")
        lines += [f"        {spec} \\" for option in one.options for spec in specs(option)]
        number = 0
        for place in one.places:
            if place.value == "command":
                continue
            number += 1
            where = "*" if place.repeats else str(number)
            # With a bare blank, zsh would not complete an option that takes a value in this place.
            action = zsh_action(place.name, place.value) if place.value else f":{place.name}:{{_message {place.name}}}"
            lines.append(f"        {quoted(where + action)} \\")
        lines[-1] = lines[-1].removesuffix(" \\")
        lines.append("}")
    return lines


def quoted_fish(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_kind(value):
    """A value's kind for fish: `@kind`, or the possible words."""
    return quoted_fish(" ".join(value) if isinstance(value, list) else f"@{value}" if value else "")


def fish_list(name, rows, depth):
    """A fish list, one row per line."""
    blanks = "    " * depth
    return [] if not rows else [f"{blanks}set {name} " + f" \\\n{blanks}    ".join(" ".join(row) for row in rows)]


def fish(root):
    every = root.all()
    valued = [f"{one.key} {name}" for one in every for o in one.options if o.value is not None for name in o.names]
    lines = fish_list("-g __warder_paths", [[quoted_fish(one.key)] for one in every if one.path], 0)
    lines += fish_list("-g __warder_valued", [[quoted_fish(each)] for each in valued], 0)
    lines += ["", "function __warder_grammar --no-scope-shadowing", '    switch "$path"']
    for one in every:
        named = [(name, option) for option in one.options for name in option.names]
        values = [[name, fish_kind(option.value)] for name, option in named if option.value is not None]
        lines.append(f"        case {quoted_fish(one.key)}")
        lines += fish_list("subcommands", [[child.path[-1], quoted_fish(child.help)] for child in one.commands], 3)
        lines += fish_list("options", [[name, quoted_fish(option.help)] for name, option in named], 3)
        lines += fish_list("values", values, 3)
        lines += fish_list("places", [[fish_kind(place.value) for place in one.places]] if one.places else [], 3)
        if one.places and (one.places[-1].repeats or one.runs_another):
            lines.append(f"            set repeated {fish_kind(one.places[-1].value)}")
    return lines + ["    end", "end"]


def nu_type(value):
    if isinstance(value, list):
        return 'string@"nu-complete warder ' + "-or-".join(value) + '"'
    kinds = {"files": "path", "profiles": 'string@"nu-complete warder profiles"',
             "keys": 'string@"nu-complete warder keys"', "commands": 'string@"nu-complete warder commands"'}
    return kinds.get(value, "string")


def nu(root):
    every = root.all()
    lists = {tuple(value): None for one in every for o in [*one.options, *one.places]
             if isinstance(value := o.value, list)}
    lines = []
    for each in lists:
        words = " ".join(json.dumps(word) for word in each)
        lines.append(f'def "nu-complete warder {"-or-".join(each)}" [] {{ [{words}] }}')
    tops = " ".join(json.dumps(child.path[-1]) for child in root.commands)
    lines += [f'def "nu-complete warder commands" [] {{ [{tops}] }}', ""]
    for one in every:
        # The hook defines `use` and `drop`; a command that runs another one is written by hand below.
        if one.runs_another or one.path and one.path[0] in HOOK:
            continue
        if one.help:
            lines.append(f"# {one.help}")
        # A module must export a command of its own name as `main`.
        name = json.dumps(" ".join(("warder", *one.path))) if one.path else "main"
        lines.append(f"export extern {name} [")
        for place in one.places:
            dots = "..." if place.repeats else ""
            mark = "" if place.repeats else "?"
            lines.append(f"    {dots}{place.name.replace('-', '_')}{mark}: {nu_type(place.value)}")
        if one.commands and not one.places:
            lines.append("    command?: string")
        for option in one.options:
            long = next((name for name in option.names if name.startswith("--")), option.names[0])
            short = next((f"({name})" for name in option.names if not name.startswith("--")), "")
            kind = "" if option.value is None else f": {nu_type(option.value)}"
            help = f"  # {option.help}" if option.help else ""
            lines.append(f"    {long}{short}{kind}{help}")
        lines += ["]", ""]
    return lines[:-1]


FILES = {"warder.bash": bash, "_warder": zsh, "warder.fish": fish, "warder.nu": nu}


def renewed(path, lines):
    head, rest = path.read_text().split(BEGIN, 1)
    tail = rest.split("\n" + END + "\n", 1)[1]
    return "\n".join([head + BEGIN, *lines, END, ""]) + tail


def main():
    root = grammar()
    stale = []
    for name, write in FILES.items():
        path = HERE / name
        text = renewed(path, write(root))
        if text == path.read_text():
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text)
    if "--check" in sys.argv and stale:
        sys.exit(f"stale: {', '.join(stale)}: run completions/generate.py")


if __name__ == "__main__":
    main()
