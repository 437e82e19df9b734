"""SDKs and tools of other people's, each asking warder through `credential_process`, against moto."""

import subprocess
import sys

import pytest
import rclones
from home import ROLE

IDENTITY = """
import boto3
print(boto3.Session(profile_name='prod').client('sts').get_caller_identity()['Arn'])
"""

CRT = """
import awscrt.auth, awscrt.io
provider = awscrt.auth.AwsCredentialsProvider.new_profile(
    awscrt.io.ClientBootstrap.get_or_create_static_default(), profile_name='prod')
credentials = provider.get_credentials().result(20)
print(credentials.access_key_id, bool(credentials.session_token))
"""


@pytest.fixture
def at_moto(bare, moto):
    """alice's key and role made at moto, her MFA session and the role's in the cache, no passphrase to be had."""
    bare.key = moto.user("alice")
    moto.role("Admin")
    bare.endpoint(moto.url)
    bare.add_vault()
    bare.add_profiles()
    role = "arn:aws:iam::123456789012:role/Admin"
    bare.config(bare.config_file.read_text().replace(ROLE, role))
    bare.unlock()
    bare.good("refresh", "prod", "--mfa-code", "123456", passphrase=True)
    return bare


def test_boto3(at_moto):
    result = at_moto.python(IDENTITY)
    assert result.stdout.startswith("arn:aws:sts::123456789012:assumed-role/Admin/"), result
    assert result.stderr == ""


def test_aws_cli_1(at_moto):
    program = "import sys, awscli.clidriver; sys.exit(awscli.clidriver.main())"
    arguments = ["sts", "get-caller-identity", "--profile", "prod", "--query", "Arn", "--output", "text"]
    result = at_moto.python(program, *arguments)
    assert result.stdout.startswith("arn:aws:sts::123456789012:assumed-role/Admin/"), result
    assert result.returncode == 0


def test_awscrt(at_moto):
    result = at_moto.python(CRT)
    assert result.stdout.startswith("ASIA") and result.stdout.endswith("True\n"), result


@pytest.mark.parametrize("version", rclones.PROGRAMS)
def test_rclone(at_moto, moto, version):
    bucket = moto.client("s3")
    bucket.create_bucket(Bucket="of-alice", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    bucket.put_object(Bucket="of-alice", Key="greeting", Body=b"hello from S3")
    command = rclones.cat(version, moto.url, "of-alice/greeting", "prod")
    result = subprocess.run(
        command, env=at_moto.variables(env={"AWS_SDK_LOAD_CONFIG": "1"}), cwd=at_moto.root, capture_output=True,
        text=True, timeout=60, start_new_session=True,
    )
    assert result.stdout == "hello from S3", result


def test_exec_for_programs_that_know_nothing_of_profiles(at_moto):
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    result = at_moto.run("exec", "prod", "--", sys.executable, "-c", program)
    assert result.out.startswith("arn:aws:sts::123456789012:assumed-role/Admin/"), result


def test_while_locked_an_sdk_shows_why(at_moto):
    at_moto.good("lock")
    result = at_moto.python(IDENTITY)
    assert result.returncode != 0
    assert "locked" in result.stderr and "hint:" in result.stderr
