#!/usr/bin/env python3
"""Measures what the hooks of bash and zsh cost at a prompt, compared with direnv's and starship's if they are
installed, and prints a table for docs/performance.md."""

import pathlib
import re
import shutil
import statistics
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TOP / "Tests/EndToEnd"), str(TOP / "Tests/Servers")]
from home import Home  # noqa: E402
from hooked import Hooked  # noqa: E402
from recording_sts import RecordingSTS  # noqa: E402

PROMPTS, ROUNDS = 1000, 5
INSIDE = "warder, in a folder with a .warder"
# What each hook runs before a prompt. starship's hook for zsh runs the program itself when the prompt is expanded.
FUNCTIONS = {
    "bash": {"nothing": ":", "warder": "__warder_prompt", INSIDE: "__warder_prompt", "direnv": "_direnv_hook", "starship": "starship_precmd"},
    "zsh": {"nothing": ":", "warder": "__warder_prompt", INSIDE: "__warder_prompt", "direnv": "_direnv_hook", "starship": 'starship_precmd; : "${(e)PROMPT}"'},
}
LOADING = {
    "direnv": 'eval "$(direnv hook {})"',
    "starship": 'eval "$(starship init {})"',
}
LOOP = {
    "bash": "TIMEFORMAT='time %R'; time for ((i = 0; i < {0}; i++)); do {1}; done",
    "zsh": "TIMEFMT='time %E'; zmodload zsh/datetime; s=$EPOCHREALTIME; for ((i = 0; i < {0}; i++)); do {1}; done; printf 'time %.6f\\n' $((EPOCHREALTIME - s))",
}


def seconds(shell, function, load, prompts, use):
    """How long `prompts` calls took."""
    terminal = shell.at_terminal(before=load or ":")
    terminal.run(use)
    text = terminal.run(LOOP[shell.program].format(prompts, function))
    terminal.close()
    return float(re.findall(r"time ([0-9.]+)", text)[-1])


def main():
    print("| what | bash | zsh |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="warder-bench-") as root:
        home = Home(pathlib.Path(root))
        sts = RecordingSTS().start()
        try:
            home.endpoint(sts.url)
            home.add_vault()
            home.add_profiles()
            home.unlock()
            home.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
            folder = home.root / "folder"
            folder.mkdir()
            (folder / ".warder").write_text("prod\n")
            home.good("trust", folder)
            for what in ("nothing", "warder", INSIDE, "direnv", "starship"):
                if what in LOADING and not shutil.which(what):
                    print(f"| {what} | not installed | |")
                    continue
                cells = []
                for program, functions in FUNCTIONS.items():
                    # The others start a process at each prompt.
                    prompts = PROMPTS if what in ("nothing", "warder", INSIDE) else PROMPTS // 10
                    use = f"cd {folder}" if what == INSIDE else "warder use prod"
                    load = LOADING.get(what, "").format(program)
                    times = [
                        seconds(Hooked(home, program), functions[what], load, prompts, use) / prompts * 1000
                        for _ in range(ROUNDS)
                    ]
                    cells.append(f"{statistics.median(times):.3f} ms")
                print(f"| {what} | {' | '.join(cells)} |", flush=True)
        finally:
            home.clean()
            sts.stop()


if __name__ == "__main__":
    main()
