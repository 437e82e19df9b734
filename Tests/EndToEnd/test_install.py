"""`make install`: each shell finds the completions by itself, or by the line that is printed, and all goes again."""

import os
import re
import shutil
import subprocess
import tempfile

import pytest
from home import WARDER
from tabs import TOP, Tabs

BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


def make(target, prefix, *more):
    """Without building: what was built is what is tested."""
    binary = os.path.relpath(WARDER, TOP)
    # Other tests make the pages at the same time.
    with tempfile.TemporaryDirectory() as work:
        command = ["make", "-o", "build", target, f"PREFIX={prefix}", f"BINARY={binary}", f"MAN={work}/man", *more]
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done
    return done.stdout


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    make("install", folder)
    return folder


def test_what_is_installed_goes_again(tmp_path):
    make("install", tmp_path)
    assert files(tmp_path) >= {
        "bin/warder", "share/systemd/user/warder-lock.service", "share/systemd/user/warder-rotate.service",
        "share/systemd/user/warder-rotate.timer", "share/bash-completion/completions/warder",
        "share/zsh/site-functions/_warder", "share/fish/vendor_completions.d/warder.fish",
        "share/warder/completions/warder.nu", "share/warder/shell/warder.fish", "share/man/man1/warder.1",
        "share/man/man1/warder-env.1", "share/man/man1/warder-vault-slots-add.1", "share/man/man5/warder-config.5",
    }
    make("uninstall", tmp_path)
    assert files(tmp_path) == set()


def test_what_is_not_warders_own_stays(tmp_path):
    # Below ~/.local that folder is the data folder, in which the vault is.
    make("install", tmp_path)
    vault = tmp_path / "share/warder/vault"
    vault.write_text("keys")
    make("uninstall", tmp_path)
    assert vault.read_text() == "keys" and files(tmp_path) == {"share/warder/vault"}


def test_a_blank_in_the_prefix(tmp_path):
    place = tmp_path / "my programs"
    said = make("install", place)
    assert "bin/warder" in files(place) and files(tmp_path) == {f"my programs/{path}" for path in files(place)}
    assert f'ExecStart="{place}/bin/warder" lock' in (place / "share/systemd/user/warder-lock.service").read_text()
    assert f'ExecStart="{place}/bin/warder" rotate' in (place / "share/systemd/user/warder-rotate.service").read_text()
    assert f". '{place}'/share/bash-completion/completions/warder" in said
    make("uninstall", place)
    assert not (place / "share").exists()


def test_a_package_is_built_below_destdir(tmp_path):
    make("install", "/usr", f"DESTDIR={tmp_path}")
    assert "usr/share/zsh/site-functions/_warder" in files(tmp_path)
    assert "usr/share/warder/installed" not in files(tmp_path), "a package manager keeps its own list"
    assert "ExecStart=/usr/bin/warder" in (tmp_path / "usr/share/systemd/user/warder-lock.service").read_text()
    make("uninstall", "/usr", f"DESTDIR={tmp_path}")
    assert files(tmp_path) == set()


def test_pages_of_another_version_go_and_those_of_others_stay(tmp_path):
    folder = tmp_path / "share/man/man1"
    folder.mkdir(parents=True)
    for name in ("warder-gone.1", "warden.1", "warder-x.3"):
        (folder / name).write_text("old")
    make("install-man", tmp_path)
    assert not (folder / "warder-gone.1").exists() and (folder / "warder.1").exists()
    assert not (tmp_path / "bin").exists()
    make("uninstall", tmp_path)
    assert files(tmp_path) == {"share/man/man1/warden.1", "share/man/man1/warder-x.3"}


def test_pages_can_be_read_by_all_and_lead_to_each_other(prefix):
    pages = list((prefix / "share/man").rglob("*.?"))
    assert len(pages) > 40
    assert all(path.resolve(strict=True).stat().st_mode & 0o777 == 0o644 for path in pages)
    # By a name alone: a package is built in another folder than it is installed in.
    links = [str(path.readlink()) for path in pages if path.is_symlink()]
    assert "warder-vault.1" in links and not [link for link in links if "/" in link]


