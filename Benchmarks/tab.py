#!/usr/bin/env python3
"""What a Tab costs in each shell with 10,000 profiles: milliseconds, the fastest, the median and the slowest of many.

`function` is the completion itself, called inside the shell. `key` is a real Tab at a terminal, from the key to the
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
        for ((n = 0; n < {1}; n++)); do
            COMP_LINE='warder env {2}' COMP_POINT=${{#COMP_LINE}} COMP_WORDS=(warder env '{2}') COMP_CWORD=2
            start=${{EPOCHREALTIME/./}}
            _warder warder '{2}' env
            echo $((${{EPOCHREALTIME/./}} - start)) ${{#COMPREPLY[@]}}
        done""",
    "fish": """
        source {0}/warder.fish
        for n in (seq {1})
            set start (command date +%s%6N)
            set found (complete -C 'warder env {2}')
            echo (math (command date +%s%6N) - $start) (count $found)
        end""",
}


def called(shell, environment, word):
    """The completion called inside the shell: [(milliseconds, how many names)]."""
    script = FUNCTIONS[shell].format(COMPLETIONS, ROUNDS, word)
    flags = ["--no-config"] if shell == "fish" else ["--norc"]
    out = subprocess.run([shell, *flags, "-c", script], env=environment, check=True, capture_output=True, text=True)
    rows = [line.split() for line in out.stdout.splitlines()]
    return [(int(time) / 1000, int(count)) for time, count in rows]


def typed(shell, root):
    """A Tab behind a word that one name begins with, from the key to the command that then runs."""
    tabs = Tabs(shell, root / shell)
    warder = tabs.bin / "warder"
    asking = f'HOME={root} exec {WARDER} "$@"'
    warder.write_text(warder.read_text().replace('exec cat "$TABS/names"', asking))
    times = {"key": [], "none": []}
    for number in range(ROUNDS):
        for what, end in (("key", "\t"), ("none", "5 ")):
            tabs.terminal.send(f"warder env filler-0{number:03}" + ("5" if what == "key" else ""))
            time.sleep(0.1)
            start = time.monotonic()
            given = tabs.given(end)
            times[what].append((time.monotonic() - start) * 1000)
            assert given == ["env", f"filler-0{number:03}5"], given
    tabs.close()
    # The command itself, and the look for what it wrote, are in both.
    return [key - statistics.median(times["none"]) for key in times["key"]]


def shown(shell, what, times):
    times = sorted(times)
    figures = f"{times[0]:6.1f} {statistics.median(times):6.1f} {times[-1]:6.1f}"
    print(f"{shell:5} {what:34} {figures}", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="warder-tab-") as folder:
        root = pathlib.Path(folder)
        (root / ".aws").mkdir()
        (root / ".aws/config").write_text("".join(SECTION.format(number) for number in range(PROFILES)))
        (root / "warder").symlink_to(WARDER)
        environment = os.environ | {"HOME": folder, "PATH": f"{root}:{os.environ['PATH']}"}
        for word in ("", "filler-0123"):
            for shell in FUNCTIONS:
                rows = called(shell, environment, word)
                shown(shell, f"function, {rows[0][1]:,} names fit", [row[0] for row in rows])
        for shell in sys.argv[1:] or SHELLS:
            (root / shell).mkdir()
            shown(shell, "key, 1 name fits", typed(shell, root))


if __name__ == "__main__":
    main()
