"""Ways to break a home whose config is `PROFILES`, for the tests of `warder doctor`."""

import time

from doctor import codes, examined, mend
from home import PROFILES, WARDER

# Where prod's settings are, and where the config ends.
PROD = PROFILES.splitlines().index("[profile prod]") + 1
PROCESS = PROD + 2
END = len(PROFILES.splitlines())
ASKS = f"credential_process = {WARDER} process prod"
KEY = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x" * 40}
SESSION = KEY | {"AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE", "AWS_SESSION_TOKEN": "t" * 40}
LAPSED = [f"{name.lower()} = {value}" for name, value in SESSION.items()]
MARK = b"\xef\xbb\xbf"


def replacing(old, new):
    """Writes something else into the config."""

    def change(home):
        text = home.config_file.read_text()
        assert old in text
        home.config(text.replace(old, new))

    return change


def process(command):
    """Gives prod another program."""
    return replacing(ASKS, f"credential_process = {command}")


def beside(*lines):
    """Gives prod more settings, below its first."""
    return replacing(ASKS, "\n".join([ASKS, *lines]))


def credentials(*lines):
    """Writes a credentials file."""

    def change(home):
        file = home.root / ".aws/credentials"
        file.write_text("\n".join(lines) + "\n")
        file.chmod(0o600)

    return change


def more(*lines):
    """Adds lines to the config, which has `END`."""
    return lambda home: home.config(PROFILES + "\n".join(lines) + "\n")


def added(text):
    """Adds text to the config, whatever it has."""
    return lambda home: home.config(home.config_file.read_text() + text)


def asking(name, *lines):
    """A profile that asks warder: its header is the first line, its other settings begin at the third."""
    return [f"[profile {name}]", f"credential_process = {WARDER} process {name}", *lines]


def bytes_of(encoding, mark=b"", end="\n"):
    """Writes the config in another way."""

    def change(home):
        home.config_file.write_bytes(mark + PROFILES.replace("\n", end).encode(encoding))

    return change


def variables(**values):
    return lambda home: values


def both(*changes):
    def change(home):
        values = {}
        for each in changes:
            values |= each(home) or {}
        return values

    return change


def edits(script):
    """The user's editor, which is called with the line, and changes it."""

    def make(home):
        editor = home.root / "editor"
        editor.write_text(f'#!/bin/sh\nexec sed -i --follow-symlinks "${{1#+}}{script}" "$2"\n')
        editor.chmod(0o755)
        return {"EDITOR": str(editor)}

    return make


def mode(bits, *names):
    """Gives files of the home's a mode."""

    def change(home):
        for name in names:
            (home.root / name).chmod(bits)

    return change


def at(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def mended(home, code):
    """Runs the command of one finding, whatever else there is; the finding must go with it."""
    (finding,) = [each for each in examined(home)["findings"] if each["code"] == code]
    mend(home, finding["command"])
    assert code not in codes(examined(home))
    return finding
