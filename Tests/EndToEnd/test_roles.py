"""What a profile says arrives at STS, exactly."""

import json

from home import ROLE

FIRST = "arn:aws:iam::222222222222:role/First"


def assumed(home, sts, *lines, **options):
    """The parameters of the one AssumeRole for a profile of these lines."""
    home.add_profile("p", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", *lines)
    home.good("process", "p", **options)
    return sts.only("AssumeRole").parameters


def test_parameters(working, sts):
    parameters = assumed(working, sts, "session_tags = team=core,cost=42", "warder_external_id = a:b/c")
    assert parameters.items() >= {
        "Tags.member.1.Key": "team", "Tags.member.1.Value": "core", "Tags.member.2.Key": "cost",
        "Tags.member.2.Value": "42", "ExternalId": "a:b/c"}.items()


def test_roles_in_a_row(working, sts):
    working.add_profile("first", f"role_arn = {FIRST}", "source_profile = alice")
    working.add_profile("second", f"role_arn = {ROLE}", "source_profile = first")
    working.good("process", "second")
    one, two = sts.requests
    assert (one.parameters["RoleArn"], two.parameters["RoleArn"]) == (FIRST, ROLE)
    assert one.access_key_id == "ASIATEMPORARY0000001"
    assert two.access_key_id == "ASIATEMPORARY0000003"


def test_without_a_session_or_a_role_the_key_is_the_answer(unlocked, sts):
    unlocked.add_profile("raw", "warder_key = alice", "warder_session = off")
    answer = json.loads(unlocked.good("process", "raw", passphrase=True))
    assert answer == {"Version": 1, "AccessKeyId": unlocked.key[0], "SecretAccessKey": unlocked.key[1]}
    assert sts.requests == []
