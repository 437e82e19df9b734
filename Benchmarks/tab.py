#!/usr/bin/env python3
"""What a Tab costs in each shell with 10,000 profiles: milliseconds, the median and the slowest of many.

`function` is the completion itself, called inside the shell. `key` is a real Tab at a terminal, from the key to the
completed line: what the shell does with the names is in it.
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


def typed(shell, root, environment):
    """A Tab behind a word that one name begins with, from the key to the name on the screen."""
    tabs = Tabs(shell, root, environment=environment, lines=[f"PATH={root}:$PATH" if shell != "fish" else f"set -gx PATH {root} $PATH"])
    (root / "warder").symlink_to(WARDER)
    times = []
    for number in range(ROUNDS):
        tabs.terminal.send(f"warder env filler-0{number:03}")
        time.sleep(0.05)
        tabs.seen()
        start = time.monotonic()
        tabs.terminal.send("5\t")
        tabs.terminal.expect_exact([f"filler-0{number:03}5 ", "5 "])
        times.append((time.monotonic() - start) * 1000)
        tabs.terminal.send("\x15")
        tabs.seen()
    tabs.close()
    return times


def shown(shell, what, times):
    times = sorted(times)
    print(f"{shell:5} {what:34} {statistics.median(times):6.1f} {times[-1]:6.1f}", flush=True)


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
        (root / "warder").unlink()
        for shell in sys.argv[1:] or SHELLS:
            shown(shell, "key, 1 name fits", typed(shell, root, environment))
            (root / "warder").unlink()
            (root / "bin/warder").unlink()


if __name__ == "__main__":
    main()
