"""boto3, asking warder through `credential_process`, against moto; test_clients.py has many more."""

import sys

import pytest
from home import ROLE

IDENTITY = """
import boto3
print(boto3.Session(profile_name='prod').client('sts').get_caller_identity()['Arn'])
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


def test_exec_for_programs_that_know_nothing_of_profiles(at_moto):
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    result = at_moto.run("exec", "prod", "--", sys.executable, "-c", program)
    assert result.out.startswith("arn:aws:sts::123456789012:assumed-role/Admin/"), result


def test_while_locked_an_sdk_shows_why(at_moto):
    at_moto.good("lock")
    result = at_moto.python(IDENTITY)
    assert result.returncode != 0
    assert "locked" in result.stderr and "hint:" in result.stderr
