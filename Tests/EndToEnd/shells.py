"""The shells and formats that warder prints for: the one list of them in these tests, which the binary's own must equal."""

# By their names after `--shell` and `--format`.
SHELLS = ["bash", "zsh", "sh", "fish", "nu", "pwsh"]
FORMATS = ["dotenv", "json", "systemd", "github"]
# Those that have a hook and completions, and those of them that the tests can run: no Debian has nushell.
HOOKED = ["bash", "zsh", "fish", "nu"]
RUN = ["bash", "zsh", "fish"]
# What makes a program leave its start-up files alone.
QUIET = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"], "sh": [], "dash": []}
# What `env` prints when it fails.
FAILING = {shell: "false;\n" for shell in SHELLS} | {"nu": "false\n", "pwsh": "throw 'warder gave no credentials';\n"}
