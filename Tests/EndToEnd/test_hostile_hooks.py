"""Five hundred hostile names given to `warder use` in a real shell with its hook."""

import random

import pytest
from home import ROLE, WARDER
from hooked import Hooked
from shells import RUN

WORDS = [
    "$(touch ran)", "`touch ran`", "${HOME}", "a b", "a  b", "'", "\\", "!x", "!!", "*", "?", "~", "~root",
    "=ls", "{a,b}", ";touch ran", "|cat", "&", "&&x", "#", "%s", "%%", "\u202ex", "ü", "e\u0301", "(", ")", "<x", ">ran", "^",
    "x=y", "@", "a:b", "$'x'", "$x", "\u00a0", "/../", "./", "+", "%n%m", ":", "-e", "--keys",
]


def hostile_names():
    chance = random.Random(7)
    names = list(WORDS)
    while len(names) < 500:
        name = "".join(chance.choices(WORDS, k=3))
        if name not in names:
            names.append(name)
    return [f"n{name}z" for name in names] + ["x" * 200, "y" * 65536]


def in_posix(name):
    value = "'" + name.replace("'", "'\\''") + "'"
    return [
        f"name={value}", 'if warder use --keys -- "$name" 2>/dev/null; then',
        'if [[ $WARDER_PROFILE == "$name" ]]; then echo same; else echo other; fi', "warder drop", "else echo refused; fi",
        "[[ $AWS_PROFILE$# == mine0 ]] || echo changed",
    ]


def in_fish(name):
    value = "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return [
        f"set name {value}", "if warder use --keys -- $name 2>/dev/null",
        'if test "$WARDER_PROFILE" = $name; echo same; else; echo other; end', "warder drop", "else; echo refused; end",
        'test "$AWS_PROFILE" = mine; or echo changed',
    ]


@pytest.mark.parametrize("program, lines", [("bash", in_posix), ("zsh", in_posix), ("fish", in_fish)])
def test_hostile_names(working, program, lines):
    """Each is used as it is, or refused; nothing runs, and the own is as before."""
    shell = Hooked(working, program)
    names = hostile_names()
    with working.config_file.open("a") as file:
        # Of the others a config file cannot tell.
        for name in (name for name in names if not set("#; \u00a0") & set(name)):
            file.write(f"\n[profile {name}]\nregion = eu-west-1\ncredential_process = {WARDER} process '{name}'\n")
            file.write(f"warder_role_arn = {ROLE}\nwarder_source_profile = alice\n")
    folder = working.root / "names"
    folder.mkdir()
    text = ["export AWS_PROFILE=mine"] + [line for name in names for line in lines(name)]
    result = shell.script("\n".join(text), cwd=folder)
    said = result.stdout.decode().splitlines()
    # What a function's command substitutions say goes past its redirections in fish.
    noise = [line for line in result.stderr.decode().splitlines() if not line.startswith(("warder: ", "hint: "))]
    assert noise == [] and len(said) == len(names) and set(said) == {"same", "refused"}, result
    assert said.count("same") >= 10 and said[-2:] == ["same", "same"]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("program", RUN)
@pytest.mark.parametrize("name", ["a b$(touch ran)'x", "`touch ran`;touch ran", "x\x1b]0;pwn\x07y"])
def test_a_hint_can_be_pasted(bare, program, name):
    """And steers no terminal."""
    shell = Hooked(bare, program)
    if program == "fish":
        text = "set -g WARDER_PROFILE $NAME; __warder_warn -5 ''"
    else:
        text = "WARDER_PROFILE=$NAME left=-5 way=''; __warder_warn"
    result = shell.script(text, env={"NAME": name})
    said, hint = result.stderr.decode().splitlines()
    assert said == f"warder: the session of {name.replace(chr(27), '?').replace(chr(7), '?')} has ended", result
    again = shell.script(f"function warder; printf '%s,' $argv; end; {hint.removeprefix('hint: ')}" if program == "fish" else
        f"warder() {{ printf '%s,' \"$@\"; }}; {hint.removeprefix('hint: ')}")
    assert again.stdout.decode() == f"use,{name}," and chr(27) not in hint, again
    assert not list(bare.root.rglob("ran"))


def test_a_name_that_nobody_would_read_is_cut_in_messages(working):
    """And the message's own words are there."""
    result = working.run("use", "--shell", "bash", "z" * 65536)
    assert (result.code, result.out) == (7, "false;\n")
    assert len(result.err) < 1000 and "z" * 100 + "…" + "z" * 100 in result.err and "there is no profile" in result.err
