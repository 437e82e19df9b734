"""Other people's programs sign requests with what warder gives them: by `process`, by `exec`, by `exec --serve`.

moto looks at each signature. What a client does not know is a test too, so that it is seen when that changes.
`docs/clients.md` is the table of this; `Tests/Clients/check` tries clients that are too large for a test run.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import pytest
from home import TESTS, WARDER, Home

sys.path.insert(0, str(TESTS / "Clients"))
import other_clients  # noqa: E402
import python_clients  # noqa: E402
from client import WAYS  # noqa: E402
from place import GREETING, Place  # noqa: E402

VENV = pathlib.Path(sys.executable).parent.parent
CLIENTS = python_clients.CLIENTS + other_clients.CLIENTS
TESTED = [client for client in CLIENTS if client.in_tests]
RUN_WARDER = [client for client in TESTED if "process" not in client.lacks]
named = {client.name: client for client in CLIENTS}


@pytest.fixture(scope="module")
def place(moto_server):
    moto_server.post("reset-auth", b"inf")
    moto_server.post("reset")
    with tempfile.TemporaryDirectory(prefix="warder-", ignore_cleanup_errors=True) as root:
        home = Home(pathlib.Path(root))
        place = Place(home, moto_server)
        yield place
        place.stop()
        home.clean()
    moto_server.post("reset-auth", b"inf")


def installed(client):
    if client.version(VENV) is None:
        pytest.skip(f"{client.name} is not installed")
    return client


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("client", TESTED, ids=lambda client: client.name)
def test_a_signed_request(place, client, way):
    call = place.call(installed(client), way, VENV)
    assert call.served == (way not in client.lacks), call


@pytest.mark.parametrize("client", RUN_WARDER, ids=lambda client: client.name)
def test_what_is_seen_of_a_failure(place, client):
    call = place.call_while_locked(installed(client), VENV)
    assert (call.served, call.says_why, call.runs) == (False, client.shows, client.runs), call


# What breaks a client


def test_one_line_beside_the_answer_breaks_a_client_that_merges_the_two_streams(place):
    chatty = place.home.root / "chatty"
    chatty.write_text(f"#!/bin/sh\necho all is well >&2\nexec {WARDER} process prod\n")
    chatty.chmod(0o700)
    place.add_program("chatty", chatty)
    assert not place.call(installed(named["DuckDB"]), "process", VENV, "chatty").served
    assert place.call(named["boto3"], "process", VENV, "chatty").served


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to mount")
def test_such_a_client_is_served_where_nothing_can_be_kept(bare, moto):
    client = installed(named["DuckDB"])
    place = Place(bare, moto)
    for file in bare.sessions():
        file.unlink()
    bare.good("refresh", "alice", "--mfa-code", "654321", passphrase=True)
    mount = ["mount", "--bind", "-o", "ro", bare.cache, bare.cache]
    mounted = subprocess.run(mount, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {mounted.stderr.strip()}")
    try:
        call = place.call(client, "process", VENV)
    finally:
        subprocess.run(["umount", "-l", bare.cache], check=True)
        place.stop()
    assert call.out.strip() == GREETING, call


def test_the_table_says_what_is_tested():
    rows = (TESTS.parent / "docs/clients.md").read_text().splitlines()
    for client in CLIENTS:
        (row,) = [row for row in rows if row.startswith(f"| {client.name} |")]
        version = row.split("|")[2].strip()
        assert version and row == client.row(version)
