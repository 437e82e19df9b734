"""Who waits for a lock, as the kernel tells it."""

import contextlib
import fcntl
import pathlib
import random
import re
import struct

import pytest


def waiting_for(path):
    """How many wait for a lock on the file: each is a line with an arrow."""
    try:
        name = name_of(path)
    except (FileNotFoundError, BlockingIOError):
        return 0
    return sum(1 for line in locks() if re.match(r"\d+: +->", line) and line.split()[-3] == name)


@contextlib.contextmanager
def held(path):
    """All of warder's locks on the file, so that everybody waits."""
    with open(path, "r+b") as file:
        fcntl.fcntl(file, fcntl.F_OFD_SETLKW, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1 << 61, 0))
        yield


def is_shared(path):
    """Whether somebody holds a lock on the file that others may hold too. /proc/locks is read a page at a time, and what
    comes and goes meanwhile hides others; this is asked at once."""
    with open(path, "rb") as file:
        wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
        found = fcntl.fcntl(file, fcntl.F_OFD_GETLK, wanted)
    return struct.unpack("hhqqi4x", found)[0] == fcntl.F_RDLCK


def name_of(path):
    """The file as the kernel names it beside its locks: not by the number that `stat` gives where file systems lie one
    over another. A lock of one's own, far behind those of warder, tells."""
    place = random.randrange(1 << 61, 1 << 62)
    with open(path, "rb") as file:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, place, 1, 0))
        # What others take and let go meanwhile hides lines from a reader.
        for _ in range(20):
            for line in locks():
                if line.split()[-2:] == [str(place)] * 2:
                    return line.split()[-3]
    pytest.skip("this kernel does not tell who waits for a lock")


def locks():
    return pathlib.Path("/proc/locks").read_text().splitlines()
