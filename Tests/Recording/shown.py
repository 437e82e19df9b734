"""What the recording shows, read back from its files."""

import pathlib
import re
import xml.etree.ElementTree as ElementTree

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
PICTURE, TEXT = DOCS / "recording.svg", DOCS / "recording.txt"
# How long something took, or has left.
TIME = re.compile(r"\d+m\d+\.\d+s|(?<!\w)\d+[hms](?: \d+[ms])?(?!\w)")


def lines(picture):
    """The pieces of text of more than one letter, as they stand in the picture: typing shows single letters."""
    texts = [element.text for element in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    return [text for text in texts if len(text) > 1]


def settled(line):
    """The line without what differs from run to run."""
    return TIME.sub("TIME", line)
