"""`warder --version`: the number, the commit, the compiler, and the libcrypto that is loaded."""

import ctypes
import re
import shutil
import subprocess

import pytest
from home import WARDER
from tabs import TOP

LINE = re.compile(
    r"warder (\d+\.\d+\.\d+) \((no commit|commit [0-9a-f]{12}(?:-dirty)?), (?:Swift [\d.]+, )?(OpenSSL \S+)\)\n")
NOTE = "link/build-note"


def libcrypto():
    """The version of the one that the loader finds."""
    library = ctypes.CDLL("libcrypto.so.3")
    library.OpenSSL_version.restype = ctypes.c_char_p
    return library.OpenSSL_version(7).decode()


@pytest.mark.parametrize("word", ["--version", "-V", "version"])
def test_what_it_says(bare, word):
    result = bare.run(word)
    assert (result.code, result.err) == (0, "")
    number, _, openssl = LINE.fullmatch(result.out).groups()
    assert openssl == f"OpenSSL {libcrypto()}"
    assert f'current = "{number}"' in (TOP / "Sources/Setup/Version.swift").read_text()


@pytest.mark.skipif("release" not in str(WARDER.resolve()), reason="only make tells the binary its commit")
def test_the_compiler_of_a_release(bare):
    said = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    swift = re.search(r"Swift version ([\d.]+)", said)
    assert f", Swift {swift[1]}, " in bare.run("--version").out


# MARK: what make tells the binary


def git(folder, *words):
    author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "-C", folder, *author, *words], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path):
    """A source tree with nothing in it but the script."""
    folder = tmp_path / "outer" / "warder"
    (folder / "link").mkdir(parents=True)
    shutil.copy(TOP / NOTE, folder / NOTE)
    return folder


def commit(folder):
    said = subprocess.run([folder / NOTE], capture_output=True, text=True, check=True).stdout
    return re.search(r'warder_commit\[\] = "(.*)";', said)[1]


def checked_in(folder):
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")


def test_the_commit_of_a_checkout(tree):
    checked_in(tree)
    # A tag is not a commit: two builds of one commit say the same.
    git(tree, "tag", "v9.9.9")
    assert re.fullmatch("[0-9a-f]{12}", commit(tree))


def test_changed_files_are_said(tree):
    checked_in(tree)
    with (tree / NOTE).open("a") as file:
        file.write("# changed\n")
    assert re.fullmatch("[0-9a-f]{12}-dirty", commit(tree))


def test_no_checkout_no_commit(tree):
    assert commit(tree) == ""


def test_the_commit_of_a_project_around_it_is_not_warder_s(tree):
    (tree.parent / "file").touch()
    checked_in(tree.parent)
    assert commit(tree) == ""


DRIVER = """
#include "cbuild.h"
#include <stdio.h>

int main(void) {
    const char *commit = warder_build_commit(), *swift = warder_build_swift();
    printf("%s, %s\\n", commit ? commit : "no commit", swift ? swift : "no Swift");
}
"""


@pytest.mark.needs("cc")
@pytest.mark.parametrize("is_checkout", [True, False])
def test_what_is_known_reaches_the_binary(tree, is_checkout):
    """As `make` links it in; without a checkout the note is empty, and without `make` there is none."""
    (tree / "driver.c").write_text(DRIVER)
    if is_checkout:
        checked_in(tree)
    swift = tree / "swift"
    swift.write_text("#!/bin/sh\necho 'Swift version 6.9.1 (stand-in)'\n")
    swift.chmod(0o755)
    note = subprocess.run([tree / NOTE, swift], capture_output=True, text=True, check=True).stdout
    (tree / "note.c").write_text(note)
    sources = TOP / "Sources/CBuild"

    def said(*more):
        files = [sources / "cbuild.c", tree / "driver.c", *more]
        subprocess.run(["cc", "-I", sources / "include", "-o", tree / "driver", *files], check=True)
        return subprocess.run([tree / "driver"], capture_output=True, text=True, check=True).stdout

    assert re.fullmatch("[0-9a-f]{12}, 6.9.1\n" if is_checkout else "no commit, 6.9.1\n", said(tree / "note.c"))
    assert said() == "no commit, no Swift\n"
