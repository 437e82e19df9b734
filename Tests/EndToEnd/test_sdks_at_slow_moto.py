"""Programs of Python, Go and Rust start together on two roles at an AWS that is slow and checks what it is sent."""

import collections
import sys

import pytest
import rclones
from crowds import Crowd, outcomes, start_of
from serving import wait_for
from slow_moto import SlowMoto

BUCKET, GREETING = "of-alice", "hello from S3"
ROLES = ("role0", "role1")
KINDS = ("boto3", "Go 1", "Go 2", "Rust")

BOTO3 = """
import boto3, sys
session = boto3.Session(profile_name=sys.argv[1])
print(session.client('s3').get_object(Bucket='of-alice', Key='greeting')['Body'].read().decode())
"""

RUST = """
import daft, os, sys
from daft.io import IOConfig, S3Config
where = S3Config(
    endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="eu-west-1", profile_name=sys.argv[1], use_ssl=False)
rows = daft.read_csv("s3://of-alice/greeting", has_headers=False, io_config=IOConfig(s3=where)).to_pylist()
print(*rows[0].values(), flush=True)
# daft's threads outlive its work, and now and then take Python with them when it ends.
os._exit(0)
"""


@pytest.fixture
def slow(moto):
    slow = SlowMoto(moto)
    yield slow
    slow.stop()


@pytest.fixture
def crowd(bare, moto, slow):
    """A crowd at a moto that takes two seconds for each session, which nobody has yet."""
    bare.key = moto.user("alice")
    for number in range(len(ROLES)):
        moto.role(f"Role{number}")
    s3 = moto.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=BUCKET, Key="greeting", Body=GREETING.encode())
    bare.endpoint(slow.url)
    bare.add_vault()
    bare.add_profiles()
    crowd = Crowd(bare, slow)
    bare.config(bare.config_file.read_text().replace("222222222222", "123456789012"))
    bare.unlock()
    slow.delays = {"GetSessionToken": 2, "AssumeRole": 2}
    return crowd


def start(crowd, kind, role):
    """Starts one client of this kind."""
    if kind.startswith("Go"):
        command = rclones.cat(kind, crowd.sts.url, f"{BUCKET}/greeting", role)
    else:
        command = [sys.executable, "-c", {"boto3": BOTO3, "Rust": RUST}[kind], role]
    variables = {"AWS_PROFILE": role, "AWS_SDK_LOAD_CONFIG": "1", "DO_NOT_TRACK": "1"}
    return start_of(crowd.home, command, 1, variables)


def expect_one_session(crowd, least):
    """One session, one request a role, one code; and all else was signed with the two roles' keys, and was allowed."""
    actions = collections.Counter(crowd.sts.actions())
    assert actions.pop("GetSessionToken") == 1 and actions.pop("AssumeRole") == len(ROLES), actions
    assert len(crowd.codes.askers) == len(crowd.sent()) == 1
    others = [request for request in crowd.sts.requests if request.action in actions]
    assert len(others) >= least and {request.method for request in others} <= {"GET", "HEAD"}, actions
    assert {request.status for request in others} == {200}
    assert len({request.access_key_id for request in others}) == len(ROLES)


def test_boto3_go_and_rust_together(crowd):
    pytest.importorskip("daft")
    crowd.codes.hold()
    clients = {kind: [] for kind in KINDS}
    for _ in range(4):
        for role in ROLES:
            for kind, started in clients.items():
                started += start(crowd, kind, role)
    # They are there at the same time: one asks for a code, and the others stand behind it.
    wait_for(lambda: crowd.codes.askers and crowd.waiting() >= 8, "crowd", 120)
    crowd.codes.let_go()
    for kind, started in clients.items():
        for code, out, err in outcomes(started, 200):
            assert (code, out.strip()) == (0, GREETING), (kind, code, out, err)
    expect_one_session(crowd, 4 * len(ROLES) * len(KINDS))


def test_moto_refuses_what_is_signed_wrongly(crowd, moto):
    """Behind the door too: else nothing would be shown by what it answers."""
    identifier, secret = crowd.home.key
    for key, answer in [((identifier, secret), 200), ((identifier, secret[::-1]), 403), (("AKIANOBODY", secret), 403)]:
        client = moto.client("s3", key, crowd.sts.url)
        try:
            client.get_object(Bucket=BUCKET, Key="greeting")
        except client.exceptions.ClientError:
            pass
        assert crowd.sts.requests[-1].status == answer
