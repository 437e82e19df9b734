"""What the README shows of a terminal: small, whole, and with nothing of the machine that it was made on."""

import re
import sys

import pytest
import tree
from manual import pages

sys.path.insert(0, str(tree.ROOT / "Tests/Recording"))
import shown  # noqa: E402

FILES = (shown.PICTURE, shown.TEXT)
# AWS's documented example, made to be shown.
SHOWN_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def test_it_is_small():
    assert 10_000 < shown.PICTURE.stat().st_size <= 150_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_names_no_path_and_no_address_of_a_machine(file):
    text = file.read_text().replace("http://www.w3.org/2000/svg", "")
    absolute = set(re.findall(r"(?<![\w~.:/])/(?:[\w.-]+/)+[\w.-]+", text)) - {"/dev/null"}
    assert absolute and {path for path in absolute if not path.startswith("/home/alice/")} == set()
    assert re.findall(r"https?:|\b127\.|localhost|xlink|@import|url\(", text) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_shows_no_secret_but_the_documented_example(file):
    text = file.read_text().replace(SHOWN_SECRET, "")
    assert re.findall(r"\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[A-Z0-9]{12,}", text) == []
    assert re.findall(r"(?<![\w/+])[A-Za-z0-9/+]{40,}={0,2}", text) == []


def test_the_text_says_what_the_picture_shows():
    pieces = "\n".join(shown.lines(shown.PICTURE.read_text()))
    lines = [line for line in shown.TEXT.read_text().splitlines() if line and not line.startswith("$ ")]
    assert len(lines) > 30
    # What was answered to a question was typed, letter by letter.
    assert [line for line in lines if re.sub(r" (?:y|\d{6})$", "", line) not in pieces] == []


def test_the_readme_shows_it_near_the_top_with_the_text_beside_it():
    page = next(page for page in pages() if page.name == "README.md")
    places = [int(link.place.rpartition(":")[2]) for link in page.links() if link.text.startswith("docs/recording")]
    assert len(places) == 2 and max(places) < 30
