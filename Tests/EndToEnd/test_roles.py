"""What a profile says arrives at STS, exactly."""

import json

import pytest
from home import MFA, ROLE

FIRST = "arn:aws:iam::222222222222:role/First"


def assumed(home, sts, *lines, **options):
    """The parameters of the one AssumeRole for a profile of these lines."""
    home.add_profile("p", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", *lines)
    home.good("process", "p", **options)
    return sts.only("AssumeRole").parameters


@pytest.mark.parametrize(
    "line, sent",
    [
        ("external_id = a:b/c", {"ExternalId": "a:b/c"}),
        ("role_session_name = from@here", {"RoleSessionName": "from@here"}),
        ("duration_seconds = 900", {"DurationSeconds": "900"}),
        ('policy = {"Version":"2012-10-17","Statement":[]}', {"Policy": '{"Version":"2012-10-17","Statement":[]}'}),
        (
            "policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::aws:policy/IAMReadOnlyAccess",
            {
                "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                "PolicyArns.member.2.arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
            },
        ),
        (
            "session_tags = team=core,cost=42",
            {
                "Tags.member.1.Key": "team",
                "Tags.member.1.Value": "core",
                "Tags.member.2.Key": "cost",
                "Tags.member.2.Value": "42",
            },
        ),
        ("source_identity = alice", {"SourceIdentity": "alice"}),
    ],
    ids=lambda value: value.split(" ")[0] if isinstance(value, str) else "",
)
@pytest.mark.parametrize("prefix", ["", "warder_"])
def test_a_parameter(working, sts, line, sent, prefix):
    parameters = assumed(working, sts, prefix + line)
    assert parameters.items() >= sent.items()
    optional = ("ExternalId", "Policy", "PolicyArns", "Tags", "TransitiveTagKeys", "SourceIdentity", "TokenCode")
    extra = {name for name in parameters if name.startswith(optional)} - sent.keys()
    assert not extra


def test_transitive_tags(working, sts):
    parameters = assumed(working, sts, "session_tags = team=core,cost=42", "transitive_session_tags = cost")
    assert parameters["TransitiveTagKeys.member.1"] == "cost"
    assert "TransitiveTagKeys.member.2" not in parameters


def test_a_policy_in_a_file(working, sts):
    document = '{"Version": "2012-10-17",\n "Statement": []}\n'
    (working.root / "policy.json").write_text(document)
    parameters = assumed(working, sts, f"policy = file://{working.root}/policy.json")
    assert json.loads(parameters["Policy"]) == json.loads(document)


def test_the_prefixed_key_is_the_one_that_counts(working, sts):
    parameters = assumed(working, sts, "external_id = plain", "warder_external_id = prefixed")
    assert parameters["ExternalId"] == "prefixed"


def test_a_role_has_a_session_name_of_its_own(working, sts):
    assert 2 <= len(assumed(working, sts, "external_id = another")["RoleSessionName"]) <= 64


def test_requests_go_to_the_profile_s_region(working, sts):
    lines = [f"role_arn = {ROLE}", "source_profile = alice", "region = ap-southeast-2", "external_id = x1"]
    working.add_profile("far", *lines)
    working.good("process", "far")
    assert sts.only("AssumeRole").region == "ap-southeast-2"


def test_roles_in_a_row(working, sts):
    working.add_profile("first", f"role_arn = {FIRST}", "source_profile = alice")
    working.add_profile("second", f"role_arn = {ROLE}", "source_profile = first")
    working.good("process", "second")
    one, two = sts.requests
    assert (one.parameters["RoleArn"], two.parameters["RoleArn"]) == (FIRST, ROLE)
    assert one.access_key_id == "ASIATEMPORARY0000001"
    assert two.access_key_id == "ASIATEMPORARY0000003"


def test_a_long_role_takes_the_code_itself(unlocked, sts):
    """AWS caps a role assumed from a session at one hour, so the key itself signs."""
    unlocked.add_profile("long", f"role_arn = {ROLE}", "source_profile = alice", "duration_seconds = 7200")
    unlocked.good("process", "long", "--mfa-code", "123456", passphrase=True)
    request = sts.only("AssumeRole")
    assert sts.actions() == ["AssumeRole"]
    assert request.access_key_id == unlocked.key[0]
    assert request.parameters["DurationSeconds"] == "7200"
    assert (request.parameters["SerialNumber"], request.parameters["TokenCode"]) == (MFA, "123456")


def test_a_role_with_another_device_takes_its_own_code(unlocked, sts):
    other = "arn:aws:iam::111111111111:mfa/other"
    unlocked.config(unlocked.config_file.read_text().replace(f"mfa_serial = {MFA}\n", ""))
    unlocked.add_profile("device", f"role_arn = {ROLE}", "source_profile = alice", f"mfa_serial = {other}")
    unlocked.good("process", "device", "--mfa-code", "123456", passphrase=True)
    asked = [request for request in sts.requests if "TokenCode" in request.parameters]
    assert [request.parameters["SerialNumber"] for request in asked] == [other]


def test_without_a_session_the_key_signs(unlocked, sts):
    unlocked.add_profile("direct", f"role_arn = {ROLE}", "warder_key = alice", "warder_session = off")
    unlocked.good("process", "direct", passphrase=True)
    assert sts.actions() == ["AssumeRole"]
    assert sts.requests[0].access_key_id == unlocked.key[0]


def test_without_a_session_or_a_role_the_key_is_the_answer(unlocked, sts):
    unlocked.add_profile("raw", "warder_key = alice", "warder_session = off")
    answer = json.loads(unlocked.good("process", "raw", passphrase=True))
    assert answer == {"Version": 1, "AccessKeyId": unlocked.key[0], "SecretAccessKey": unlocked.key[1]}
    assert sts.requests == []


def test_a_key_without_mfa_still_becomes_a_session_first(unlocked, sts):
    unlocked.config(unlocked.config_file.read_text().replace(f"mfa_serial = {MFA}\n", ""))
    unlocked.good("process", "prod", passphrase=True)
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]
    assert "SerialNumber" not in sts.requests[0].parameters
    assert sts.requests[1].access_key_id == "ASIATEMPORARY0000001"


def test_plaintext_keys_in_a_profile_work(unlocked, sts):
    identifier, secret = unlocked.key
    unlocked.add_profile(
        "plain", f"role_arn = {ROLE}", "source_profile = plain",
        f"aws_access_key_id = {identifier}", f"aws_secret_access_key = {secret}",
    )
    unlocked.good("process", "plain")
    assert sts.only("AssumeRole").access_key_id == identifier


def test_a_session_as_long_as_wanted(unlocked, sts):
    lines = "[profile alice]\nwarder_session_duration = 90m"
    unlocked.config(unlocked.config_file.read_text().replace("[profile alice]", lines))
    unlocked.good("process", "alice", "--mfa-code", "123456", passphrase=True)
    assert sts.only("GetSessionToken").parameters["DurationSeconds"] == "5400"
