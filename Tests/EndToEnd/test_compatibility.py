"""botocore and warder, side by side: from the same files and variables they come to the same credentials.

Both are the only client of servers that count from one, so that the same requests give the same credentials. Where the
two differ, the row says what each does, and why; `docs/compatibility.md` has the same.
"""

import dataclasses
import fcntl
import json
import os
import subprocess
import tempfile

import clouds
import pytest
from clouds import ACCOUNT, CONTAINER, CONTAINER_KEY, INSTANCE_KEY, PERMISSIONS, SIGN_IN_KEY, START
from home import MFA, ROLE

FIRST = "arn:aws:iam::222222222222:role/First"
BOTOCORE = """
import getpass, json, sys
getpass.getpass = lambda *_: "123456"
import botocore.session
credentials = botocore.session.Session(profile=sys.argv[1]).get_credentials()
keys = credentials and credentials.get_frozen_credentials()
print(json.dumps(list(keys) if keys else None))
"""
KEY = "aws_access_key_id = AKIAPLAIN{0}\naws_secret_access_key = secret/of/{0}\n"
PLAIN = KEY.format("")
BASE = f"[profile base]\nregion = eu-west-1\n{PLAIN}"


@dataclasses.dataclass
class Case:
    """One row of the table. Both get the profile `p`, unless `profile` names another."""

    name: str
    config: str
    # The id of the key that both give; of STS's n-th answer where roles are named.
    gives: str | None = None
    # The roles that are assumed, one after another.
    roles: tuple = ()
    # What the last request to STS had among its parameters.
    sent: dict = dataclasses.field(default_factory=dict)
    credentials: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    profile: str = "p"
    # The region that the last request is signed for.
    region: str | None = None
    # Both fail, warder with this code.
    fails: int | None = None
    # Why warder differs, and what botocore gives and assumes then: its key, or None for a failure.
    differs: str = ""
    botocore_gives: str | None = None
    botocore_roles: tuple = ()


def role(name="p", source="base", arn=ROLE, *lines):
    head = [f"[profile {name}]", f"role_arn = {arn}", f"source_profile = {source}"]
    region = [] if any(line.startswith("region") for line in lines) else ["region = eu-west-1"]
    return "\n".join([*head, *region, *lines, ""])


def nested(depth):
    """`depth` roles, one behind the other."""
    names = ["p", *(f"step{number}" for number in range(1, depth)), "base"]
    pairs = zip(names, names[1:])
    return BASE + "".join(
        role(name, source, f"arn:aws:iam::222222222222:role/{name}") for name, source in pairs
    ), tuple(["p", *(f"step{number}" for number in range(1, depth))][::-1])


def parameter(line, **sent):
    return Case(line.split(" ")[0], BASE + role("p", "base", ROLE, line), roles=("Admin",), sent=sent)


SOURCE = f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\ncredential_source = "
EC2 = SOURCE + "Ec2InstanceMetadata\n"
ECS = SOURCE + "EcsContainer\n"
ENVIRONMENT = SOURCE + "Environment\n"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "secret/of/environment"}
IMDS = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{metadata}"}
FULL = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{metadata}" + CONTAINER}
WEB = f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\nweb_identity_token_file = {{home}}/jwt\n"
SSO = f"sso_account_id = {ACCOUNT}\nsso_role_name = {PERMISSIONS}\n"
LEGACY = f"sso_start_url = {START}\nsso_region = eu-west-1\n{SSO}"
SESSION = f"[sso-session corp]\nsso_start_url = {START}\nsso_region = eu-west-1\n"
PROGRAM = "[profile p]\ncredential_process = {home}/program"

