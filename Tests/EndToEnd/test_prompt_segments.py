"""The prompts that docs/shells.md shows, each in the program that it is for."""

import pathlib
import re
import shutil
import subprocess
import tomllib

import pytest
from home import TESTS
from panes import Tmux, until

THEME = pathlib.Path("/usr/share/powerlevel9k/powerlevel9k.zsh-theme")
LEFT = r"(?:1h00m|5\dm)"
# The theme's own line comes first, so that what is typed stands behind a prompt as the other panes have it.
NINE = """
POWERLEVEL9K_MODE=compatible POWERLEVEL9K_PROMPT_ON_NEWLINE=true
POWERLEVEL9K_MULTILINE_LAST_PROMPT_PREFIX='ready> '
POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(dir) POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=(status warder)
"""


def shown(mark):
    """The lines of docs/shells.md that hold a text, in the block that they stand in."""
    blocks = re.findall(r"(?ms)^```\w+\n(.*?)^```$", (TESTS.parent / "docs/shells.md").read_text())
    (block,) = [block for block in blocks if mark in block]
    return block


@pytest.fixture
def percent(working):
    """A home with a profile whose name is hard on zsh's prompts."""
    working.add_profile("50%n", "warder_role_arn = arn:aws:iam::222222222222:role/Half", "warder_source_profile = alice")
    return working


@pytest.fixture
def shell(percent):
    """Starts a shell in a pane, with more lines in its start-up file, or with these alone."""
    servers = []

    def start(program, file, text, is_all=False):
        server = Tmux(percent, program)
        servers.append(server)
        start_up = percent.root / file
        start_up.write_text(text if is_all else start_up.read_text() + text)
        return server.start()

    yield start
    for server in servers:
        server.kill()



@pytest.mark.parametrize("program, number, file", [("bash", 0, ".bashrc"), ("zsh", 1, ".zshrc")])
def test_the_lines_for_prompts(shell, program, number, file):
    line = shown("PS1=").splitlines()[number]
    assert line.endswith(f"# {program}")
    # The prompt that the other panes have tells when there is one.
    line = line.partition("  #")[0].replace("\\w", "ready> ").replace("%~", "ready> ")
    pane = shell(program, file, line + "\n")
    for name in ("prod", "50%n"):
        pane.run(f"warder use {name}")
        assert re.match(rf"\({re.escape(name)} {LEFT}\) ready> ", pane.recent()), pane.text()
    pane.run("warder drop; warder drop")
    assert pane.recent().startswith("ready> "), pane.text()


def test_the_segment_of_powerlevel9k(shell):
    if not THEME.exists():
        pytest.skip(f"there is no {THEME}: zsh-theme-powerlevel9k is not installed")
    pane = shell("zsh", ".zshrc", NINE + shown("_prompt_segment") + f"\n. {THEME}\n")
    pane.run(":")
    assert "prod" not in pane.text()
    for name in ("prod", "50%n"):
        # The segment stands in the line above the one that is typed in, and is drawn after it.
        pane.run(f"warder use {name}")
        segment = rf"(?m) {re.escape(name)} {LEFT} *\n.*\Z"
        until(lambda: re.search(segment, pane.text().rstrip("\n")), said=pane.text)
    text = pane.run("warder drop; warder drop")
    assert "prod" not in text and "50%" not in text, text


@pytest.mark.needs("zsh")
def test_the_segment_of_powerlevel10k_can_be_read(tmp_path):
    """There is no such theme in Debian 12: this is all that can be said."""
    file = tmp_path / "p10k"
    file.write_text(shown("p10k segment"))
    assert subprocess.run(["zsh", "-n", file], capture_output=True).stderr == b""


@pytest.mark.parametrize("way", ["", "--keys "])
def test_what_starship_is_said_to_read(shell, way):
    """Its settings can be read, and the variables that they speak of are exported: also where there is no starship."""
    settings = tomllib.loads(shown("[aws]"))
    assert settings["aws"] == {"force_display": True}
    (name,) = settings["env_var"]
    pane = shell("bash", ".bashrc", "")
    pane.run(f"warder use {way}prod")
    found = pane.variables()
    assert found[name] == "prod"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["AWS_CREDENTIAL_EXPIRATION"])
    assert found.get("AWS_PROFILE") == (None if way else "prod") and "AWS_REGION" in found


# starship, in front of the line that is typed in, with the status of the last command.
STARSHIP = """
[container]
disabled = true

[character]
format = "ready> "

[status]
disabled = false
format = "<status $status>\\n"
"""
LEFT_IN_STARSHIP = r"\[(?:1h0m|5\dm)\d+s\]"
LOADING = {
    "bash": (".bashrc", 'eval "$(warder hook bash)"\n', 'eval "$(starship init bash)"\n'),
    "zsh": (".zshrc", 'eval "$(warder hook zsh)"\n', 'eval "$(starship init zsh)"\n'),
    "fish": ("config/fish/config.fish", "set -g fish_greeting\nwarder hook fish | source\n", "starship init fish | source\n"),
}


@pytest.fixture(params=["before", "after"])
def starship(shell, percent, request):
    """Starts a shell with starship and the documented sections, loaded before the hook or after it."""
    if not shutil.which("starship"):
        pytest.skip("starship is not installed")
    (percent.root / ".config").mkdir(exist_ok=True)
    (percent.root / ".config/starship.toml").write_text(shown("[aws]") + STARSHIP)

    def start(program):
        file, hook, load = LOADING[program]
        # A shell that logs in has begun its PATH anew.
        path = f"$HOME/bin {pathlib.Path(shutil.which('starship')).parent} $PATH"
        path = f"set -gx PATH {path}\n" if program == "fish" else f"PATH={path.replace(' ', ':')}\n"
        return shell(program, file, path + (load + hook if request.param == "before" else hook + load), is_all=True)

    return start


def line_above(text):
    """What stands between the last command and the line that is typed in next."""
    return text.rstrip().splitlines()[-1]


@pytest.mark.parametrize("program", LOADING)
def test_the_sections_of_starship(starship, percent, program):
    folder = percent.root / "folder"
    folder.mkdir()
    (folder / ".warder").write_text("prod\n")
    percent.good("trust", folder)
    pane = starship(program)
    assert "prod" not in pane.run(":")
    for name in ("prod", "50%n"):
        shown_above = line_above(pane.run(f"warder use '{name}'"))
        # starship's own section has the name, a region and the time; the other has the name.
        name = re.escape(name)
        assert re.search(rf" {name} .*{LEFT_IN_STARSHIP} {name}", shown_above), shown_above
    pane.run("warder drop --all")
    shown_above = line_above(pane.run("warder use --keys prod"))
    assert shown_above.count("prod") == 1 and re.search(LEFT_IN_STARSHIP, shown_above), shown_above
    shown_above = line_above(pane.run("warder drop"))
    assert "prod" not in shown_above and not re.search(LEFT_IN_STARSHIP, shown_above), shown_above
    assert "prod" in line_above(pane.run("cd folder")), pane.text()
    assert "prod" not in line_above(pane.run("cd ..")), pane.text()


@pytest.mark.parametrize("program", LOADING)
def test_starship_sees_how_a_command_ended(starship, program):
    pane = starship(program)
    for use in (":", "warder use prod"):
        pane.run(use)
        assert "<status 1>" in line_above(pane.run("false")), pane.text()
        assert "<status" not in line_above(pane.run("true")), pane.text()
