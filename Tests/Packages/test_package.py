"""The Debian package as a file: what Debian's own checker says of it, what is in it, and that it belongs together."""

import gzip
import hashlib
import re
import subprocess

import pytest
from conftest import VERSION
from roots import TOP

# What is in the package beside documents and manual pages, which are each as many as there are.
PROGRAM = {
    "/usr/bin/warder",
    "/usr/lib/systemd/user/warder-lock.service",
    "/usr/lib/systemd/user/warder-rotate.service",
    "/usr/lib/systemd/user/warder-rotate.timer",
    "/usr/share/bash-completion/completions/warder",
    "/usr/share/fish/vendor_completions.d/warder.fish",
    "/usr/share/lintian/overrides/warder",
    "/usr/share/warder/completions/warder.nu",
    "/usr/share/warder/shell/warder.bash",
    "/usr/share/warder/shell/warder.fish",
    "/usr/share/warder/shell/warder.nu",
    "/usr/share/warder/shell/warder.zsh",
    "/usr/share/zsh/vendor-completions/_warder",
}
MANUAL = re.compile(r"/usr/share/man/man[15]/warder(-[a-z0-9-]+)?\.[15]\.gz")
DOCUMENT = re.compile(r"/usr/share/doc/warder/(changelog\.gz|copyright|(README|SECURITY)\.md(\.gz)?|docs/.+)")


def printed(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def control(package):
    """The fields of the package."""
    text = printed("dpkg-deb", "--field", package)
    return dict(re.findall(r"(?m)^([A-Za-z-]+): (.*(?:\n .*)*)$", text))


@pytest.fixture(scope="module")
def tree(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("package") / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
    return folder


def entries(package):
    """The mode, the owner and the path of each entry."""
    for line in printed("dpkg-deb", "--contents", package).splitlines():
        mode, owner, _, _, _, path = line.split(None, 5)
        yield mode, owner, path.removeprefix(".").split(" -> ")[0]


def test_lintian_has_nothing_to_say(package):
    said = subprocess.run(["lintian", "--info", "--display-info", "--pedantic", "--allow-root", package],
                          capture_output=True, text=True)
    assert (said.stdout, said.returncode) == ("", 0)


def test_each_override_says_why():
    lines = (TOP / "debian/warder.lintian-overrides").read_text().splitlines()
    overrides = [n for n, line in enumerate(lines) if line and not line.startswith("#")]
    assert overrides and all(lines[n - 1].startswith("# ") for n in overrides)


def test_it_is_small(package, control):
    assert package.stat().st_size <= 6_000_000
    assert int(control["Installed-Size"]) <= 16_000


def test_it_contains_what_it_says_and_nothing_else(package):
    files = {path for mode, _, path in entries(package) if not mode.startswith("d")}
    pages = {path for path in files if MANUAL.fullmatch(path)}
    documents = {path for path in files if DOCUMENT.fullmatch(path)}
    assert files - pages - documents == PROGRAM
    assert {"/usr/share/man/man1/warder.1.gz", "/usr/share/man/man5/warder-config.5.gz"} <= pages
    # Everything in docs/, and nothing of it twice.
    places = {path.removesuffix(".gz").removeprefix("/usr/share/doc/warder/") for path in documents}
    shipped = {place for place in places if place.startswith("docs/")}
    assert shipped == set(printed("git", "-C", TOP, "ls-files", "docs").split())


def test_modes_and_owners(package):
    for mode, owner, path in entries(package):
        expected = {"d": "drwxr-xr-x", "l": "lrwxrwxrwx"}.get(mode[0], "-rw-r--r--")
        if path == "/usr/bin/warder":
            expected = "-rwxr-xr-x"
        assert (mode, owner) == (expected, "root/root"), path


def test_the_sums_are_right(tree):
    lines = (tree / "DEBIAN/md5sums").read_text().splitlines()
    files = {path for path in (tree / "usr").rglob("*") if path.is_file() and not path.is_symlink()}
    assert {tree / line.split("  ")[1] for line in lines} == files
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.md5((tree / name).read_bytes()).hexdigest() == digest, name


def test_no_script_runs_when_it_is_installed(tree):
    assert {path.name for path in (tree / "DEBIAN").iterdir()} == {"control", "md5sums"}


def test_the_versions_agree(package, tree, control):
    changelog = gzip.decompress((tree / "usr/share/doc/warder/changelog.gz").read_bytes()).decode()
    head = re.search(r"^## ([\d.]+), ", (TOP / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert control["Version"] == VERSION == head
    assert changelog.startswith(f"warder ({VERSION}) ")
    assert printed(tree / "usr/bin/warder", "--version").split()[1] == VERSION
    assert package.name == f"warder_{VERSION}_{control['Architecture']}.deb"


def test_a_changelog_of_another_version_is_refused(tmp_path):
    """In a copy whose version has moved."""
    for name in ("packaging", "CHANGELOG.md", "debian", "Sources/Setup/Version.swift"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", TOP / name, tmp_path / name], check=True)
    version = tmp_path / "Sources/Setup/Version.swift"
    version.write_text(version.read_text().replace(f'"{VERSION}"', '"99.1.2"'))
    refused = subprocess.run([tmp_path / "packaging/changelog"], capture_output=True, text=True)
    assert refused.returncode == 1 and refused.stdout == ""
    said = f"packaging/changelog: CHANGELOG.md begins with {VERSION}, but the version is 99.1.2"
    assert refused.stderr.startswith(said)


def test_it_depends_on_little(control):
    assert control["Depends"] == "libc6 (>= 2.34), libssl3 (>= 3.0.0)"
    assert control["Recommends"].startswith("libcurl4 |") and "libsecret-1-0" in control["Recommends"]
    assert {"expat", "gcc"} == set(re.findall(r"([a-z]+)\S* \(= [^)]+\)", control["Static-Built-Using"]))


def test_nothing_is_left_in_the_work_tree():
    assert printed("git", "-C", TOP, "status", "--porcelain", "--ignored", "debian") == ""
