"""The date that pages and packages carry: that of the source, never that of the build.

As a program it prints the date, in seconds since 1970.
"""

import datetime
import os
import pathlib
import re
import subprocess


def moment(root):
    """Seconds since 1970: SOURCE_DATE_EPOCH, or the commit's time, or the newest date in CHANGELOG.md.

    An archive without a date in its changelog has that of the file: `git archive` writes the commit's time there.
    """
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    # A commit of another repository, in which this tree lies, is not the source's.
    if (root / ".git").exists():
        asked = subprocess.run(["git", "-C", root, "log", "-1", "--format=%ct"], capture_output=True, text=True)
        if asked.returncode == 0:
            return int(asked.stdout)
    changelog = root / "CHANGELOG.md"
    if dates := re.findall(r"^## .*(\d{4}-\d\d-\d\d)", changelog.read_text(encoding="utf-8"), re.MULTILINE):
        return int(datetime.datetime.fromisoformat(max(dates) + "T00:00:00+00:00").timestamp())
    return int(changelog.stat().st_mtime)


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")


def written(seconds):
    """As mdoc(7) has it, in no one's language: `November 30, 2026`."""
    day = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


if __name__ == "__main__":
    print(moment(pathlib.Path(__file__).resolve().parents[1]))
