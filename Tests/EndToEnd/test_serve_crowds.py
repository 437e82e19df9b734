"""`warder exec --serve` where many want something at once, and not all of them mean well."""

import collections
import os
import subprocess
import threading

import pytest
from home import ORDINARY
from serving import Served, wait_for

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to be somebody else")

# Opens connections as fast as it can, says nothing, and keeps the last three hundred, until its input ends.
FLOOD = """
import select, socket, sys
kept = []
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    try:
        connection = socket.socket()
        connection.setblocking(False)
        try:
            connection.connect(("127.0.0.1", int(sys.argv[1])))
        except BlockingIOError:
            pass
        kept.append(connection)
        if len(kept) > 300:
            kept.pop(0).close()
    except OSError:
        pass
"""

# Keeps as many open as are not hung up on, and says how many that are.
HOLD = """
import select, socket, sys
kept = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) for _ in range(100)]
gone = set()
while len(kept) - len(gone) > int(sys.argv[2]):
    for connection in select.select([one for one in kept if one not in gone], [], [], 20)[0]:
        gone.add(connection)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def served(working, sts):
    served = Served(working)
    yield served
    served.end()
    wait_for(lambda: not served.servers(), "end of the server")


@pytest.fixture
def stranger(served):
    """Starts programs of another user, and ends them."""
    started = []

    def start(program, *arguments):
        process = subprocess.Popen(
            ["/usr/bin/python3", "-c", program, str(served.port), *map(str, arguments)], user=ORDINARY, group=ORDINARY,
            extra_groups=[], cwd="/", env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        started.append(process)
        assert process.stdout.readline()

    yield start
    for process in started:
        process.communicate(timeout=60)


def together(served, count):
    """What as many clients are told that begin at the same moment."""
    told = []
    barrier = threading.Barrier(count)

    def ask():
        barrier.wait(60)
        try:
            told.append(served.get(timeout=60)[0])
        except OSError as error:
            told.append(type(error).__name__)

    clients = [threading.Thread(target=ask) for _ in range(count)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    # Counted here: threads that count together would count over each other.
    return collections.Counter(told)


@pytest.mark.parametrize("count", [150, 400])
def test_a_burst_loses_nobody(served, count):
    assert together(served, count) == {200: count}


def test_a_burst_behind_those_who_say_nothing(served):
    idle = [served.connect() for _ in range(300)]
    assert together(served, 150) == {200: 150}
    for connection in idle:
        connection.close()


@as_root
def test_another_user_cannot_keep_clients_out(served, stranger):
    for _ in range(2):
        stranger(FLOOD)
    for _ in range(30):
        assert served.get(timeout=30)[0] == 200


@as_root
def test_another_user_holds_few_connections(served, stranger):
    """All are taken from the kernel's queue, and most of them are hung up on at once."""
    stranger(HOLD, 8)
    assert together(served, 100) == {200: 100}


@as_root
def test_few_descriptors_and_another_user(working, sts):
    served = Served(working, prefix=["sh", "-c", 'ulimit -n 24; exec "$@"', "sh"])
    process = subprocess.Popen(
        ["/usr/bin/python3", "-c", FLOOD, str(served.port)], user=ORDINARY, group=ORDINARY, extra_groups=[], cwd="/",
        env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        assert process.stdout.readline()
        for _ in range(10):
            assert served.get(timeout=30)[0] == 200
    finally:
        process.communicate(timeout=60)
        served.end()
