"""`explain` and `process` agree: what the one foresees, the other does, whatever the source, the cache and the lock."""

import itertools
import json
import random

import clouds
import pytest
from clouds import ACCOUNT, PERMISSIONS, START
from home import MFA
from secret_service import answered

PLAIN = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"
ACTIONS = {"session_token": "GetSessionToken", "assume_role": "AssumeRole", "web_identity": "AssumeRoleWithWebIdentity"}
SOURCES = [
    "stored", "stored", "stored", "plain", "program", "lasting", "environment", "web", "sso", "instance", "container",
]
LINES = [
    "external_id = a:b/c", "role_session_name = who@where", "duration_seconds = 1800", "source_identity = alice",
    "region = ap-south-1", "region = us-east-1", "session_tags = team=core,cost=42",
    "policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess", 'policy = {"Version":"2012-10-17","Statement":[]}',
    "duration_seconds = 3600", "transitive_session_tags =",
]


def source(dice, kind):
    """The lines of a profile that is a source of this kind."""
    if kind == "stored":
        lines = ["warder_key = alice"]
        lines += [f"mfa_serial = {MFA}"] if dice.random() < 0.5 else []
        lines += ["warder_session = off"] if dice.random() < 0.2 else []
        return lines + ([f"warder_session_duration = {dice.choice(['90m', '3h'])}"] if dice.random() < 0.3 else [])
    return {
        "plain": PLAIN.split("\n")[:2] + ([f"mfa_serial = {MFA}"] if dice.random() < 0.4 else []),
        "program": ["credential_process = {home}/program session"],
        "lasting": ["credential_process = {home}/program"],
        "environment": ["credential_source = Environment"],
        "instance": ["credential_source = Ec2InstanceMetadata"],
        "container": ["credential_source = EcsContainer"],
        "web": ["role_arn = arn:aws:iam::222222222222:role/Web", "web_identity_token_file = {home}/jwt"],
        "sso": [f"sso_start_url = {START}", "sso_region = eu-west-1", f"sso_account_id = {ACCOUNT}",
                f"sso_role_name = {PERMISSIONS}"],
    }[kind]


def config(dice):
    """The profiles p0, …, the first of them the source of the others; how many there are, and what the source is."""
    count = dice.randint(0, 4)
    kind = dice.choice(SOURCES)
    profiles = [source(dice, kind)]
    for number in range(1, count + 1):
        lines = dice.sample(LINES[:-1], dice.randint(0, 3))
        if len({line.split(" ")[0] for line in lines}) < len(lines):
            lines = lines[:1]
        prefix = dice.choice(["", "warder_"])
        role = [f"{prefix}role_arn = arn:aws:iam::222222222222:role/R{number}"]
        profiles.append([*role, f"{prefix}source_profile = p{number - 1}", *lines])
    if count and kind in ("stored", "plain") and dice.random() < 0.2:
        profiles[1] = [line for line in profiles[1] if not line.startswith("duration")] + ["duration_seconds = 7200"]
    if count and kind != "stored" and dice.random() < 0.2:
        profiles[count] += [f"mfa_serial = {MFA}"]
    if dice.random() < 0.3:
        profiles[0] += ["mfa_process = {home}/codes"]
    return "".join(
        f"[profile p{number}]\n" + "\n".join(lines) + "\n" for number, lines in enumerate(profiles)), count + 1, kind


def furnish(home, metadata, center):
    """Makes each kind of source to be had."""
    (home.root / "codes").write_text(
        "#!/bin/sh\necho ran >>$0.runs\nprintf '9%05d' $(wc -l <$0.runs)\n"
    )
    (home.root / "codes").chmod(0o700)
    (home.root / "program").write_text(
        "#!/bin/sh\necho ran >> ${0%/*}/runs\n"
        'printf \'{"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "secret"\'\n'
        f'[ "$1" = session ] && printf \', "SessionToken": "t", "Expiration": "{clouds.stamp(7200)}"\'\necho "}}"\n')
    (home.root / "program").chmod(0o755)
    (home.root / "jwt").write_text("head.body.signature")
    center.cli_cache(home, START)
    home.environment |= center.environment() | clouds.PATIENCE | {
        "AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": metadata.url + clouds.CONTAINER,
    }


def take_away(home, kind, dice):
    """Takes away what a source of this kind lives on, or a part of it; whether there is such a thing."""
    if kind == "stored":
        home.config(home.config_file.read_text().replace("warder_key = alice", "warder_key = ghost"))
    elif kind == "environment":
        home.environment[dice.choice(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])] = ""
    elif kind == "web":
        token = home.root / "jwt"
        token.write_text("") if dice.random() < 0.5 else token.unlink()
    elif kind == "sso":
        for path in (home.root / ".aws/sso/cache").iterdir():
            path.unlink()
    elif kind == "instance":
        home.environment["AWS_EC2_METADATA_DISABLED"] = "true"
    elif kind == "container":
        del home.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    else:
        return False
    return True


def planned(explanation, *outlook):
    """The requests that it says will be made, or may be: the action, and the role that is assumed."""
    return [
        (ACTIONS.get(step["kind"], step["kind"]), step["parameters"].get("role_arn"))
        for step in explanation["steps"] if step["next"] in outlook
    ]


def made(home, sts, center):
    """The requests that were made since this was last asked."""
    runs = home.root / "runs"
    programs = [("process", None)] if runs.exists() else []
    signed_in = [("sso", None)] if "/federation/credentials" in center.log else []
    requests = [(request.action, request.parameters.get("RoleArn")) for request in sts.requests]
    runs.unlink(missing_ok=True)
    center.log.clear()
    sts.requests.clear()
    return programs + signed_in + requests


