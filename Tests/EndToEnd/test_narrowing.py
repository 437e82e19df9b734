"""`--read-only` and `--policy`: less than the role allows."""

import json

import pytest
from home import ROLE

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = '{"Version": "2012-10-17", "Statement": []}'
PRINT = ["--", "printenv", "AWS_ACCESS_KEY_ID"]
NARROWING = ("Policy", "PolicyArns")


@pytest.fixture
def policy(working):
    path = working.root / "policy.json"
    path.write_text(DOCUMENT)
    return path


def narrowed(request):
    """What a request says of policies."""
    return {name: value for name, value in request.parameters.items() if name.startswith(NARROWING)}


def ask(home, command, *narrowing, name="prod", **options):
    """The id of the key that a command gives."""
    if command == "exec":
        return home.good("exec", *narrowing, name, *PRINT, **options).strip()
    if command == "env":
        return json.loads(home.good("env", "--format", "json", *narrowing, name, **options))["AWS_ACCESS_KEY_ID"]
    return json.loads(home.good("process", *narrowing, name, **options))["AccessKeyId"]


@pytest.mark.parametrize("command", ["process", "env", "exec"])
def test_read_only(working, sts, command):
    whole = ask(working, command)
    assert sts.requests == []
    less = ask(working, command, "--read-only")
    assert narrowed(sts.only("AssumeRole")) == {"PolicyArns.member.1.arn": READ_ONLY}
    assert less != whole
    # Each has an entry of its own.
    assert (ask(working, command), ask(working, command, "--read-only")) == (whole, less)
    assert len(sts.requests) == 1


@pytest.mark.parametrize("command", ["process", "env", "exec"])
def test_a_policy_in_a_file(working, sts, policy, command):
    whole = ask(working, command)
    less = ask(working, command, "--policy", policy)
    assert narrowed(sts.only("AssumeRole")) == {"Policy": DOCUMENT}
    assert less != whole and ask(working, command, "--policy", policy) == less
    assert len(sts.requests) == 1


def test_all_commands_share_the_entry(working, sts):
    assert len({ask(working, command, "--read-only") for command in ("process", "env", "exec")}) == 1
    assert len(sts.requests) == 1


def test_the_option_may_stand_behind_the_profile(working, sts):
    one = json.loads(working.good("process", "prod", "--read-only"))
    two = json.loads(working.good("process", "--read-only", "prod"))
    assert one == two and narrowed(sts.only("AssumeRole"))


def test_a_profile_that_has_a_policy_already(working, sts):
    """Policies of one session add up."""
    working.add_profile("p", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", f"policy = {DOCUMENT}")
    working.run("process", "p", "--read-only").failed(2, "policy already")
    assert sts.requests == []


def test_a_profile_without_a_role(working, sts):
    for command in (["process", "alice"], ["env", "--format", "json", "alice"], ["exec", "alice"]):
        rest = PRINT if command[0] == "exec" else []
        result = working.run(*command, "--read-only", *rest)
        assert result.code == 2 and "AccessKeyId" not in result.out and "no role" in result.err, result
    assert sts.requests == []


def test_both_at_once(working, sts, policy):
    working.run("process", "prod", "--read-only", "--policy", policy).failed(2, "exclude")
    assert sts.requests == []


def test_a_file_that_is_no_policy(working, sts, policy):
    policy.write_bytes("\ud800".encode(errors="surrogatepass"))
    working.run("process", "prod", "--policy", policy).failed(8, str(policy))
    assert sts.requests == []


def test_explain_says_it(working):
    step = json.loads(working.good("explain", "prod", "--json", "--read-only"))["steps"][-1]
    assert step["parameters"]["policy_arns"] == READ_ONLY and step["next"] == "request"
    assert json.loads(working.good("explain", "prod", "--json"))["steps"][-1]["next"] == "nothing"
