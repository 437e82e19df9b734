"""Many programs of other people's start at once on one profile: each runs its own warder, and AWS is asked once."""

import sys

import pytest
import rclones
import recording_sts
from crowds import Crowd, outcomes, start_of

BOTO3 = "import boto3; print(boto3.Session(profile_name='role0').client('sts').get_caller_identity()['Account'])"


@pytest.fixture
def crowd(unlocked, sts):
    """A crowd at a slow AWS, whose sessions nobody has yet."""
    crowd = Crowd(unlocked, sts)
    for action in ("GetSessionToken", "AssumeRole"):
        sts.always(action, recording_sts.late(1))
    return crowd


def signers(crowd):
    """The keys that requests other than those of warder were signed with."""
    return [r.access_key_id for r in crowd.sts.requests if r.action not in ("GetSessionToken", "AssumeRole")]


def expect_one_session(crowd, least):
    """One session, one role, one code; and each program signed with that role."""
    assert sorted(crowd.sts.actions()[:2]) == ["AssumeRole", "GetSessionToken"]
    assert crowd.sts.actions().count("GetSessionToken") == crowd.sts.actions().count("AssumeRole") == 1
    assert len(crowd.codes.askers) == 1
    keys = signers(crowd)
    assert len(keys) >= least and set(keys) == {"ASIATEMPORARY0000002"}


def test_twenty_of_boto3(crowd):
    results = outcomes(start_of(crowd.home, [sys.executable, "-c", BOTO3], 20), 200)
    assert {(code, out.strip(), err) for code, out, err in results} == {(0, "111111111111", "")}
    expect_one_session(crowd, 20)


@pytest.mark.parametrize("version", rclones.PROGRAMS)
def test_twenty_of_rclone(crowd, version):
    """What stands in for S3 is no S3, but sees who asks."""
    command = rclones.cat(version, crowd.sts.url, "of-alice/x", "role0")
    outcomes(start_of(crowd.home, command, 20, {"AWS_SDK_LOAD_CONFIG": "1"}), 200)
    expect_one_session(crowd, 20)


def test_ten_of_the_rust_sdk(crowd):
    pytest.importorskip("daft")
    program = f"""
import daft
from daft.io import IOConfig, S3Config
where = S3Config(
    endpoint_url="{crowd.sts.url}", region_name="eu-west-1", profile_name="role0", num_tries=1, use_ssl=False)
try: daft.from_glob_path("s3://of-alice/x*", io_config=IOConfig(s3=where)).collect()
except Exception: pass
"""
    outcomes(start_of(crowd.home, [sys.executable, "-c", program], 10, {"DO_NOT_TRACK": "1", "AWS_PROFILE": "role0"}), 250)
    expect_one_session(crowd, 10)
