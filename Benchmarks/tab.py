#!/usr/bin/env python3
"""What a Tab costs in each shell with 10,000 profiles: milliseconds, the fastest, the median and the slowest of many.

`function` is the completion itself, called inside the shell, and `cat` what the shell needs for the same names out of a
file, by turns: nothing that completes these names can be faster. `key` is a real Tab at a terminal, from the key to the
command that then runs, less the same with the name typed whole.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "Tests/EndToEnd"))
from home import WARDER  # noqa: E402
from tabs import COMPLETIONS, SHELLS, Tabs  # noqa: E402

PROFILES, ROUNDS = 10_000, 40
SECTION = "[profile filler-{0:05}]\nregion = eu-central-1\nrole_arn = arn:aws:iam::{0:012}:role/Developer\n\n"
FUNCTIONS = {
    "bash": """
        source {0}/warder.bash
        _floor() {{ local IFS=$'\\n'; COMPREPLY=($(cat {3})); }}
        for ((n = 0; n < {1}; n++)); do
            for what in warder floor; do
                COMP_LINE='warder env {2}' COMP_POINT=${{#COMP_LINE}} COMP_WORDS=(warder env '{2}') COMP_CWORD=2
                start=${{EPOCHREALTIME/./}}
                _$what warder '{2}' env
                echo $what $((${{EPOCHREALTIME/./}} - start)) ${{#COMPREPLY[@]}}
            done
        done""",
    # fish has no clock of its own: `none` is the cost of asking for the time.
    "fish": """
        source {0}/warder.fish
        complete -c floor -fa '(command cat {3})'
        complete -c none -f
        for n in (seq {1})
            for what in warder floor none
                set start (command date +%s%6N)
                set found (complete -C "$what env {2}")
                echo $what (math (command date +%s%6N) - $start) (count $found)
            end
        end""",
}


def called(shell, environment, word, names):
    """The completion and its floor called inside the shell: ({"warder": milliseconds, "floor": …}, how many names)."""
    script = FUNCTIONS[shell].format(COMPLETIONS, ROUNDS, word, names)
    flags = ["--no-config"] if shell == "fish" else ["--norc"]
    out = subprocess.run([shell, *flags, "-c", script], env=environment, check=True, capture_output=True, text=True)
    rows = [line.split() for line in out.stdout.splitlines()]
    counts = {row[2] for row in rows if row[0] != "none"}
    assert len(counts) == 1, counts
    times = {what: [int(row[1]) / 1000 for row in rows if row[0] == what] for what in ("warder", "floor", "none")}
    none = statistics.median(times["none"] or [0])
    return {what: [each - none for each in times[what]] for what in ("warder", "floor")}, int(counts.pop())


def typed(shell, root, one):
    """A Tab after the beginning of one name, or of all, from the key press to the command that then runs."""
    tabs = Tabs(shell, root / shell)
    warder = tabs.bin / "warder"
    asking = f'HOME={root} exec {WARDER} "$@"'
    warder.write_text(warder.read_text().replace('exec cat "$TABS/names"', asking))
    times = {"key": [], "none": []}
    for number in range(ROUNDS):
        name = f"filler-0{number:03}5"
        # All names share `filler-0`, which the Tab inserts.
        for what, begun, end in (
            ("key", name if one else "filler-", "\t" if one else "\t" + name[8:]),
            ("none", name[:-1] if one else "filler-", "5 " if one else name[7:]),
        ):
            tabs.terminal.send(f"warder env {begun}")
            time.sleep(0.1)
            start = time.monotonic()
            given = tabs.given(end)
            times[what].append((time.monotonic() - start) * 1000)
            assert given == ["env", name], given
    tabs.close()
    # Both include the command itself, and the check for what it wrote.
    return [key - statistics.median(times["none"]) for key in times["key"]]


def shown(shell, what, times):
    times = sorted(times)
    figures = f"{times[0]:6.1f} {statistics.median(times):6.1f} {times[-1]:6.1f}"
    print(f"{shell:5} {what:34} {figures}", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="warder-tab-") as folder:
        root = pathlib.Path(folder)
        every = [f"filler-{number:05}" for number in range(PROFILES)]
        (root / ".aws").mkdir()
        (root / ".aws/config").write_text("".join(SECTION.format(number) for number in range(PROFILES)))
        (root / "warder").symlink_to(WARDER)
        environment = os.environ | {"HOME": folder, "PATH": f"{root}:{os.environ['PATH']}"}
        shells = sys.argv[1:] or SHELLS
        for word in ("", "filler-", "filler-0123"):
            names = root / "names"
            names.write_text("".join(f"{name}\n" for name in every if name.startswith(word)))
            for shell in (shell for shell in shells if shell in FUNCTIONS):
                times, count = called(shell, environment, word, names)
                shown(shell, f"function, {count:,} fit {word!r}", times["warder"])
                shown(shell, "    the same by cat", times["floor"])
        for one in (True, False):
            for shell in shells:
                with tempfile.TemporaryDirectory(dir=root) as place:
                    (pathlib.Path(place) / ".aws").symlink_to(root / ".aws")
                    (pathlib.Path(place) / shell).mkdir()
                    times = typed(shell, pathlib.Path(place), one)
                shown(shell, f"key, {1 if one else PROFILES:,} fit", times)


if __name__ == "__main__":
    main()
