"""What the end-to-end tests stand on: the real binary, a throwaway home, and an STS of one's own or moto's."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import clouds
import pytest
from home import WARDER, Home
from importing import pair
from motos import Moto
from rotating import STORES, Rotation
from secret_service import Bus, Keyring, MockService, missing
from serving import Served, wait_for
from signin import StrictSignIn
from stores import LIBSECRET, FileStore, SecretServiceStore, add_key, add_key_profile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Servers"))
import recording_sts  # noqa: E402
import strict_iam  # noqa: E402
from doctor_online import add_roles  # noqa: E402
from federation import Federation  # noqa: E402


def pytest_configure():
    if not WARDER.exists():
        pytest.exit(f"there is no {WARDER}: run make build, or set WARDER", returncode=2)


@pytest.fixture(autouse=True)
def time_limit():
    """A test that hangs says where, and does not take the others with it."""

    def stop(number, frame):
        raise TimeoutError("the test took over ten minutes")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(600)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


# A server is a test's own: what an earlier test left behind, a request that hung or a process that asks again, must
# not be taken for this one's.


@pytest.fixture
def sts():
    """An STS that writes down what it is asked, and answers as it is told to."""
    server = recording_sts.RecordingSTS().start()
    yield server
    server.stop()


@pytest.fixture
def metadata():
    """The metadata services of an instance and of a container."""
    server = clouds.Metadata()
    yield server
    server.stop()


@pytest.fixture
def center():
    """An IAM Identity Center."""
    server = clouds.Center()
    yield server
    server.stop()


@pytest.fixture
def lax_sign_in():
    """AWS Sign-In, which is asked for what no client should ask."""
    server = StrictSignIn().start()
    yield server
    server.stop()


@pytest.fixture
def sign_in(lax_sign_in):
    """AWS Sign-In, which is asked for nothing that a client should not ask."""
    yield lax_sign_in
    assert lax_sign_in.service.broken == []


@pytest.fixture
def bare(request):
    """A home with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="warder-", ignore_cleanup_errors=True) as root:
        home = Home(pathlib.Path(root))
        if request.module.__name__.startswith("test_doctor"):
            # Less is a finding.
            home.cost = 17
        yield home
        home.clean()


@pytest.fixture
def home(bare, sts):
    """A home with a vault that holds alice's key, locked, profiles that use it, and the recording STS as its AWS."""
    bare.endpoint(sts.url)
    bare.add_vault()
    bare.add_profiles()
    return bare


@pytest.fixture
def keyed(bare, sts):
    """A home without a store whose default key lies in plain text, and the recording STS as its AWS."""
    bare.endpoint(sts.url)
    bare.credentials = bare.root / ".aws/credentials"
    bare.credentials.write_text("[default]\n" + pair(bare.key))
    bare.credentials.chmod(0o600)
    return bare


@pytest.fixture
def careful(home):
    """A home whose vault must be the same byte for byte when the test is over."""
    before = home.vault.read_bytes()
    yield home
    assert home.vault.read_bytes() == before


@pytest.fixture
def unlocked(home):
    """The same with the session cache unlocked, and no passphrase to be had any more."""
    with home.opened():
        home.unlock()
    return home


@pytest.fixture
def listed(unlocked):
    """A home in which it is known without a prompt which keys are stored."""
    with unlocked.opened():
        unlocked.good("list")
    return unlocked


@pytest.fixture
def working(unlocked, sts):
    """The same with an MFA session and prod's role in the cache; nothing is recorded yet."""
    with unlocked.opened():
        unlocked.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    assert sts.actions() == ["GetSessionToken", "AssumeRole"] and len(unlocked.sessions()) == 2
    sts.requests.clear()
    return unlocked


@pytest.fixture
def federation(sts):
    """The console's federation endpoint, which knows what the recording STS made."""
    server = Federation(sts)
    yield server
    server.stop()


@pytest.fixture
def signed(working, federation):
    """A home with an MFA session and prod's role in the cache, and that endpoint."""
    working.environment["AWS_ENDPOINT_URL_SIGNIN"] = federation.url
    return working


@pytest.fixture(scope="module")
def shared():
    """A home with cached sessions of prod, audit and alice that a file's tests share, since none of them changes it."""
    sts = recording_sts.RecordingSTS().start()
    with tempfile.TemporaryDirectory(prefix="warder-", ignore_cleanup_errors=True) as root:
        home = Home(pathlib.Path(root))
        home.endpoint(sts.url)
        home.add_vault()
        home.add_profiles()
        with home.opened():
            home.unlock()
            home.good("refresh", "prod", "audit", "alice", "--mfa-code", "123456", passphrase=True)
        yield home
        home.clean()
    sts.stop()


@pytest.fixture
def bus():
    """A session bus with nobody on it."""
    lacking = missing("dbus-daemon", "gdbus")
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with tempfile.TemporaryDirectory(prefix="warder-bus-", ignore_cleanup_errors=True) as folder:
        bus = Bus(pathlib.Path(folder) / "run")
        yield bus
        bus.kill()


@pytest.fixture
def seated(bare, bus, sts):
    """A bare home at a desktop: its session bus, with nobody on it, and the recording STS as its AWS."""
    bare.endpoint(sts.url)
    bare.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
    yield bare
    marker = bare.data / "store"
    if marker.exists() and marker.read_text().startswith("libsecret "):
        bare.identifiers.add(marker.read_text().split()[1])


