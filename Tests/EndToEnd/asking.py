"""What tests of asking share: homes where a code is all that is asked for, and who waits for one.

`waiting_home` stands on `open_home`: who imports the one imports the other.
"""

import json
import time

import pytest
from locks import waiting_for

WAITS = "[warder]\nhandoff_time = 60s\n"


def codes(sts):
    """The codes that were sent."""
    return [request.parameters["TokenCode"] for request in sts.requests if "TokenCode" in request.parameters]


def until(condition, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.02)


def is_waited_for(home):
    asking = home.runtime / "warder/asking"
    return asking.exists() and any("-" in path.name and path.name[0] != "." for path in asking.iterdir())


def in_line(home):
    """How many wait for a lock of the cache: behind the one that asks, or that AWS is asked by."""
    return waiting_for(home.cache / "lock")


def keys(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    assert err == b""
    return json.loads(out)


@pytest.fixture
def open_home(home):
    """A home whose key can be used without a passphrase, so that codes are all that is asked for."""
    home.lend_data_key()
    home.unlock("--keys")
    return home


@pytest.fixture
def waiting_home(open_home):
    open_home.settings(WAITS)
    return open_home
