"""What is linked into the binary, by the map that the linker wrote, and what it loads, by its own header.

    packaging/linked.py             the value of the package's field Static-Built-Using
    packaging/linked.py --outdated  a line for each library that is linked in and could be upgraded first
"""

import dataclasses
import functools
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MAP = ROOT / ".build/warder.map"
# A line of the map: address, load address, size, alignment, then `file:(section)` or `archive(member):(section)`.
PIECE = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ {9}(/\S+?)(?:\([^)]*\))?:\(", re.MULTILINE)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@dataclasses.dataclass(frozen=True)
class Origin:
    """Where a file is from: a source package of the distribution, or the Swift toolchain."""

    name: str
    version: str
    is_debian: bool


def files(text):
    """The files that the linker took something from, outside of this project's own objects."""
    found = {pathlib.Path(path).resolve() for size, path in PIECE.findall(text) if int(size, 16)}
    return sorted(path for path in found if not path.is_relative_to((ROOT / ".build").resolve()))


@functools.cache
def package(path):
    """The binary package that a file of this machine is from."""
    # Packages of before the merge of /lib into /usr still say /lib.
    names = [str(path), str(path).removeprefix("/usr")]
    return subprocess.run(["dpkg-query", "--search", *names], capture_output=True, text=True).stdout.split(": ")[0]


@functools.cache
def origin(path):
    if "swift_static" in path.parts:
        tools = pathlib.Path(*path.parts[: path.parts.index("swift_static") - 1]) / "bin"
        about = json.loads(output(tools / "swiftc", "-print-target-info"))
        return Origin("swift", re.search(r"Swift version (\S+)", about["compilerVersion"])[1], False)
    try:
        version = output("dpkg-query", "--show", "--showformat=${source:Package} ${source:Version}", package(path))
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"packaging/linked.py: {path} is linked in, and belongs to no package of this machine")
    return Origin(*version.split(), True)


def by_origin(paths):
    """The files of each origin."""
    found = {}
    for path in paths:
        found.setdefault(origin(path), []).append(path)
    return dict(sorted(found.items(), key=lambda item: item[0].name))


def loaded(binary):
    """The libraries that the binary needs, as the loader of this machine finds them."""
    needed = re.findall(r"NEEDED +(\S+)", output("objdump", "--private-headers", str(binary)))
    found = dict(re.findall(r"(\S+) => (/\S+)", output("ldd", str(binary))))
    return {name: pathlib.Path(found[name]).resolve() for name in needed if name in found}


def outdated(paths):
    """The binary packages that apt could upgrade, each with the installed version and the newer one."""
    for name in sorted({package(path) for path in paths if origin(path).is_debian}):
        policy = dict(re.findall(r"^ +(Installed|Candidate): (\S+)", output("apt-cache", "policy", name), re.MULTILINE))
        if policy.get("Candidate") not in (None, "(none)", policy.get("Installed")):
            yield name, policy["Installed"], policy["Candidate"]


def main():
    if sys.argv[1:] == ["--outdated"]:
        for name, installed, candidate in outdated(files(MAP.read_text())):
            print(f"{name} {installed} is linked in; apt has {candidate}: upgrade it before you publish")
        return
    parts = by_origin(files(MAP.read_text()))
    # The C library is loaded; only its start-up code is linked.
    names = [part for part in parts if part.is_debian and part.name != "glibc"]
    print(", ".join(f"{part.name} (= {part.version})" for part in names))


if __name__ == "__main__":
    main()
