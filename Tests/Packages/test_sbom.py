"""The list of what the binary consists of: valid, complete, and the same each time."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import DIST, VERSION
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from roots import TOP

sys.path.insert(0, str(TOP / "packaging"))
import linked  # noqa: E402

# With the map of the linker, which is beside the release build alone.
BINARY = pathlib.Path(TOP / ".build/release/warder")


@pytest.fixture(scope="module")
def found(bill):
    return json.loads(bill.read_text())


def by_linking(found, how):
    return {part["name"]: part for part in found["components"] if part["properties"][0]["value"] == how}


def test_it_follows_the_schema(bill):
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(bill.read_text()) is None
    broken = bill.read_text().replace('"type": "library"', '"type": "librarian"', 1)
    assert validator.validate_str(broken) is not None


def test_it_names_the_binary_of_the_package(found, package, tmp_path):
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    digest = hashlib.sha256((tmp_path / "usr/bin/warder").read_bytes()).hexdigest()
    about = found["metadata"]["component"]
    assert (about["name"], about["version"], about["hashes"][0]["content"]) == ("warder", VERSION, digest)


def test_what_is_linked_in_has_its_version(found):
    static = by_linking(found, "static")
    assert {re.sub(r"-\d+$", "", name) for name in static} == {"expat", "gcc", "glibc", "swift"}
    # The libraries say it themselves in the binary.
    data = BINARY.read_bytes()
    assert f"expat_{static['expat']['version'].split('-')[0]}".encode() in data
    assert f"Swift {static['swift']['version']}".encode() in subprocess.run(
        [BINARY, "--version"], check=True, capture_output=True).stdout
    assert all(part["licenses"] and part["purl"].startswith("pkg:") for part in static.values())
    assert {file["name"] for file in static["expat"]["components"]} == {"libexpat.a"}
    assert {"libstdc++.a", "libgcc.a"} <= {
        file["name"] for name, part in static.items() if name.startswith("gcc") for file in part["components"]}


def test_what_is_loaded_is_named(found):
    needed = set(re.findall(r"NEEDED +(\S+)", subprocess.run(
        ["objdump", "-p", BINARY], check=True, capture_output=True, text=True).stdout))
    named = {file["name"] for part in by_linking(found, "dynamic").values() for file in part["components"]}
    assert named == {name for name in needed if not name.startswith("ld-")}
    assert "libcurl.so.4" in by_linking(found, "opened")


def test_it_is_the_same_each_time():
    def made(**environment):
        command = [TOP / "packaging/sbom", BINARY]
        return subprocess.run(command, env=os.environ | environment, check=True, capture_output=True).stdout

    assert made(TZ="UTC") == made(TZ="Asia/Kathmandu", LC_ALL="C", PYTHONHASHSEED="7")


def test_a_library_of_no_package_is_an_error(tmp_path):
    unknown = tmp_path / "libstray.a"
    unknown.write_text("")
    with pytest.raises(SystemExit, match="libstray.a is linked in, and belongs to no package"):
        linked.by_origin(linked.files(f"  200  200  1c  1         {unknown}(a.o):(.text)\n"))


@pytest.mark.parametrize("candidate, named", [("99:1.0", True), ("", False), ("(none)", False)])
def test_a_library_that_could_be_upgraded_is_named(tmp_path, monkeypatch, candidate, named):
    """By a stand-in for apt-cache; the library is the one that this machine links in."""
    (archive,) = [path for path in linked.files(linked.MAP.read_text()) if path.name == "libexpat.a"]
    installed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", "libexpat1-dev"], check=True, capture_output=True, text=True).stdout
    apt = tmp_path / "apt-cache"
    apt.write_text(f"#!/bin/sh\necho $2:\necho '  Installed: {installed}'\necho '  Candidate: {candidate or installed}'\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = list(linked.outdated([archive]))
    assert [(name.split(":")[0], *rest) for name, *rest in found] == (
        [("libexpat1-dev", installed, candidate)] if named else [])


def test_the_toolchain_is_found_wherever_it_is(tmp_path):
    """In a stand-in of one, below a folder that is called lib too."""
    toolchain = tmp_path / "lib/swift/usr"
    for folder in ("bin", "lib/swift_static/linux"):
        (toolchain / folder).mkdir(parents=True)
    (toolchain / "bin/swiftc").write_text("""#!/bin/sh\necho '{"compilerVersion": "Swift version 6.9.1 (stand-in)"}'\n""")
    (toolchain / "bin/swiftc").chmod(0o755)
    assert linked.origin(toolchain / "lib/swift_static/linux/libswiftCore.a") == linked.Origin("swift", "6.9.1", False)


def git(*words):
    return subprocess.run(["git", "-C", TOP, *words], check=True, capture_output=True, text=True).stdout


def test_the_sums_are_right():
    """Those of a release still hold after its packages have been built anew, from the same commit."""
    sums = DIST / "SHA256SUMS"
    if not sums.exists() or git("status", "--porcelain", "--untracked-files=no"):
        pytest.skip("make release has not run, or files have changed since")
    if sums.stat().st_mtime < int(git("log", "-1", "--format=%ct")):
        pytest.skip("make release has run for an earlier commit")
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=DIST, check=True)
