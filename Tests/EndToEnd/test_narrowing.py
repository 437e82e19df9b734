"""`--read-only` and `--policy`: less than the role allows."""

import json

import pytest
from home import MFA, ROLE

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


def test_a_policy_that_was_changed_is_another(working, sts, policy):
    before = ask(working, "process", "--policy", policy)
    policy.write_text(DOCUMENT.replace("[]", "[ ]"))
    assert ask(working, "process", "--policy", policy) != before
    assert len(sts.requests) == 2


def test_it_costs_no_other_code(working, sts):
    ask(working, "process", "--read-only", name="audit")
    assert sts.actions() == ["AssumeRole"]


def test_only_the_last_role_is_narrowed(working, sts):
    last = "arn:aws:iam::444444444444:role/Last"
    working.add_profile("second", f"warder_role_arn = {last}", "warder_source_profile = prod")
    ask(working, "process", "--read-only", name="second")
    assert [narrowed(request) for request in sts.requests] == [{"PolicyArns.member.1.arn": READ_ONLY}]
    assert sts.requests[0].parameters["RoleArn"] == last


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov", "aws-iso", "aws-eusc"])
def test_the_partition_is_the_role_s(working, sts, partition):
    working.add_profile("there", f"warder_role_arn = {ROLE.replace('aws', partition)}", "warder_source_profile = alice")
    working.good("process", "there", "--read-only")
    arn = READ_ONLY.replace("arn:aws:", f"arn:{partition}:")
    assert narrowed(sts.only("AssumeRole")) == {"PolicyArns.member.1.arn": arn}


@pytest.mark.parametrize("line", ["policy_arns = arn:aws:iam::aws:policy/IAMReadOnlyAccess", f"policy = {DOCUMENT}"])
@pytest.mark.parametrize("option", ["read-only", "policy"])
@pytest.mark.parametrize("prefix", ["", "warder_"])
def test_a_profile_that_has_a_policy_already(working, sts, policy, line, option, prefix):
    """Policies of one session add up."""
    working.add_profile("p", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", prefix + line)
    arguments = ["--read-only"] if option == "read-only" else ["--policy", policy]
    working.run("process", "p", *arguments).failed(2, "policy already")
    assert sts.requests == []


@pytest.mark.parametrize("option", ["read-only", "policy"])
def test_a_profile_without_a_role(working, sts, policy, option):
    arguments = ["--read-only"] if option == "read-only" else ["--policy", policy]
    for command in (["process", "alice"], ["env", "--format", "json", "alice"], ["exec", "alice"]):
        rest = PRINT if command[0] == "exec" else []
        result = working.run(*command, *arguments, *rest)
        assert result.code == 2 and "AccessKeyId" not in result.out and "no role" in result.err, result
    assert sts.requests == []


def test_both_at_once(working, sts, policy):
    working.run("process", "prod", "--read-only", "--policy", policy).failed(2, "exclude")
    assert sts.requests == []


@pytest.mark.parametrize("text", ["", "[]", "word", '"{"', "{" + " " * 2048 + "}", "x" * 100_000, "\ud800"])
def test_a_file_that_is_no_policy(working, sts, policy, text):
    policy.write_bytes(text.encode(errors="surrogatepass"))
    result = working.run("process", "prod", "--policy", policy)
    assert result.code in (1, 8), result
    result.failed(result.code, str(policy) if result.code == 8 else "policy")
    assert sts.requests == []


@pytest.mark.parametrize("text", ["{", '{"Version": "2012-10-17"} trailing', DOCUMENT[:-1]])
def test_a_policy_that_is_cut_off(working, sts, policy, text):
    policy.write_text(text)
    working.run("process", "prod", "--policy", policy).failed(8, str(policy))
    assert sts.requests == []


def test_no_file(working, sts):
    for path in ("/nowhere", "/", ""):
        result = working.run("process", "prod", "--policy", path)
        assert result.code not in (0, 5) and result.out == "", result
    assert sts.requests == []


def test_a_web_identity_is_narrowed_or_refused(working, sts):
    """Never silently left as wide as it was."""
    (working.root / "jwt").write_text("head.body.signature")
    working.add_profile("web", f"role_arn = {ROLE}", f"web_identity_token_file = {working.root}/jwt")
    result = working.run("process", "web", "--read-only")
    if result.code == 0:
        assert narrowed(sts.only("AssumeRoleWithWebIdentity")) == {"PolicyArns.member.1.arn": READ_ONLY}
    else:
        result.failed(2)
        assert sts.requests == []


def test_with_a_code_in_the_role_itself(unlocked, sts):
    unlocked.add_profile("long", f"role_arn = {ROLE}", "source_profile = alice", "duration_seconds = 7200")
    unlocked.good("process", "long", "--read-only", "--mfa-code", "123456", passphrase=True)
    request = sts.only("AssumeRole")
    assert narrowed(request) == {"PolicyArns.member.1.arn": READ_ONLY}
    assert request.parameters["SerialNumber"] == MFA


def test_explain_says_it(working):
    step = json.loads(working.good("explain", "prod", "--json", "--read-only"))["steps"][-1]
    assert step["parameters"]["policy_arns"] == READ_ONLY and step["next"] == "request"
    assert json.loads(working.good("explain", "prod", "--json"))["steps"][-1]["next"] == "nothing"


def test_the_old_session_is_not_served_in_its_place(working, sts):
    """Where a narrowed session cannot be had, nothing wider is given out."""

    def denied(server, request):
        raise ConnectionError

    sts.always("AssumeRole", denied)
    result = working.run("process", "prod", "--read-only")
    assert result.code in (5, 6) and result.out == "", result