PLAINTEXT_KEYS = [
    Case("a key in the config file", f"[profile p]\n{PLAIN}", "AKIAPLAIN"),
    Case("a key in the credentials file", "", "AKIAPLAIN", credentials=f"[p]\n{PLAIN}"),
    Case("a key with a token", f"[profile p]\n{PLAIN}aws_session_token = token\n", "AKIAPLAIN"),
    Case("the credentials file beats the config file", f"[profile p]\n{KEY.format(1)}", "AKIAPLAIN2",
         credentials=f"[p]\n{KEY.format(2)}"),
    Case("a key of the credentials file beside credential_process", PROGRAM, "AKIAPLAIN", credentials=f"[p]\n{PLAIN}"),
    Case("a key of the config file beside credential_process", f"{PROGRAM}\n{PLAIN}", "AKIAPLAIN",
         differs="most SDKs take a key first, whichever file it is in; botocore does that in credentials files alone",
         botocore_gives="AKIAPROGRAM"),
    Case("[default]", f"[default]\n{PLAIN}", "AKIAPLAIN", profile="default"),
    Case("[profile default] hides [default]", f"[profile default]\n{KEY.format(1)}[default]\n{KEY.format(2)}",
         "AKIAPLAIN1", profile="default",
         differs="the guide for SDKs has it so, and most SDKs; botocore takes the later one",
         botocore_gives="AKIAPLAIN2"),
    Case("names of settings in capitals", f"[profile p]\n{PLAIN.upper().replace('SECRET/OF', 'secret/of')}",
         "AKIAPLAIN"),
    Case("comments and blank lines", f"# one\n; two\n\n[profile p]\n{PLAIN}# three\n", "AKIAPLAIN"),
    Case("a comment behind a section's head", f"[profile p] # mine\n{PLAIN}", "AKIAPLAIN"),
    Case("keys of the environment do not count for a profile that is named", f"[profile p]\n{PLAIN}", "AKIAPLAIN",
         environment=KEYS),
    Case("nor does a web identity of the environment", f"[profile p]\n{PLAIN}", "AKIAPLAIN",
         environment={"AWS_ROLE_ARN": FIRST, "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/jwt"}),
    Case("nor do a container's credentials", f"[profile p]\n{PLAIN}", "AKIAPLAIN", environment=FULL),
    Case("half a key", "[profile p]\naws_access_key_id = AKIAHALF\n", fails=8),
    Case("no such profile", BASE, fails=7),
]

GRAMMAR = [
    Case("no spaces", f"[profile p]\n{PLAIN.replace(' = ', '=')}", "AKIAPLAIN"),
    Case("line ends of Windows", f"[profile p]\n{PLAIN}".replace("\n", "\r\n"), "AKIAPLAIN"),
    Case("spaces and tabs in a section's head", f"[profile \t p ]\n{PLAIN}", "AKIAPLAIN"),
    Case("a section without the word profile", f"[p]\n{PLAIN}", fails=7),
    Case("a profile in the credentials file with the word profile", "", fails=7, credentials=f"[profile p]\n{PLAIN}"),
    Case("an indented comment", f"[profile p]\n{PLAIN}  # one\n", "AKIAPLAIN"),
    Case("no bracket at the end", f"[profile p\n{PLAIN}", fails=8),
    Case("a line without =", f"[profile p]\n{PLAIN}word\n", fails=8),
    Case("a section twice", f"[profile p]\n{PLAIN}[profile p]\nregion = eu-west-1\n", "AKIAPLAIN",
         differs="the guide for SDKs has them read as one; botocore gives up"),
    Case("a setting twice", f"[profile p]\n{KEY.format(1)}{KEY.format(2)}", "AKIAPLAIN2",
         differs="the last one counts, as in most SDKs; botocore gives up"),
    Case("a name with a letter that is not ASCII", f"[profile münchen]\n{PLAIN}", profile="münchen", fails=7,
         differs="SDKs pass such a section over; botocore knows every name", botocore_gives="AKIAPLAIN"),
    Case("a name with a blank, in quotes", f"[profile \"a b\"]\n{PLAIN}", profile="a b", fails=7,
         differs="SDKs pass such a section over; botocore takes the quotes off", botocore_gives="AKIAPLAIN"),
    Case("quotes around a name", f"[profile 'p']\n{PLAIN}", fails=7,
         differs="the AWS CLI takes them off; most SDKs do not", botocore_gives="AKIAPLAIN"),
    Case("a comment behind a value", f"[profile p]\n{PLAIN.replace('PLAIN', 'PLAIN # mine')}", "AKIAPLAIN",
         differs="a comment, as in most SDKs; botocore makes it part of the value", botocore_gives="AKIAPLAIN # mine"),
    Case("an indented setting below a section's head", f"[profile p]\n  {PLAIN}", "AKIAPLAIN"),
    Case("an indented section", "  [profile p]\n  " + PLAIN.replace("\n", "\n  "), "AKIAPLAIN"),
    Case("a section that is indented deeper than its settings", f"    [profile p]\n{PLAIN}", "AKIAPLAIN"),
    Case("a section that is indented below a setting is part of it",
         f"[profile q]\noutput = json\n  [profile p]\n  {PLAIN.replace(chr(10), chr(10) + '  ')}", fails=7),
    Case("settings that are indented less and less", "[profile p]\n    {}\n  {}\nregion = eu-west-1\n".format(
        *PLAIN.splitlines()), "AKIAPLAIN"),
    Case("a colon for =", f"[profile p]\n{PLAIN.replace(' =', ':')}", fails=8,
         differs="an error in most SDKs; the AWS CLI reads it", botocore_gives="AKIAPLAIN"),
    Case("warder_role_arn", BASE + role().replace("role_arn", "warder_role_arn"), roles=("Admin",),
         differs="botocore does not know the prefix"),
    Case("include_profile", BASE + f"[profile p]\ninclude_profile = q\nrole_arn = {ROLE}\n"
         "[profile q]\nregion = eu-west-1\nsource_profile = base\n", roles=("Admin",),
         differs="a setting of aws-vault's; botocore does not know it"),
]