# What the tests of Explaining have no chain for: other programs, programs that give codes, a passphrase.
SEEDS = [0, 5, 9, 16, 17, 24, 27, 28, 29, 35, 38, 45, 47, 49]


@pytest.mark.parametrize("seed", SEEDS)
def test_explain_and_process_agree(home, sts, metadata, center, seed):
    dice = random.Random(seed)
    opens_itself = dice.random() < 0.3
    if opens_itself:
        keyfile = home.root / "keyfile"
        with home.opened():
            home.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
        home.environment["WARDER_KEYFILE"] = str(keyfile)
        if dice.random() < 0.25:
            keyfile.chmod(0o666) if dice.random() < 0.5 else keyfile.unlink()
            opens_itself = False

    def change_state():
        if dice.random() < 0.2:
            home.good("lock")
        elif dice.random() < 0.5 and opens_itself:
            home.start_anew()

    agree(home, sts, metadata, center, dice, change_state, opens_itself)


@pytest.mark.parametrize("seed", range(10))
def test_explain_and_process_agree_at_a_desktop(desktop, sts, metadata, center, seed):
    home, dice = desktop, random.Random(seed)
    home.good("add", "alice", "--stdin", "--no-verify", "--store", "libsecret", input="\n".join(home.key) + "\n")
    home.good("lock")

    def change_state():
        if dice.random() < 0.2:
            home.good("lock")
        elif dice.random() < 0.3:
            home.start_anew()
        if dice.random() < 0.4:
            home.keyring.lock()

    agree(home, sts, metadata, center, dice, change_state, True)


def agree(home, sts, metadata, center, dice, change_state, opens_itself):
    furnish(home, metadata, center)
    # None twice: warder knows which were used.
    codes = (f"{number:06d}" for number in itertools.count(100_000))
    text, count, kind = config(dice)
    home.config(text.replace("{home}", str(home.root)))
    name = f"p{count - 1}"
    may_narrow = count > 1 and "policy" not in text.split("[profile ")[-1]
    narrow = ["--read-only"] if may_narrow and dice.random() < 0.2 else []
    lacks = dice.random() < 0.15 and take_away(home, kind, dice)
    if opens_itself and dice.random() < 0.5:
        home.start_anew()
    if dice.random() < 0.7:
        with home.opened():
            answered(home, "unlock", passphrase=True)
            for _ in range(dice.randint(0, 2)):
                home.run("process", f"p{dice.randrange(count)}", "--mfa-code", next(codes), passphrase=True)
        change_state()
    if not lacks and dice.random() < 0.25:
        lacks = take_away(home, kind, dice)
    made(home, sts, center)

    explanation = json.loads(answered(home, "explain", name, "--json", *narrow).out)
    told = (kind, lacks, home.config_file.read_text(), explanation)
    if explanation["fails"]:
        result = answered(home, "process", name, *narrow, "--mfa-code", next(codes), passphrase=True)
        assert result.code in (3, 4, 7, 8) and explanation["fails"].startswith(reason(result)), (told, result)
        assert made(home, sts, center) == [], told
        return
    plan = planned(explanation, "request")
    at_most = planned(explanation, "request", "unknown")
    answers = {"passphrase": True} if explanation["prompts"] else {}
    code = ["--mfa-code", next(codes)] if explanation["prompts"] else []
    # While locked it cannot know what is cached.
    uncertain = explanation["locked"] and lacks
    if explanation["prompts"]:
        # Without answers it gets as far as it can without them, and what it made so far is kept.
        usual = {3, 4} | ({0} if explanation["locked"] and opens_itself else set())
        result = answered(home, "process", name, *narrow)
        assert result.code in usual | ({7, 8} if uncertain else set()), (told, result)
    tree = answered(home, "explain", name, *narrow).out
    before = made(home, sts, center)
    result = answered(home, "process", name, *narrow, *code, **answers)
    # A program whose answer has no end is run each time.
    requests = list(dict.fromkeys(before + made(home, sts, center)))
    if result.code != 0:
        assert uncertain and requests == [], (told, result)
        # Whether there is such a key, or a sign-in, is for whoever opens the store to see.
        assert kind in ("stored", "sso") or "fails" in tree and reason(result) in tree, (told, result, tree)
        return
    if explanation["locked"]:
        assert plan == [] and requests == at_most[len(at_most) - len(requests) :], told
    else:
        assert requests == plan == at_most, told

    # A passphrase that nobody typed opened the cache for its own process alone.
    if answers and home.vault.exists():
        with home.opened():
            answered(home, "unlock", passphrase=True)
    again = json.loads(answered(home, "explain", name, "--json", *narrow).out)
    # What is never kept: a program's answer that has no end, and the key itself where there is no session.
    lasting = "/program\n" in text and count == 1
    assert planned(again, "request", "unknown") == (plan or at_most if lasting else []), (told, again)
    if count > 1:
        assert {step["next"] for step in again["steps"]} == {"nothing"}, (told, again)
        assert again["prompts"] is False, (told, again)
    assert answered(home, "process", name, *narrow, passphrase=count == 1).code == 0
    assert made(home, sts, center) == planned(again, "request", "unknown")


def reason(result):
    """What a failure says, without its hint."""
    return result.err.splitlines()[0].removeprefix("warder: ")
