"""The story that the recording tells, by the real programs: bash, warder, gnome-keyring, the AWS CLI, boto3, and moto
in AWS's place."""

import contextlib
import datetime
import logging
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile

import boto3
from film import Terminal
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer
from secret_service import Bus, Keyring

ACCOUNT = "123456789012"
# AWS's documented example.
KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
SHOWN_HOME = "/home/alice"
CREDENTIALS = f"""\
[alice]
aws_access_key_id = {KEY[0]}
aws_secret_access_key = {KEY[1]}
"""
CONFIG = f"""\
[profile alice]
region = eu-west-1
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/alice

[profile prod]
region = eu-west-1
role_arn = arn:aws:iam::{ACCOUNT}:role/Admin
source_profile = alice
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/alice
"""
ANYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*"}]}'
BOTO3 = "AWS_PROFILE=prod python -c 'import boto3; print(*boto3.resource(\"s3\").buckets.all())'"


def told(warder):
    """The terminal with its frames and its text."""
    with contextlib.ExitStack() as stack:
        home = throwaway_home(stack, warder)
        bus = session_bus(stack)
        environment = {
            "HOME": str(home), "PATH": f"{home}/.local/bin:{pathlib.Path(sys.executable).parent}:/usr/bin:/bin",
            "LANG": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC", "PS1": r"\[\e[32m\]$\[\e[m\] ", "HISTFILE": "",
            "DBUS_SESSION_BUS_ADDRESS": bus.address, "XDG_RUNTIME_DIR": str(bus.folder),
            "AWS_ENDPOINT_URL": cloud(stack), "AWS_EC2_METADATA_DISABLED": "true",
        }
        stack.callback(
            subprocess.run, [home / ".local/bin/warder", "lock"], env=environment, capture_output=True, check=False)
        terminal = Terminal(environment, home, {str(home): SHOWN_HOME})
        tell(terminal)
        return terminal


def tell(terminal):
    def run(line, reading=1.2):
        terminal.type(line)
        terminal.enter(terminal.is_ready, reading)

    run("cat ~/.aws/credentials   # a key in plain text", 1.8)
    terminal.clear()
    terminal.type("warder import            # moves it to your keyring")
    terminal.enter(terminal.question("[Y/n] "), 1)
    terminal.type("y")
    terminal.enter(terminal.question("[y/N] "), 3.5)
    terminal.type("y")
    terminal.enter(terminal.is_ready, 2.5)
    terminal.clear()
    run("cat ~/.aws/credentials   # gone", 0.6)
    terminal.type("warder refresh prod      # one MFA code a day")
    terminal.enter(terminal.question("mfa/alice): "), 0.6)
    terminal.type("123456")
    terminal.enter(terminal.is_ready, 1.2)
    run("aws --profile prod s3 ls # every tool works, from here on")
    run(BOTO3)
    run("time warder process prod >/dev/null   # what SDKs run")
    run("warder status", 5)
    terminal.close()


def throwaway_home(stack, warder):
    """A home whose path is as long as the one that is shown, with warder where `make install` puts it."""
    home = pathlib.Path("/tmp") / secrets.token_hex(3)
    assert len(str(home)) == len(SHOWN_HOME)
    home.mkdir(mode=0o700)
    stack.callback(shutil.rmtree, home)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(CONFIG)
    (home / ".aws/credentials").write_text(CREDENTIALS)
    os.chmod(home / ".aws/credentials", 0o600)
    (home / ".local/bin").mkdir(parents=True)
    shutil.copy(warder, home / ".local/bin/warder")
    return home


def session_bus(stack):
    """A session bus with an unlocked gnome-keyring, as a desktop has it."""
    # In memory: where the kernel has no keyring, that is where what is unlocked goes.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="warder-", dir=memory)))
    bus = Bus(folder / "bus")
    stack.callback(bus.kill)
    keyring = Keyring(bus)
    stack.callback(keyring.kill)
    return bus


def cloud(stack):
    """moto, with a user alice who has the documented key, a role Admin and two buckets; its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    stack.callback(server.stop)
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    iam = iam_backends[ACCOUNT]["global"]
    iam.create_user("us-east-1", "alice")
    iam.put_user_policy("alice", "may", ANYTHING)
    key = iam.create_access_key("alice")
    del iam.access_keys[key.access_key_id]
    key.access_key_id, key.secret_access_key = KEY
    iam.access_keys[KEY[0]] = key

    def client(service):
        return boto3.client(
            service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id=KEY[0], aws_secret_access_key=KEY[1])

    client("iam").create_role(RoleName="Admin", AssumeRolePolicyDocument=TRUST)
    for day, bucket in enumerate(("invoices", "photos"), 5):
        client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        made = datetime.datetime(2026, 1, day, 9, 30, tzinfo=datetime.timezone.utc)
        s3_backends[ACCOUNT]["aws"].buckets[bucket].creation_date = made
    return url