CHAINS = [
    *(Case(f"{depth} roles in a row", nested(depth)[0], roles=nested(depth)[1]) for depth in range(1, 8)),
    Case("a role whose source is the profile itself", role("p", "p") + PLAIN, roles=("Admin",)),
    Case("a source that is itself, behind another", role("p", "q") + role("q", "q", FIRST) + PLAIN, roles=("Admin",)),
    Case("a source in the credentials file", role("p", "there"), roles=("Admin",), credentials=f"[there]\n{PLAIN}"),
    Case("a source that is a role, and has a key", role("p", "both") + role("both", "base", FIRST) + PLAIN + BASE,
         roles=("Admin",)),
    Case("a role in the credentials file", BASE, roles=("Admin",),
         credentials=f"[p]\nregion = eu-west-1\nrole_arn = {ROLE}\nsource_profile = base\n"),
    Case("role_arn beats a key in the same profile", role() + KEY.format(9) + BASE, roles=("Admin",)),
    Case("role_arn beats credential_process", role() + "credential_process = false\n" + BASE, roles=("Admin",)),
    Case("a key is taken before sso and a program", f"{PROGRAM}\n{PLAIN}{LEGACY}", "ASIAIOSFODNN7EXAMPLE"),
    Case("a source that is another program", role("p", "q") + "[profile q]\ncredential_process = {home}/program\n",
         roles=("Admin",)),
    Case("a circle", role("p", "q") + role("q", "p"), fails=8),
    Case("a source that is not there", role("p", "nobody"), fails=8),
    Case("two sources", role("p", "base", ROLE, "credential_source = Environment") + BASE, fails=8),
    Case("no source", f"[profile p]\nrole_arn = {ROLE}\n", fails=8),
    Case("source_profile without role_arn", "[profile p]\nsource_profile = base\n" + BASE, fails=8),
]