@pytest.mark.parametrize("document", ["README.md", "docs/install.md"])
def test_as_root_nothing_is_written_into_the_source(document):
    """What root made there, the user could not make again."""
    (command,) = re.findall(r"sudo (make .*?PREFIX=/usr/local)", (TOP / document).read_text())
    steps = subprocess.run([*command.split(), "--dry-run"], cwd=TOP, check=True, capture_output=True, text=True).stdout
    assert [step.split()[0] for step in steps.splitlines()] == ["packaging/install"], steps


def test_the_lines_to_add_are_said(tmp_path):
    said = make("install", tmp_path)
    assert 'eval "$(warder hook bash)"' in said
    if shutil.which("zsh"):
        assert f"fpath=({tmp_path}/share/zsh/site-functions $fpath)" in said and 'eval "$(warder hook zsh)"' in said
    if shutil.which("fish"):
        assert "warder hook fish | source" in said


# As /etc/skel has it in Debian and Ubuntu: ~/.bashrc comes before ~/.local/bin.
PROFILE = '. "$HOME/.bashrc"\nif [ -d "$HOME/.local/bin" ]; then PATH="$HOME/.local/bin:$PATH"; fi\n'


def test_the_lines_load_the_hook_in_a_login_shell(tmp_path):
    said = make("install", tmp_path / ".local")
    section = said.split("in ~/.bashrc:\n")[1].split("\nin ~/")[0]
    (tmp_path / ".bashrc").write_text(section)
    (tmp_path / ".profile").write_text(PROFILE)
    # Neither /etc/profile nor a folder that may hold another warder.
    environment = {"HOME": str(tmp_path), "PATH": str(tmp_path / "empty")}
    command = [shutil.which("bash"), "-c", ". ~/.profile; type -t warder"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("function\n", ""), done


def completes(shell, prefix, tmp_path, lines, environment=None, home=None):
    """Starts a shell without completions of the tests' own, and has it complete by what is installed."""
    tabs = Tabs(shell, tmp_path, lines=lines, environment=environment, loaded=False)
    try:
        tabs.names(["quality:eu"])
        assert tabs.given("warder env qual\t") == ["env", "quality:eu"]
        assert tabs.given("warder va\tslo\tli\t") == ["vault", "slots", "list"]
    finally:
        tabs.close()


@pytest.mark.skipif(not os.path.exists(BASH_COMPLETION), reason="bash-completion is not installed")
def test_bash_loads_it_by_itself(prefix, tmp_path):
    completes("bash", prefix, tmp_path, [f"source {BASH_COMPLETION}"], {"XDG_DATA_DIRS": f"{prefix}/share"})


def test_bash_without_bash_completion_takes_the_line(prefix, tmp_path):
    completes("bash", prefix, tmp_path, [f". {prefix}/share/bash-completion/completions/warder"])


@pytest.mark.needs("zsh")
def test_zsh_loads_it_from_fpath(prefix, tmp_path):
    completes("zsh", prefix, tmp_path, [
        f"fpath=({prefix}/share/zsh/site-functions $fpath)", "autoload -Uz compinit", "compinit -u -d $TABS/zcompdump",
    ])


@pytest.mark.needs("zsh")
def test_zsh_takes_the_lines_after_compinit(tmp_path):
    """As in Ubuntu, whose /etc/zsh/zshrc runs it."""
    said = make("install", tmp_path / "prefix")
    lines = [line.strip() for line in said.splitlines() if "fpath=" in line or "compdef" in line]
    completes("zsh", None, tmp_path, ["autoload -Uz compinit", "compinit -u -d $TABS/zcompdump", *lines])


@pytest.mark.needs("fish")
def test_fish_loads_it_by_itself(prefix, tmp_path):
    completes("fish", prefix, tmp_path, [], {"XDG_DATA_DIRS": f"{prefix}/share"})


@pytest.mark.needs("fish")
def test_fish_takes_the_line(prefix, tmp_path):
    completes("fish", prefix, tmp_path, [f"set -p fish_complete_path {prefix}/share/fish/vendor_completions.d"])
