"""`warder exec --serve` with other people's programs behind it."""

import sys

import pytest
import rclones
from home import ROLE

IDENTITY = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
CLI = "import sys, awscli.clidriver; sys.exit(awscli.clidriver.main())"
ASSUMED = "arn:aws:sts::123456789012:assumed-role/Admin/"


@pytest.fixture
def at_moto(bare, moto):
    bare.key = moto.user("alice")
    moto.role("Admin")
    bare.endpoint(moto.url)
    bare.add_vault()
    bare.add_profiles()
    bare.config(bare.config_file.read_text().replace(ROLE, "arn:aws:iam::123456789012:role/Admin"))
    bare.unlock()
    bare.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    return bare


def test_boto3(at_moto):
    result = at_moto.run("exec", "--serve", "prod", "--", sys.executable, "-c", IDENTITY)
    assert result.out.startswith(ASSUMED), result


def test_aws_cli_1(at_moto):
    words = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    result = at_moto.run("exec", "--serve", "prod", "--", sys.executable, "-c", CLI, *words)
    assert result.out.startswith(ASSUMED), result


CRT = """
import awscrt.auth, awscrt.io
provider = awscrt.auth.AwsCredentialsProvider.new_default_chain(
    awscrt.io.ClientBootstrap.get_or_create_static_default())
credentials = provider.get_credentials().result(20)
print(credentials.access_key_id, bool(credentials.session_token))
"""


def test_awscrt(at_moto):
    result = at_moto.run("exec", "--serve", "prod", "--", sys.executable, "-c", CRT)
    assert result.out.startswith("ASIA") and result.out.endswith("True\n"), result


@pytest.mark.parametrize("version", rclones.PROGRAMS)
def test_rclone(at_moto, moto, version):
    bucket = moto.client("s3")
    bucket.create_bucket(Bucket="of-alice", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    bucket.put_object(Bucket="of-alice", Key="greeting", Body=b"hello from S3")
    command = rclones.cat(version, moto.url, "of-alice/greeting")
    result = at_moto.run("exec", "--serve", "prod", "--", *command)
    assert result.out == "hello from S3", result


LONG = """
import time, boto3
import botocore.credentials
session = boto3.Session()
seen = set()
deadline = time.monotonic() + 120
while len(seen) < 3 and time.monotonic() < deadline:
    seen.add(session.get_credentials().get_frozen_credentials().access_key)
    time.sleep(0.3)
print(session.get_credentials().method, len(seen))
"""


def test_a_long_run_of_boto3(working, sts):
    """Sessions of some seconds, one after another, and never an error."""
    sts.lifetimes["AssumeRole"] = 10
    result = working.run("exec", "--serve", "audit", "--", sys.executable, "-c", LONG, timeout=180)
    assert result.out == "container-role 3\n", result