PARAMETERS = [
    parameter("external_id = a:b/c", ExternalId="a:b/c"),
    parameter("role_session_name = from@here", RoleSessionName="from@here"),
    parameter("duration_seconds = 900", DurationSeconds="900"),
    Case("duration_seconds of a web identity", WEB + "duration_seconds = 900\n", roles=("Admin",),
         sent={"DurationSeconds": "900"},
         differs="botocore leaves it out for a web identity; the guide for SDKs has it for every role",
         botocore_roles=("Admin",)),
    Case("a region of its own", BASE + role("p", "base", ROLE, "region = ap-south-1"), roles=("Admin",),
         region="ap-south-1"),
    Case("the environment's region", BASE + role("p", "base", ROLE, "region = ap-south-1"), roles=("Admin",),
         environment={"AWS_REGION": "sa-east-1", "AWS_DEFAULT_REGION": "sa-east-1"}, region="sa-east-1"),
    Case("the source's region", BASE + f"[profile p]\nrole_arn = {ROLE}\nsource_profile = base\n", roles=("Admin",),
         region="eu-west-1", differs="a source's region counts for a role that names none; botocore gives up"),
    Case("no region", f"[profile p]\nrole_arn = {ROLE}\nsource_profile = p\n{PLAIN}", roles=("Admin",),
         region="us-east-1", differs="STS is asked where the partition began; botocore gives up"),
    Case("a region for each role", BASE + role("p", "q") + role("q", "base", FIRST, "region = ap-south-1"),
         roles=("First", "Admin"), region="eu-west-1",
         differs="each role is assumed in its own region; botocore assumes all in that of the profile asked for",
         botocore_roles=("First", "Admin")),
    Case("an MFA device", BASE + role("p", "base", ROLE, f"mfa_serial = {MFA}"), roles=("", "Admin"),
         differs="the code goes into a session that all roles behind the key share, so that one code a day is enough",
         botocore_roles=("Admin",)),
    Case("an MFA device without a role", BASE.replace("base", "p") + f"mfa_serial = {MFA}\n", roles=("",),
         differs="the session has MFA; botocore gives out the key itself", botocore_gives="AKIAPLAIN"),
    Case("a malformed ARN", BASE + role("p", "base", "arn:aws:iam::2:role/x"), fails=8,
         differs="found before it is sent", botocore_roles=("x",)),
]

