"""`warder doctor --fix`: what is safe is done, after a yes, and nothing else."""

import os

import pytest
from doctor import codes, examined, ran
from home import ROLE, WARDER, exit_code


@pytest.fixture
def faulty(working):
    """A home with a vault that others may read, a profile that SDKs do not ask warder for, and a region of nowhere."""
    working.vault.chmod(0o644)
    with working.config_file.open("a") as file:
        file.write(
            f"\n[profile x]\nrole_arn = {ROLE}\nsource_profile = alice\nregion = eu-wset-1\n"
            f"credential_process = {WARDER} process x\n")
    assert codes(examined(working)) == ["open_to_others", "setting_before_process", "unknown_region"]
    return working


def contents(home):
    return home.vault.stat().st_mode & 0o777, home.config_file.read_text()


def answered(home, answer):
    terminal = home.terminal("doctor", "--fix")
    terminal.expect_exact("run these? [y/N] ")
    shown = terminal.before
    terminal.sendline(answer)
    code = exit_code(terminal)
    return code, shown, terminal.before


def test_a_yes_does_what_is_safe(faulty):
    code, shown, after = answered(faulty, "y")
    assert f"$ chmod 600 {faulty.vault}" in shown and "$ warder adopt x" in shown
    assert "can fix 2 (it asks first)" in shown
    assert f"done: chmod 600 {faulty.vault}" in after and "done: warder adopt x" in after
    assert code == 1 and "1 finding: 1 broken" in after
    mode, text = contents(faulty)
    assert mode == 0o600 and "warder_role_arn" in text.split("[profile x]")[1] and "eu-wset-1" in text
    assert codes(examined(faulty)) == ["unknown_region"]


@pytest.mark.parametrize("answer", ["n", "", "no", "\x03"], ids=repr)
def test_anything_else_changes_nothing(faulty, answer):
    before = contents(faulty)
    code, _, after = answered(faulty, answer)
    assert contents(faulty) == before and "done" not in after
    assert code in ((4,) if answer != "\x03" else (None, 130, 4)), code


def test_without_a_terminal_it_takes_the_option(faulty):
    before = contents(faulty)
    result = faulty.run("doctor", "--fix")
    assert result.code == 4 and "--fix --yes" in result.err and contents(faulty) == before, result
    result = faulty.run("doctor", "--fix", "--yes")
    assert result.code == 1 and contents(faulty)[0] == 0o600, result
    assert codes(examined(faulty)) == ["unknown_region"]


def test_a_file_that_comes_into_the_place_meanwhile_stays_as_it_is(faulty):
    """While the question waits, another user who may write to the folder puts a link there."""
    other = faulty.root / "other"
    other.write_text("x")
    other.chmod(0o644)
    terminal = faulty.terminal("doctor", "--fix")
    terminal.expect_exact("run these? [y/N] ")
    faulty.vault.rename(faulty.root / "vault.aside")
    faulty.vault.symlink_to(other)
    terminal.sendline("y")
    assert exit_code(terminal) == 1 and "was replaced in the meantime" in terminal.before
    assert other.stat().st_mode & 0o777 == 0o644


def test_a_healthy_home_is_asked_nothing(working):
    before = contents(working)
    result = ran(working, "--fix")
    assert result.code == 0 and "will run" not in result.out and contents(working) == before


def test_when_all_is_mended_it_ends_well(working):
    working.vault.chmod(0o640)
    result = working.run("doctor", "--fix", "--yes")
    assert result.code == 0 and "no problems found" in result.err, result


def test_what_cannot_be_done_is_said_and_the_rest_is_done(faulty):
    faulty.config_file.parent.chmod(0o500)
    user = faulty.as_ordinary_user()
    faulty.config(faulty.config_file.read_text().replace(str(WARDER), user["executable"]))
    faulty.config_file.parent.chmod(0o500)
    result = faulty.run("doctor", "--fix", "--yes", **user)
    faulty.config_file.parent.chmod(0o700)
    assert result.code == 1 and f"done: chmod 600 {faulty.vault}" in result.err, result
    assert "done: warder adopt" not in result.err and "hint: " in result.err, result
    assert contents(faulty)[0] == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="root reads everything")
def test_what_comes_to_light_by_it_is_shown(home):
    """A file that could not be read hid what is in it."""
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    text = home.config_file.read_text().replace(str(WARDER), user["executable"])
    home.config(text.replace("eu-west-1", "eu-wset-1", 1))
    home.config_file.chmod(0)
    result = home.run("doctor", "--fix", "--yes", **user)
    before, after = result.out.split("will run:\n")
    assert "eu-wset-1" not in before and "there is no region eu-wset-1" in after, result
    assert result.code == 1 and "1 finding: 1 broken" in result.err, result


def test_options_that_do_not_go_together(home):
    home.run("doctor", "--yes").failed(2, "--yes works only with --fix")
    home.run("doctor", "--fix", "--json").failed(2, "only one of --fix, --report and --json")