@pytest.fixture
def desktop(seated, bus):
    """The same with gnome-keyring, unlocked and empty."""
    lacking = missing("gnome-keyring-daemon", "secret-tool", modules=True)
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    seated.keyring = Keyring(bus)
    yield seated
    seated.keyring.kill()


@pytest.fixture
def mocked(seated, bus):
    """The same with the tests' own Secret Service, which behaves as long as it is not told otherwise."""
    lacking = missing(modules=True)
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    seated.service = MockService(bus)
    yield seated
    seated.service.kill()


@pytest.fixture
def serve(working, sts):
    """Starts servers, and takes care that none is left."""
    started = []

    def start(*options, **more):
        served = Served(working, *options, **more)
        started.append(served)
        return served

    yield start
    for served in started:
        served.end()
        wait_for(lambda served=served: not served.servers(), "end of the server")


@pytest.fixture
def filled(desktop):
    """A desktop whose Secret Service holds alice's key, and profiles that use it."""
    assert add_key(desktop, "alice", desktop.key, *LIBSECRET).code == 0
    desktop.add_profiles()
    add_key_profile(desktop, "itself", "alice")
    return desktop


@pytest.fixture
def faulty(mocked):
    """The same with the tests' own Secret Service, which is well until it is told otherwise."""
    assert add_key(mocked, "alice", mocked.key, *LIBSECRET).code == 0
    mocked.add_profiles()
    add_key_profile(mocked, "itself", "alice")
    return mocked


@pytest.fixture
def serving(filled, sts):
    """The first with an MFA session and prod's role in the cache."""
    filled.good("refresh", "prod", "--mfa-code", "123456")
    assert len(filled.sessions()) == 2
    sts.requests.clear()
    return filled


@pytest.fixture
def iam():
    """An IAM and an STS that check each signature, and fail as they are told to."""
    server = strict_iam.StrictIAM().start()
    yield server
    server.stop()


@pytest.fixture
def rotation(bare, iam):
    """A vault with alice's key, which the strict IAM knows."""
    return Rotation("file", bare, iam)


@pytest.fixture
def with_mfa(bare, iam):
    """The same, and alice has an MFA device."""
    return Rotation("file", bare, iam, mfa=True)


@pytest.fixture
def keyed_home(rotation):
    """The home of alice's key, unlocked and active, and prod's role, which it assumes without MFA; `rig` has the rest."""
    home = rotation.home
    home.rig = rotation
    home.settings("[warder]\nrotate_after = off\n")
    add_roles(home, "prod")
    return home


@pytest.fixture
def mfa_home(with_mfa):
    """The same with an MFA session of alice in the cache."""
    home = with_mfa.home
    home.rig = with_mfa
    home.settings("[warder]\nrotate_after = off\n")
    add_roles(home, "prod")
    home.good("refresh", "prod", "--mfa-code", with_mfa.account.code())
    return home


@pytest.fixture
def desktop_rotation(desktop, iam):
    """Alice's key in gnome-keyring."""
    return Rotation("libsecret", desktop, iam)


@pytest.fixture(params=[f"{kind}{mfa}" for kind in STORES for mfa in ("", "-mfa")])
def either(request, iam):
    """Alice's key in a store of either kind, with MFA and without."""
    kind, _, mfa = request.param.partition("-")
    return Rotation(kind, request.getfixturevalue(STORES[kind][1]), iam, bool(mfa))


@pytest.fixture(params=["file", "libsecret"])
def store(request):
    """A home with alice's key in a store of either kind, her profile, which asks for the key itself, and no session."""
    kind, fixture = {"file": (FileStore, "bare"), "libsecret": (SecretServiceStore, "desktop")}[request.param]
    return kind(request.getfixturevalue(fixture))


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory):
    with open(tmp_path_factory.mktemp("moto") / "log", "wb") as log:
        moto = Moto(log)
        yield moto
        moto.process.terminate()
        moto.process.wait(60)


@pytest.fixture
def moto(moto_server):
    moto_server.post("reset-auth", b"inf")
    moto_server.post("reset")
    yield moto_server
    moto_server.post("reset-auth", b"inf")


@pytest.fixture
def tmpfs(tmp_path):
    """A file system of 64 KiB."""
    if os.geteuid() != 0:
        pytest.skip("root is needed to mount a small file system")
    command = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", tmp_path]
    mounted = subprocess.run(command, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {mounted.stderr.decode().strip()}")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def pytest_collection_modifyitems(config, items):
    for item in items:
        for program in [mark.args[0] for mark in item.iter_markers("needs")]:
            if not shutil.which(program):
                item.add_marker(pytest.mark.skip(reason=f"{program} is not installed"))
    items[:] = long_ones_first(items, getattr(config, "workerinput", {}).get("workercount", 1))


def long_ones_first(items, workers):
    """Orders the tests so that each worker's first share under `--dist worksteal` starts with some of the long tests.
    A long test that started last would keep the whole run waiting."""
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    ordered = []
    for worker in range(workers):
        share = (len(items) - len(ordered)) // (workers - worker)
        heads = long[worker::workers]
        ordered += heads + others[: max(0, share - len(heads))]
        del others[: max(0, share - len(heads))]
    return ordered + others
