"""What the completions know of commands is what the binary says of itself, and each shell offers it."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from home import WARDER
from shells import RUNNABLE
from tabs import COMPLETIONS, Tabs

# What the hooks of shells add, and what needs no offering.
HOOK = {"use", "drop"}


def test_the_files_are_not_stale():
    command = [sys.executable, COMPLETIONS / "generate.py", "--check"]
    done = subprocess.run(command, env=os.environ | {"WARDER": str(WARDER)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def commands():
    """Every command with its options, by the help that a user reads: (words, names of commands, options)."""
    dump = subprocess.run([WARDER, "grammar"], check=True, capture_output=True, text=True).stdout

    def walk(node, path):
        below = node["commands"]
        options = {"--help"} if path else {"--help", "--version"}
        for parameter in node["parameters"]:
            if parameter["role"] in ("flag", "option", "pair"):
                options.add(f"--{parameter['name']}")
            if parameter["role"] == "pair":
                options.add(f"--no-{parameter['name']}")
        yield path, {child["name"] for child in below}, options
        for child in below:
            yield from walk(child, (*path, child["name"]))

    return [row for row in walk(json.loads(dump), ()) if row[0] != ("help",)]


def offered_by_bash(lines):
    script = f"source {COMPLETIONS}/warder.bash\n" + "".join(
        f"COMP_LINE={json.dumps(line)} COMP_POINT={len(line)}; _warder warder {json.dumps(line.split(' ')[-1])};"
        ' echo "${COMPREPLY[*]}"\n' for line in lines)
    out = subprocess.run(["bash", "--norc", "-c", script], check=True, capture_output=True, text=True)
    assert out.stderr == ""
    return [set(line.split()) for line in out.stdout.splitlines()]


def offered_by_fish(lines):
    script = f"source {COMPLETIONS}/warder.fish\n" + "".join(f"complete -C '{line}'\necho =\n" for line in lines)
    out = subprocess.run(["fish", "--no-config", "-c", script], check=True, capture_output=True, text=True)
    assert out.stderr == ""
    return [{row.split("\t")[0] for row in part.splitlines()} for part in out.stdout.split("=\n")[:-1]]


@pytest.mark.parametrize("offered", [offered_by_bash, offered_by_fish])
def test_every_command_and_option_is_offered(offered):
    rows = commands()
    assert len(rows) > 20
    lines, wanted = [], []
    for path, below, options in rows:
        words = " ".join(("warder", *path))
        if below:
            lines.append(words + " ")
            wanted.append(below | (HOOK if not path else set()))
        lines.append(words + " --")
        wanted.append(options)
    for line, found, names in zip(lines, offered(lines), wanted):
        assert found == names, line


def test_zsh_completes_every_command_and_option(tmp_path):
    """Each by a Tab behind it: what zsh does not know, it does not end with a blank."""
    tabs = Tabs("zsh", tmp_path)
    try:
        for path, below, options in commands():
            for word in sorted(below | options):
                typed = tabs.given(" ".join(("warder", *path, word)) + "\t" + "END")
                assert typed[:len(path)] == list(path)
                if any(other != word and other.startswith(word) for other in below | options):
                    # `log` may become `login`.
                    assert typed[len(path):] in ([word + "END"], [word, "END"]), (path, word, typed)
                    continue
                assert typed[len(path):] in ([word, "END"], [word + "=END"]), (path, word, typed)
    finally:
        tabs.close()


@pytest.mark.parametrize("shell", RUNNABLE)
def test_values(shell, tmp_path):
    # bash completes the command behind `--` by bash-completion alone.
    library = pathlib.Path("/usr/share/bash-completion/bash_completion")
    more = [f"source {library}"] if shell == "bash" and library.exists() else []
    tabs = Tabs(shell, tmp_path, lines=more)
    try:
        assert tabs.given("warder env --shell fi\tx")[-1] == "x"
        assert tabs.given("warder add --store=libs\tx")[1:] == ["--store=libsecret", "x"]
        assert tabs.given("warder vault slots add keyf\tx") == ["vault", "slots", "add", "keyfile", "x"]
        (tabs.place / "a file").touch()
        assert tabs.given("warder add --csv a\tx")[1:] == ["--csv", "a file", "x"]
        tabs.names(["prod"])
        assert tabs.given("warder env --shell bash pr\tx") == ["env", "--shell", "bash", "prod", "x"]
        # One profile is what `env` takes, and `refresh` takes many.
        assert tabs.given("warder env prod pr\tx")[-1] in ("prx", "pr")
        assert tabs.given("warder refresh prod pr\tx") == ["refresh", "prod", "prod", "x"]
        if shell != "bash" or more:
            assert tabs.given("warder exec prod -- warder env pr\tx")[3:] == ["warder", "env", "prod", "x"]
    finally:
        tabs.close()


@pytest.mark.needs("fish")
def test_fish_says_what_each_is_for(tmp_path):
    """A text stands beside each word, and is not searched for what is typed."""
    lines = {
        "warder ad": ["add\tStores an access key", "adopt\tPoints profiles at warder, so that every SDK asks it for their"
                      " credentials"],
        "warder env --un": ["--unset\tPrint statements that unset the variables"],
        "warder -": ["-h\tShow this help", "--help\tShow this help", "-V\tShow the version",
                     "--version\tShow the version"],
        "warder store move --to l": ["libsecret\tlibsecret or file"],
        "warder store move --to=l": ["--to=libsecret\tlibsecret or file"],
        "warder folder": [], "warder env --statements": [], "warder env -- --un": [], "warder env --mfa-code --": [],
        "warder env \"--un": ["--unset\tPrint statements that unset the variables"],
        "warder vault slots rem": ["remove\tRemoves a way into the vault; the last one stays"],
    }
    script = f"source {COMPLETIONS}/warder.fish\n" + "".join(f"complete -C '{line}'\necho =\n" for line in lines)
    done = subprocess.run(["fish", "--no-config", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    found = [sorted(part.splitlines()) for part in done.stdout.split("=\n")[:-1]]
    assert dict(zip(lines, found)) == {line: sorted(rows) for line, rows in lines.items()}


@pytest.mark.needs("fish")
def test_fish_is_asked_little():
    """Each `complete` costs every Tab, and each that has a condition the more: there are two, however many options."""
    script = f"source {COMPLETIONS}/warder.fish\ncomplete -c warder"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 2, done.stdout