SOURCES = [
    Case("Environment", ENVIRONMENT, roles=("Admin",), environment=KEYS),
    Case("Environment with a token", ENVIRONMENT, roles=("Admin",),
         environment=KEYS | {"AWS_SESSION_TOKEN": "token+of/environment"}),
    Case("Environment that is empty", ENVIRONMENT, fails=7),
    Case("an instance", EC2, roles=("Admin",), environment=IMDS),
    Case("an instance with version 1 alone", EC2, roles=("Admin",), environment=IMDS | {"TEST_TOKEN": "404"}),
    Case("an instance that forbids tokens", EC2, roles=("Admin",), environment=IMDS | {"TEST_TOKEN": "403"}),
    Case("an instance where version 1 is disabled", EC2, fails=5,
         environment=IMDS | {"TEST_TOKEN": "404", "AWS_EC2_METADATA_V1_DISABLED": "true"}),
    Case("an instance, disabled", EC2, fails=8, environment={"AWS_EC2_METADATA_DISABLED": "true"}),
    Case("an instance without a role", EC2, fails=7, environment=IMDS | {"TEST_ROLE": "404"}),
    Case("an instance's endpoint in the profile", EC2 + "ec2_metadata_service_endpoint = {metadata}\n",
         roles=("Admin",), environment={"AWS_EC2_METADATA_DISABLED": "false"}),
    Case("a container", ECS, roles=("Admin",), environment=FULL),
    Case("a container with a token", ECS, roles=("Admin",),
         environment=FULL | {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer t0ken"}),
    Case("a container with a token in a file", ECS, roles=("Admin",),
         environment=FULL | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/jwt"}),
    Case("the file beats the token", ECS, roles=("Admin",),
         environment=FULL | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/jwt",
                             "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer other"}),
    Case("a container on a host that is not allowed", ECS, fails=8,
         environment={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/role"}),
    Case("a container that is none", ECS, fails=7),
    Case("credential_source without role_arn", "[profile p]\ncredential_source = Environment\n", "AKIAENVIRONMENT",
         environment=KEYS, differs="the source's credentials themselves; botocore reads the setting for roles alone"),
    Case("a web identity", WEB, roles=("Admin",)),
    Case("a web identity with a session name", WEB + "role_session_name = pod\n", roles=("Admin",),
         sent={"RoleSessionName": "pod"}),
    Case("a role for the web identity of the environment", f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\n",
         roles=("Admin",), environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/jwt"},
         differs="it has no other source; botocore does not look at the variable for a profile that is named"),
    Case("a web identity behind a role", role("p", "q") + WEB.replace("profile p", "profile q"),
         roles=("Admin", "Admin")),
    Case("a web identity takes no parameters of other roles",
         WEB + "external_id = one\nsource_identity = alice\nsession_tags = a=1\ntransitive_session_tags = a\n",
         roles=("Admin",)),
    Case("a program", PROGRAM, "AKIAPROGRAM"),
    Case("a program with arguments in quotes", PROGRAM + " 'AKIA PROGRAM' \"2\"\n", "AKIA PROGRAM"),
    Case("a program that gives a session", PROGRAM + " ASIAPROGRAM session\n", "ASIAPROGRAM"),
    Case("a program with variables in its line", PROGRAM + " $WORD\n", "AKIAWORD", environment={"WORD": "AKIAWORD"},
         differs="a shell runs the line, as in most SDKs; botocore runs it without one", botocore_gives="$WORD"),
    Case("a program that fails", "[profile p]\ncredential_process = false\n", fails=1),
    Case("IAM Identity Center", SESSION + f"[profile p]\nsso_session = corp\n{SSO}", SIGN_IN_KEY),
    Case("what an sso-session says, said again", SESSION + f"[profile p]\nsso_session = corp\n{LEGACY}", SIGN_IN_KEY),
    Case("another region than the sso-session's",
         SESSION + f"[profile p]\nsso_session = corp\n{LEGACY.replace('eu-west-1', 'eu-west-2')}", fails=8),
    Case("another start URL than the sso-session's",
         SESSION + f"[profile p]\nsso_session = corp\nsso_start_url = https://b.example/start\n{SSO}", fails=8),
    Case("a region that the sso-session lacks",
         f"[sso-session corp]\nsso_start_url = {START}\n[profile p]\nsso_session = corp\nsso_region = eu-west-1\n{SSO}",
         fails=8),
    Case("IAM Identity Center as it was", f"[profile p]\n{LEGACY}", SIGN_IN_KEY),
    Case("IAM Identity Center behind a role", SESSION + f"[profile q]\nsso_session = corp\n{SSO}" + role("p", "q"),
         roles=("Admin",)),
    Case("IAM Identity Center beats a program", f"{PROGRAM}\n{LEGACY}", SIGN_IN_KEY),
    Case("an sso-session that is not there", f"[profile p]\nsso_session = corp\n{SSO}", fails=8),
]

ELSEWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
SERVICES = "[services mine]\nsts =\n  endpoint_url = {sts}\n"
UNSET = {"AWS_ENDPOINT_URL": ""}
ENDPOINTS = [
    Case("endpoint_url", BASE + role("p", "base", ROLE, "endpoint_url = {sts}"), roles=("Admin",), environment=UNSET),
    Case("AWS_ENDPOINT_URL beats endpoint_url", BASE + role("p", "base", ROLE, "endpoint_url = http://127.0.0.1:9"),
         roles=("Admin",)),
    Case("AWS_ENDPOINT_URL_STS beats both", BASE + role("p", "base", ROLE, "endpoint_url = http://127.0.0.1:9"),
         roles=("Admin",), environment=ELSEWHERE | {"AWS_ENDPOINT_URL_STS": "{sts}"}),
    Case("a services section", SERVICES + BASE + role("p", "base", ROLE, "services = mine"), roles=("Admin",),
         environment=UNSET),
    Case("a services section beats endpoint_url",
         SERVICES + BASE + role("p", "base", ROLE, "services = mine", "endpoint_url = http://127.0.0.1:9"),
         roles=("Admin",), environment=UNSET),
]

CASES = PLAINTEXT_KEYS + GRAMMAR + CHAINS + PARAMETERS + SOURCES + ENDPOINTS


@pytest.fixture
def place(unlocked, sts, metadata, center):
    """A home whose every source is to be had, and nothing is recorded yet."""
    program = unlocked.root / "program"
    program.write_text(
        "#!/bin/sh\nprintf '{\"Version\": 1, \"AccessKeyId\": \"%s\"' \"${1:-AKIAPROGRAM}\"\n"
        "printf ', \"SecretAccessKey\": \"secret\"'\n"
        f"[ \"$2\" = session ] && printf ', \"SessionToken\": \"token\", \"Expiration\": \"{clouds.stamp(7200)}\"'\n"
        "echo '}'\n"
    )
    program.chmod(0o755)
    (unlocked.root / "jwt").write_text("head.body.signature")
    unlocked.environment |= center.environment() | clouds.PATIENCE
    center.cli_cache(unlocked, "corp")
    center.cli_cache(unlocked, START)
    return unlocked


def filled(text, home, sts, metadata):
    for name, value in {"home": home.root, "sts": sts.url, "metadata": metadata.url}.items():
        text = text.replace("{%s}" % name, str(value))
    return text


def prepared(case, home, sts, metadata):
    home.config(filled(case.config, home, sts, metadata))
    (home.root / ".aws/credentials").write_text(case.credentials)
    home.environment |= {key: filled(value, home, sts, metadata) for key, value in case.environment.items()}
    for variable, path in {"TEST_TOKEN": clouds.TOKEN, "TEST_ROLE": clouds.ROLES}.items():
        if variable in case.environment:
            metadata.replies[path] = clouds.Reply(int(case.environment[variable]))


def seen(request):
    """A request, but for what each client names by itself."""
    named = {name: value for name, value in request.parameters.items() if name != "Version"}
    if named.get("RoleSessionName", "").startswith(("botocore-session-", "warder-")):
        named["RoleSessionName"] = "-"
    signer = (request.access_key_id, request.token, request.region) if request.authorization else None
    return request.action, named, signer


def by_botocore(case, home, sts):
    sts.reset()
    result = home.sdk(BOTOCORE, case.profile)
    keys = json.loads(result.stdout) if result.returncode == 0 else None
    return (keys[:3] if keys else None), [seen(request) for request in sts.requests], result


def by_warder(case, home, sts):
    sts.reset()
    result = home.run("process", case.profile, "--mfa-code", "123456")
    keys = json.loads(result.out) if result.code == 0 else None
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    return (keys and [keys.get(name) for name in names]), [seen(request) for request in sts.requests], result


def assumed(requests):
    return tuple(parameters.get("RoleArn", "/").rpartition("/")[2] for _, parameters, _ in requests)


def expected(gives, roles):
    return gives or (f"ASIATEMPORARY{len(roles):07d}" if roles else None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_same_credentials(place, sts, metadata, case):
    prepared(case, place, sts, metadata)
    ours, asked, result = by_warder(case, place, sts)
    theirs, wanted, other = by_botocore(case, place, sts)
    if case.fails:
        result.failed(case.fails)
    else:
        assert ours, result
        assert ours[0] == expected(case.gives, case.roles)
        assert assumed(asked) == case.roles
        assert not case.sent.items() - (asked[-1][1].items() if asked else set())
        assert case.region in (None, (asked[-1][2] or [None])[-1] if asked else None)
    if case.differs:
        assert (theirs, wanted) != (ours, asked), "there is no difference any more"
        assert (theirs and theirs[0]) == expected(case.botocore_gives, case.botocore_roles), other
        assert assumed(wanted) == case.botocore_roles
    else:
        assert theirs == ours, other
        assert wanted == asked


@pytest.fixture
def agent():
    """A container's agent at ECS's own address."""
    if os.geteuid() != 0:
        pytest.skip("root is needed to give this machine the address 169.254.170.2")
    # There is one such address on this machine, and another test may have it just now.
    with open(f"{tempfile.gettempdir()}/warder-169.254.170.2", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        added = subprocess.run(["ip", "address", "add", "169.254.170.2/32", "dev", "lo"], capture_output=True, text=True)
        if added.returncode != 0:
            pytest.skip(f"the address 169.254.170.2 cannot be had: {added.stderr.strip()}")
        try:
            server = clouds.Metadata(("169.254.170.2", 80))
            yield server
            # The port is to be free for whoever has the address next.
            server.released.set()
            clouds.close(server.server)
        finally:
            subprocess.run(["ip", "address", "del", "169.254.170.2/32", "dev", "lo"], check=True)


@pytest.mark.parametrize("beside", [{}, FULL], ids=["alone", "beside a full URI"])
def test_a_container_with_a_relative_uri(place, sts, metadata, agent, beside):
    uri = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/container/v2?id=1"}
    proxy = {"http_proxy": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}
    case = Case("a relative URI", ECS, environment=beside | uri | proxy)
    prepared(case, place, sts, metadata)
    ours, asked, result = by_warder(case, place, sts)
    assert ours and asked[0][2][0] == CONTAINER_KEY, result
    theirs, wanted, other = by_botocore(case, place, sts)
    assert (theirs, wanted) == (ours, asked), other
    assert agent.paths() == ["GET /container/v2?id=1"] * 2 and metadata.requests == []


ENDPOINT = """
import botocore.session, json, sys
client = botocore.session.Session(profile=sys.argv[1]).create_client("sts")
print(json.dumps([client.meta.endpoint_url, client.meta.region_name]))
"""
PLACES = [
    ("region = eu-west-1", {}),
    ("region = us-east-1", {}),
    ("region = us-gov-west-1", {}),
    ("region = cn-north-1", {}),
    ("region = us-iso-east-1", {}),
    ("region = us-isob-east-1", {}),
    ("region = eusc-de-east-1", {}),
    ("region = ap-southeast-7", {}),
    ("region = eu-west-1\nuse_fips_endpoint = true", {}),
    ("region = us-east-2\nuse_fips_endpoint = true", {}),
    ("region = us-gov-east-1\nuse_fips_endpoint = true", {}),
    ("region = eu-west-1\nuse_dualstack_endpoint = true", {}),
    ("region = us-east-2\nuse_dualstack_endpoint = true\nuse_fips_endpoint = true", {}),
    ("region = cn-north-1\nuse_dualstack_endpoint = true", {}),
    ("region = eu-west-1", {"AWS_USE_FIPS_ENDPOINT": "true"}),
    ("region = eu-west-1", {"AWS_USE_DUALSTACK_ENDPOINT": "true"}),
    ("region = eu-west-1\nuse_dualstack_endpoint = true", {"AWS_USE_DUALSTACK_ENDPOINT": "false"}),
    ("region = eu-west-1\nsts_regional_endpoints = regional", {}),
    ("region = eu-west-1\nsts_regional_endpoints = legacy", {}),
    ("region = eu-south-1\nsts_regional_endpoints = legacy", {}),
    ("region = us-west-2", {"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}),
    ("region = us-west-2", {"AWS_DEFAULT_REGION": "ap-south-1"}),
    ("region = us-west-2\nendpoint_url = https://aws.example/sts", {}),
    ("region = us-west-2\nendpoint_url = https://aws.example/sts\nignore_configured_endpoint_urls = true", {}),
    ("region = us-west-2\nservices = mine", {}),
    ("region = us-west-2\nservices = mine\nendpoint_url = https://aws.example/", {}),
    ("region = us-west-2\nservices = mine", {"AWS_ENDPOINT_URL": "https://all.example/"}),
    ("region = us-west-2\nservices = mine", {"AWS_ENDPOINT_URL_STS": "https://one.example:8443/a/b"}),
    ("region = us-west-2", {"AWS_ENDPOINT_URL": "https://all.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}),
]


@pytest.mark.parametrize("lines, environment", PLACES, ids=lambda value: str(value).replace("\n", ", "))
def test_the_same_endpoint(bare, lines, environment):
    bare.config(f"[services mine]\nsts =\n  endpoint_url = https://services.example\n[profile p]\n{PLAIN}{lines}\n")
    bare.environment |= environment
    endpoint = json.loads(bare.good("explain", "p", "--json"))["endpoint"]
    result = bare.sdk(ENDPOINT, "p")
    url, region = json.loads(result.stdout)
    assert endpoint["url"].rstrip("/") == url.rstrip("/"), result
    if not url.startswith("https://sts.amazonaws.com"):
        assert endpoint["signing_region"] == region
    else:
        assert endpoint["signing_region"] == "us-east-1"


def test_the_table_is_long_enough():
    assert len(CASES) >= 40 and len({case.name for case in CASES}) == len(CASES)
