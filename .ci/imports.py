#!/usr/bin/env python3
"""Checks that each module imports what Package.swift grants it, and nothing more.

SwiftPM itself is lenient: a module can import whatever some other module of the package has built.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

ALWAYS = {"Swift", "Glibc", "Synchronization"}
# Foundation costs start-up time and size that only tests can afford.
IN_TESTS = {"Testing", "Foundation"}
# Each C library has one owner, and none of its types leaves it.
OWNERS = {
    "COpenSSL": "Crypto", "CExpat": "XML", "CCurl": "Transport", "CGLib": "Desktop", "CLinux": "Linux", "CBuild": "Setup",
}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)",
    re.MULTILINE,
)


def targets():
    text = subprocess.run(
        ["swift", "package", "describe", "--type", "json"],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"WARDER_FUZZ": "1"},
    ).stdout
    return json.loads(text[text.index("{") :])["targets"]


def granted(target):
    modules = set(target.get("target_dependencies", [])) | set(target.get("product_dependencies", []))
    return modules | ALWAYS | (IN_TESTS if of_tests(target) else set())


def of_tests(target):
    return target["path"].startswith("Tests/")


def findings(target):
    allowed = granted(target)
    for source in sorted(pathlib.Path(target["path"]).rglob("*.swift")):
        text = source.read_text()
        for match in IMPORT.finditer(text):
            module = match[1]
            place = f"{source}:{text.count(chr(10), 0, match.start(1)) + 1}"
            if module not in allowed:
                yield f"{place}: {target['name']} imports {module}, which Package.swift does not grant it"
            elif not of_tests(target) and OWNERS.get(module, target["name"]) != target["name"]:
                yield f"{place}: {target['name']} imports {module}, which belongs to {OWNERS[module]}"


def unused_grants(target):
    """A grant that nothing uses is a wall with a hole in it."""
    text = "\n".join(path.read_text() for path in pathlib.Path(target["path"]).rglob("*.swift"))
    imported = set(IMPORT.findall(text))
    for module in sorted(set(target.get("target_dependencies", [])) - imported):
        yield f"Package.swift: {target['name']} is granted {module} and does not import it"


def main():
    swift = [target for target in targets() if target["module_type"] == "SwiftTarget"]
    found = [line for target in swift for line in findings(target)]
    found += [line for target in swift if not of_tests(target) for line in unused_grants(target)]
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found or not swift else 0


if __name__ == "__main__":
    sys.exit(main())
