"""`warder doctor` waits for no pipe in the place of a file, however many profiles lead to it."""

import os
import time

import pytest
from doctor import codes, examined, ran
from home import ROLE, WARDER

PROFILES = 8


def pipe(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return path


def timed(home, *arguments):
    """What doctor says, and how long it takes; a single pipe that is waited for takes three seconds."""
    before = time.monotonic()
    result = ran(home, *arguments, timeout=20)
    taken = time.monotonic() - before
    assert taken < 2.5, (taken, result)
    return result


@pytest.fixture
def many(working):
    """A home with several more profiles that ask warder."""
    for number in range(PROFILES):
        working.add_profile(f"p{number}", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    assert codes(examined(working)) == []
    return working


def test_of_session_policies(working):
    policy = pipe(working.root / "policy.json")
    for number in range(PROFILES):
        working.add_profile(
            f"p{number}", f"warder_role_arn = {ROLE}", "warder_source_profile = alice",
            f"warder_mfa_serial = arn:aws:iam::123456789012:mfa/p{number}", f"warder_policy_file = {policy}")
    result = timed(working)
    assert result.code == 1 and f"there is no policy file {policy}" in result.out, result


@pytest.mark.parametrize("arguments", [["--online"], ["p1", "--online"], ["p1"], ["--fix", "--yes"]], ids=" ".join)
@pytest.mark.parametrize("name", ["credentials", "settings"])
def test_of_files_that_all_profiles_share(many, name, arguments):
    file = {"credentials": many.root / ".aws/credentials", "settings": many.root / "config/warder/config"}[name]
    pipe(file)
    result = timed(many, *arguments)
    assert result.code == 1 and "unreadable_file" in examined(many)["findings"][0]["code"], result
    assert file.is_fifo()


def test_of_profiles_to_adopt(many):
    with many.config_file.open("a") as file:
        for number in range(PROFILES):
            file.write(
                f"\n[profile q{number}]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = eu-west-1\n"
                f"credential_process = {WARDER} process q{number}\n")
    pipe(many.root / ".aws/credentials")
    text = many.config_file.read_text()
    result = timed(many, "--fix", "--yes")
    assert result.out.split("will run:")[1].count("$ warder adopt q") == PROFILES and result.code == 1, result
    assert many.config_file.read_text() == text
