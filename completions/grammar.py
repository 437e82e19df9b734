"""warder's commands, options and places, as the binary describes them."""

import dataclasses
import json
import subprocess

@dataclasses.dataclass
class Option:
    names: list[str]
    help: str
    # None for a flag; "" for a value of any kind; "files", "profiles", "keys", "sso-sessions"; a list for one of its words.
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


# The binary's words for kinds of values, where the writers have others.
KINDS = {"text": "", "file": "files", "folder": "files", "key": "keys", "profile": "profiles", "sso-session": "sso-sessions",
         "program": "command", "command": "commands"}


def kind(parameter):
    """What a parameter's value may be."""
    value = parameter["value"]
    return value if isinstance(value, list) else KINDS[value]


def one_line(text):
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def command(node, path=()):
    options, places = [], []
    for parameter in node["parameters"]:
        name, role, text = parameter["name"], parameter["role"], one_line(parameter["help"])
        if role in ("operand", "operands", "command"):
            places.append(Place(name, kind(parameter), role != "operand"))
            continue
        names = [f"--{name}", f"--no-{name}"] if role == "pair" else [f"--{name}"]
        options.append(Option(names, text, kind(parameter) if role == "option" else None))
    # Every command knows help, and the root the version.
    options.append(Option(["-h", "--help"], "Show this help", None))
    if not path:
        options.append(Option(["-V", "--version"], "Show the version", None))
    below = [command(child, (*path, child["name"])) for child in node["commands"]]
    return Command(path, one_line(node["abstract"]), options, places, below)


def grammar(warder):
    """What the binary takes."""
    dump = subprocess.run([warder, "grammar"], check=True, capture_output=True, text=True).stdout
    return command(json.loads(dump))
