"""warder's commands, options and places, as the binary describes them."""

import dataclasses
import json
import subprocess

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


def grammar(warder):
    """What the binary, and the shell's hook beside it, take."""
    dump = subprocess.run([warder, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
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
