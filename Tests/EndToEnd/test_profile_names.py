"""Sections whose names no SDK takes: they are passed over, and whoever asks for one is told so."""

import pytest
from home import ROLE

KEY = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/plain\n"
NAMES = [
    ("münchen", "münchen"), ("a,b", "a,b"), ("a(b)", "a(b)"), ("foo!bar", "foo!bar"), ("in valid", "in valid"),
    ('"space name"', "space name"), ('"space name"', '"space name"'), ("'p'", "p"),
]


@pytest.mark.parametrize("command", ["process", "explain", "adopt"])
@pytest.mark.parametrize("written, asked", NAMES)
def test_the_section_is_shown(bare, written, asked, command):
    bare.config(f"[profile other]\n[profile {written}]\n{KEY}")
    result = bare.run(command, asked)
    result.failed(7, f"{bare.config_file}:2: there is no profile named {asked}: this section is passed over")


def test_in_the_credentials_file(bare):
    bare.config("[profile other]\n")
    (bare.root / ".aws/credentials").write_text(f"[münchen]\n{KEY}")
    bare.run("process", "münchen").failed(7, f"{bare.root}/.aws/credentials:1: ")


def test_a_locked_vault_does_not_hide_it(home):
    home.config(f"[profile münchen]\n{KEY}")
    home.run("process", "münchen").failed(7, f"{home.config_file}:1: ")


def test_as_a_source(bare):
    bare.config(f"[profile p]\nrole_arn = {ROLE}\nsource_profile = münchen\n[profile münchen]\n{KEY}")
    bare.run("process", "p").failed(8, f"{bare.config_file}:3: ", f"{bare.config_file}:4")


def test_a_name_that_stands_nowhere(bare):
    bare.config(f"[profile münchen]\n{KEY}")
    bare.run("process", "munchen").failed(7, "there is no profile or key named munchen")
