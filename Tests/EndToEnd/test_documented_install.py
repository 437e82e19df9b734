"""What README.md and docs/install.md say about installing, upgrading and uninstalling: the very lines, run."""

import fnmatch
import functools
import os
import re
import shutil
import subprocess

import manuals
import pytest
from home import TESTS, WARDER

TOP = TESTS.parent
DOCUMENTS = ("README.md", "docs/install.md")
VERSION = re.search(r'current = "([^"]+)"', (TOP / "Sources/Setup/Version.swift").read_text())[1]


@functools.cache
def commands():
    """Each command in a block of shell or in a table, without its comment."""
    found = []
    for name in DOCUMENTS:
        text = (TOP / name).read_text()
        blocks = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)).splitlines()
        cells = re.findall(r"`([^`]+)`", "\n".join(re.findall(r"^\|.*\|$", text, re.MULTILINE)))
        found += [re.sub(r"\s+# .*", "", line).strip() for line in [*blocks, *cells]]
    return tuple(found)


def those(pattern):
    found = [command for command in commands() if re.search(pattern, command)]
    assert found, pattern
    return found


def run(command, home, folder, **variables):
    """Runs a line as a user would, at home in `home`."""
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | variables
    done = subprocess.run(["bash", "-ec", command], env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, (command, done)
    return done.stdout + done.stderr


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.fixture(scope="module")
def tarball(tmp_path_factory):
    """The folder with the tarball, made of the binary under test."""
    folder = tmp_path_factory.mktemp("dist")
    run(f"packaging/tarball '{WARDER}' '{manuals.made(folder / 'man')}' '{folder}'", folder, TOP)
    return folder


def test_the_names_of_packages_are_those_that_make_gives():
    text = (TOP / "Makefile").read_text()
    made = re.findall(r"\.build/dist/(warder[\w.-]+\.(?:deb|tar\.gz))", text)
    assert len(made) >= 2
    pattern = r"warder\S*\.(?:deb|tar\.gz)"
    named = {word for command in those(pattern) for word in re.findall(pattern, command)}
    assert {"warder_*.deb", "warder-*.tar.gz"} <= named
    assert [name for name in named if not fnmatch.filter(made, name)] == []


def test_every_target_of_make_exists():
    targets = {word for command in those(r"\bmake [a-z]") for word in re.findall(r"\bmake ((?:[a-z]+ ?)+)", command)}
    known = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    assert {"install", "uninstall", "deb"} <= known and {name for words in targets for name in words.split()} <= known


def test_every_option_of_install_sh_exists():
    said = subprocess.run([TOP / "packaging/install.sh", "--help"], capture_output=True, text=True, check=True).stdout
    options = {word for command in those(r"/install\.sh --") for word in re.findall(r"--[a-z]+", command)}
    assert {"--uninstall", "--prefix"} <= options <= set(re.findall(r"--[a-z]+", said))


def test_the_tarball_s_lines(tarball, tmp_path):
    """Install, use, upgrade over itself, uninstall: each by the README's own line."""
    home, folder = tmp_path / "home", tmp_path / "downloads"
    home.mkdir(), folder.mkdir()
    for file in tarball.glob("warder-*.tar.gz"):
        shutil.copy(file, folder)
    # As root it goes to /usr/local, which the tests leave alone.
    unprivileged = "" if os.getuid() else " --prefix ~/.local"
    (install,) = {line for line in those(r"^tar xf .*install\.sh") if "&&" in line}
    run(install + unprivileged, home, folder)
    assert VERSION in run("~/.local/bin/warder --version", home, folder)
    vault = home / ".local/share/warder/vault"
    vault.write_text("a user's own")
    before = files(home)
    run(install + unprivileged, home, folder)
    assert files(home) == before
    (uninstall,) = set(those(r"^~/\.local/share/warder/install\.sh --uninstall$"))
    assert "keys" in run(uninstall, home, folder).lower()
    assert files(home) == {".local/share/warder/vault"} and vault.read_text() == "a user's own"


def test_what_is_deleted_deliberately_is_all_that_warder_keeps(home, sts):
    """The line that deletes everything leaves only what AWS's tools share."""
    home.unlock()
    home.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    (line,) = set(those(r"^rm -rf .*/warder"))
    # The tests' homes have their folders elsewhere, as the XDG variables say.
    kept = {path.parts[0] for path in map(type(home.root), files(home.root))}
    assert {"data", "cache", "state", "config"} <= kept
    folders = {"data": ".local/share", "state": ".local/state", "cache": ".cache", "config": ".config"}
    for name, folder in folders.items():
        assert f"~/{folder}/warder" in line
        (home.root / folder).parent.mkdir(parents=True, exist_ok=True)
        (home.root / name).rename(home.root / folder)
    run(line, home.root, home.root)
    assert {path for path in files(home.root) if "warder" in path} == set()


def test_a_key_comes_out_as_documented(home, sts):
    page = (TOP / "docs/install.md").read_text()
    (section,) = re.findall(r"^```ini\n(.*?)^```$", page[page.index("### Taking keys out"):], re.DOTALL | re.MULTILINE)
    with home.config_file.open("a") as file:
        file.write("\n" + section)
    said = home.good("process", "out", passphrase=True)
    assert f'"AccessKeyId":"{home.key[0]}"' in said and home.key[1] in said.replace("\\/", "/")
    assert sts.requests == []
