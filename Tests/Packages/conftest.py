"""What the tests of the packages stand on: the packages of `make deb tarball sbom`, and systems to install them in."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

import boto3
import pytest
from roots import TOP, System, Unavailable

DIST = pathlib.Path(os.environ.get("WARDER_DIST", TOP / ".build/dist")).resolve()
VERSION = subprocess.run([TOP / "packaging/version"], check=True, capture_output=True, text=True).stdout.strip()
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


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


def one(pattern):
    found = list(DIST.glob(pattern))
    assert len(found) == 1, f"{found}: run make deb tarball sbom"
    return found[0]


@pytest.fixture(scope="session")
def package():
    return one(f"warder_{VERSION}_*.deb")


@pytest.fixture(scope="session")
def tarball():
    return one(f"warder-{VERSION}-linux-*.tar.gz")


@pytest.fixture(scope="session")
def bill():
    return one(f"warder-{VERSION}.cdx.json")


@pytest.fixture(scope="session")
def older(package, tmp_path_factory):
    """The same package with a lower version, to upgrade from."""
    folder = tmp_path_factory.mktemp("older")
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder / "tree"], check=True)
    control = folder / "tree/DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 0.0.1", control.read_text()))
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", folder / "tree", folder / "warder_0.0.1.deb"],
                   check=True, capture_output=True)
    return folder / "warder_0.0.1.deb"


class Prepared:
    """For each release a system with what the tests look with, made when the first test needs it."""

    # Shells that complete, a reader of manual pages, and what reads unit files; nothing that warder needs.
    TOOLS = ("bash-completion", "zsh", "man-db", "systemd")

    def __init__(self, folder):
        self.folder, self.found = folder, {}

    def get(self, release, tools=True):
        key = release, tools
        if key not in self.found:
            # How long fetching takes is the network's affair, and counts for no test.
            left = signal.alarm(0)
            self.found[key] = self.make(release, tools)
            signal.alarm(left)
        if isinstance(self.found[key], Unavailable):
            pytest.skip(str(self.found[key]))
        return self.found[key]

    def make(self, release, tools):
        try:
            system = System(release, self.folder / f"{release}-{tools}")
            if tools:
                system.update()
        except Unavailable as reason:
            return reason
        if tools:
            system.install(*self.TOOLS, recommended=False)
        system.run("useradd --create-home --shell /bin/bash alice && install -d -o alice -m 700 /run/user/alice")
        return system


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    return Prepared(tmp_path_factory.mktemp("systems"))


class Cloud:
    """moto on this machine's loopback, with a user alice and a role Admin that she may assume."""

    def __init__(self, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        server = pathlib.Path(sys.executable).with_name("moto_server")
        self.process = subprocess.Popen([server, "-p", str(port)], stdout=log, stderr=log)
        iam = boto3.client("iam", region_name="eu-west-1", endpoint_url=self.url, aws_access_key_id="AKIAROOT",
                           aws_secret_access_key="root")
        self.wait(port)
        iam.create_user(UserName="alice")
        iam.put_user_policy(UserName="alice", PolicyName="may", PolicyDocument=POLICY)
        iam.create_role(RoleName="Admin", AssumeRolePolicyDocument=POLICY)
        self.key = iam.create_access_key(UserName="alice")["AccessKey"]

    def wait(self, port):
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("moto does not answer")

    def identity(self, answer):
        """Who it is that a credential_process has answered for."""
        sts = boto3.client("sts", region_name="eu-west-1", endpoint_url=self.url,
                           aws_access_key_id=answer["AccessKeyId"], aws_secret_access_key=answer["SecretAccessKey"],
                           aws_session_token=answer["SessionToken"])
        return sts.get_caller_identity()["Arn"]

    def stop(self):
        self.process.terminate()
        self.process.wait()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    with open(tmp_path_factory.mktemp("moto") / "log", "w") as log:
        server = Cloud(log)
        yield server
        server.stop()
