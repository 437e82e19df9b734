"""`explain`'s last line: whether SDKs ask warder for a profile, held to what botocore and the AWS CLI do."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from home import MFA, ROLE, WARDER

KEY = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"
ASKS = f"credential_process = {WARDER} process p\n"
KEYED = f"warder_key = alice\nregion = eu-west-1\nmfa_serial = {MFA}\n"
START = "[profile p]\n" + KEYED
OURS = "custom-process ASIA"
SSO = "sso_account_id = 1\nsso_role_name = R\nsso_start_url = https://a.example\nsso_region = eu-west-1\n"

# What the profile says, the credentials file, the environment; what explain gives as reasons; what botocore does where
# an option names the profile, and where AWS_PROFILE does.
CASES = {
    "warder": (ASKS, "", {}, [], OURS, OURS),
    "warder, in quotes": (f"credential_process = '{WARDER}' process --no-prompt 'p'\n", "", {}, [], OURS, OURS),
    "warder by env": (f"credential_process = env A=b {WARDER} process p\n", "", {}, [], OURS, OURS),
    "warder beside what is no source": (
        ASKS + "external_id = ab\nrole_session_name = abc\n", "", {}, [], OURS, OURS),
    "chosen": (ASKS, "", {"AWS_PROFILE": "p"}, [], OURS, OURS),
    "in the credentials file": ("", f"[p]\n{ASKS}", {}, [], OURS, OURS),
    # Before the process.
    "a key in credentials": (ASKS, f"[p]\n{KEY}", {}, ["key_in_credentials"], "shared-credentials-file AKIA", None),
    "half a key in credentials": (
        ASKS, "[p]\naws_access_key_id = AKIAHALF\n", {}, ["key_in_credentials"], "PartialCredentialsError", None),
    "a secret alone": (ASKS, "[p]\naws_secret_access_key = secret/of/it\n", {}, [], OURS, OURS),
    "another's key in credentials": (ASKS, f"[default]\n{KEY}", {}, [], OURS, OURS),
    "a key in config": (ASKS + KEY, "", {}, ["key_in_config"], OURS, OURS),
    "a role": (ASKS + f"role_arn = {ROLE}\nsource_profile = q\n", "", {},
               ["setting_before_process", "setting_before_process"], "InvalidConfigError", None),
    "a role alone": (ASKS + f"role_arn = {ROLE}\n", "", {}, ["setting_before_process"], "PartialCredentialsError", None),
    "a role over there": (ASKS, f"[p]\nrole_arn = {ROLE}\nsource_profile = q\n", {},
                          ["setting_before_process", "setting_before_process"], "InvalidConfigError", None),
    "a role for warder": (ASKS + f"warder_role_arn = {ROLE}\nwarder_source_profile = q\n", "", {}, [], OURS, OURS),
    "a web identity": (ASKS + f"role_arn = {ROLE}\nweb_identity_token_file = /nowhere\n", "", {},
                       ["setting_before_process", "setting_before_process"], "FileNotFoundError", None),
    "an empty web identity": (ASKS + "web_identity_token_file =\n", "", {}, [], OURS, OURS),
    "sso": (ASKS + SSO, "", {}, ["setting_before_process"] * 3, "", None),
    "a login": (ASKS + "login_session = arn:aws:iam::1:user/a\n", "", {}, ["setting_before_process"], "", None),
    # The process.
    "no process": ("", "", {}, ["no_process"], "none", "none"),
    "an empty process": ("credential_process =\n", "", {}, ["empty_process"], "IndexError", None),
    "an open quote": (f"credential_process = '{WARDER} process p\n", "", {}, ["unfinished_process"], "ValueError", None),
    "a shell's variable": (f"credential_process = A=b {WARDER} process p\n", "", {}, ["shell_syntax"],
                           "FileNotFoundError", None),
    "a shell's home": ("credential_process = ~/warder process p\n", "", {},
                       ["shell_syntax", "absent_program"], "FileNotFoundError", None),
    "another program": ("credential_process = /bin/echo hello\n", "", {}, ["other_program"], "JSONDecodeError", None),
    "another command": (f"credential_process = {WARDER} list\n", "", {}, ["other_command"], "", ""),
    "a program that is gone": ("credential_process = /opt/gone/warder process p\n", "", {}, ["absent_program"],
                               "FileNotFoundError", None),
    "a name that is mistyped": ("credential_process = warderr process p\n", "", {}, ["absent_program"],
                                "FileNotFoundError", None),
    "another program that is gone": ("credential_process = /opt/gone/tool\n", "", {}, ["absent_program"],
                                     "FileNotFoundError", None),
    "a folder": ("credential_process = {home}/bin\n", "", {}, ["not_executable"], "PermissionError", None),
    "quotes round all of it": (f"credential_process = \"{WARDER} process p\"\n", "", {}, ["quoted_arguments"],
                               "FileNotFoundError", None),
    "a program that is a folder": ("credential_process = {home}/bin/warder process p\n", "", {}, ["not_executable"],
                                   "PermissionError", None),
    "not absolute, not there": ("credential_process = warder process p\n", "", {"PATH": "/usr/bin:/bin"},
                                ["absent_program"], "FileNotFoundError", None),
    "not absolute": ("credential_process = warder process p\n", "", {"PATH": f"{WARDER.parent}:/usr/bin:/bin"},
                     ["not_absolute"], OURS, OURS),
    "another warder": ("credential_process = {home}/copy/warder process p\n", "", {}, ["another_warder"], OURS, OURS),
    "the same by a link": ("credential_process = {home}/link/warder process p\n", "", {}, [], OURS, OURS),
    "the same by another name": ("credential_process = {home}/link/warder-0.1 process p\n", "", {}, [], OURS, OURS),
    # Before any profile.
    "a key in the environment": (ASKS, "", {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"},
                                 ["environment_key"], OURS, "env AKIA"),
    "an empty key in the environment": (ASKS, "", {"AWS_ACCESS_KEY_ID": ""}, [], OURS, OURS),
    "a web identity in the environment": (
        ASKS, "", {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": ROLE}, ["environment_web_identity"], OURS,
        "FileNotFoundError"),
    "another profile chosen": (ASKS, "", {"AWS_PROFILE": "q"}, ["another_profile_chosen"], OURS, "none"),
    "another chosen for botocore": (ASKS, "", {"AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "q"},
                                    ["another_profile_chosen"], OURS, "none"),
    "a section twice": (ASKS + "[profile z]\n[profile z]\n", "", {}, ["repetition"], "ConfigParseError", None),
    "a setting twice": (ASKS + "region = eu-west-1\n", "", {}, ["repetition"], "ConfigParseError", None),
    "a setting twice over there": (ASKS, "[z]\noutput = a\nOUTPUT = a\n", {}, ["repetition"], "ConfigParseError", None),
    "a section of each file": (ASKS, "[z]\n[profile z]\n", {}, [], OURS, OURS),
    "a config elsewhere": (ASKS, "", {"AWS_CONFIG_FILE": "{home}/.aws/config"}, [], OURS, OURS),
    "a config in this folder": (ASKS, "", {"AWS_CONFIG_FILE": "{folder}/.aws/config"}, ["relative_file"], OURS, OURS),
}
# Each case in a process of its own, so that botocore is imported once.
OUTCOMES = """
import json, os, sys, boto3
def outcome(**options):
    try:
        credentials = boto3.Session(**options).get_credentials()
        return f'{credentials.method} {credentials.access_key[:4]}' if credentials else 'none'
    except BaseException as error:
        return type(error).__name__
for case in json.load(open(sys.argv[1])):
    sys.stdout.flush()
    if os.fork() == 0:
        os.environ.update(case)
        named = outcome(profile_name='p')
        os.environ.setdefault('AWS_PROFILE', 'p')
        print(json.dumps([named, outcome()]), flush=True)
        os._exit(0)
    os.wait()
"""


def furnish(home, what, folder):
    """Writes the files of a case into a home folder of its own; the environment that it is used in."""
    profile, credentials, environment, *_ = CASES[what]
    root = home.root / folder
    for name in (".aws", "bin/warder", "copy", "link"):
        (root / name).mkdir(parents=True)
    os.link(copied(home), root / "copy/warder")
    for name in ("warder", "warder-0.1"):
        (root / "link" / name).symlink_to(WARDER)
    other = f"[profile q]\n{KEYED}"
    is_in_config = profile or not credentials
    text = START + profile + other if is_in_config else other
    (root / ".aws/config").write_text(text.replace("{home}", str(root)))
    if credentials:
        (root / ".aws/credentials").write_text(credentials if is_in_config else credentials + KEYED)
    here = {name: value.format(home=root, folder=folder) for name, value in environment.items()}
    return {"HOME": str(root)} | here


def copied(home):
    """Another file that is warder too."""
    path = home.root / "another warder"
    if not path.exists():
        shutil.copy(WARDER, path)
    return path


def last(home, environment, name="p"):
    return home.good("explain", name, env=environment).splitlines()[-1]


@pytest.fixture(scope="module")
def outcomes(shared):
    """What botocore does in each case where an option names the profile, and where AWS_PROFILE does."""
    environments = [furnish(shared, what, f"case-{number}") for number, what in enumerate(CASES)]
    cases = shared.root / "cases"
    cases.write_text(json.dumps(environments))
    ran = shared.python(OUTCOMES, str(cases), timeout=300)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(lines) == len(CASES), ran
    return {what: (environment, *line) for what, environment, line in zip(CASES, environments, lines)}


@pytest.mark.parametrize("what", CASES)
def test_explain_and_botocore_agree(shared, outcomes, what):
    *_, codes, named, chosen = CASES[what]
    environment, *found = outcomes[what]
    sdks = json.loads(shared.good("explain", "p", "--json", env=environment))["sdks"]
    assert [obstacle["code"] for obstacle in sdks["obstacles"]] == codes, sdks
    assert sdks["ask_warder"] is (codes == [])
    reaches = {obstacle["reach"] for obstacle in sdks["obstacles"]}
    worst = next((reach for reach in ("all", "some", "unnamed") if reach in reaches), None)
    line = last(shared, environment)
    answer = {"all": "do not ask", "some": "do not all ask", "unnamed": "ask warder for p only where", None: "ask"}
    assert line.startswith(f"sdks: {answer[worst]} "), line
    assert "secret/of/it" not in line
    assert found[0].startswith(named) and found[1].startswith(named if chosen is None else chosen), (line, found)
    # What is said of all is so of botocore; what is said of some may be.
    if worst != "some" and codes != ["another_warder"]:
        assert (found[0] == OURS) is (worst in (None, "unnamed")), (line, found)
        assert (found[1] == OURS) is (worst is None), (line, found)


@pytest.mark.parametrize("what", ["warder", "a key in credentials", "a key in the environment", "another profile chosen"])
def test_explain_and_the_cli_agree(shared, outcomes, what):
    environment, *_ = outcomes[what]
    ran = subprocess.run(
        [Path(sys.executable).parent / "aws", "configure", "list", "--profile", "p"],
        env=shared.variables(env=environment), capture_output=True, text=True, timeout=60)
    line = last(shared, environment)
    assert ("custom-process" in ran.stdout) is not line.startswith("sdks: do not"), (line, ran)


def test_what_to_do_is_said(working):
    working.config(f"{START}role_arn = {ROLE}\nsource_profile = q\n[profile q]\n{KEYED}")
    # What adopt mends is one thing.
    line = last(working, {})
    assert line == "sdks: do not ask warder for p: ~/.aws/config:5: SDKs go by role_arn first; run warder adopt p"
    (working.root / ".aws/credentials").write_text(f"[p]\n{KEY}")
    line = last(working, {})
    assert "SDKs go by role_arn first; run warder adopt p; also ~/.aws/credentials:2: a key in plain text" in line
    (working.root / ".aws/credentials").unlink()
    working.good("adopt", "p")
    assert last(working, {}) == "sdks: ask warder for p"
    elsewhere = {"AWS_CONFIG_FILE": str(working.config_file)}
    assert last(working, elsewhere) == "sdks: ask warder for p, in programs that have AWS_CONFIG_FILE too"


def test_a_key_without_a_profile(working):
    working.config("")
    line = last(working, {}, "alice")
    assert line.startswith("sdks: do not ask warder for alice: there is no such profile; add [profile alice]"), line


def test_keys_that_warder_exported(shared, outcomes):
    environment = outcomes["a key in the environment"][0] | {"WARDER_PROFILE": "p"}
    assert last(shared, environment).endswith('exported it; eval "$(warder env --unset)" takes it away')


def test_a_key_that_the_profile_itself_needs(shared):
    environment = furnish(shared, "a key in the environment", "needs it")
    config = Path(environment["HOME"]) / ".aws/config"
    config.write_text(config.read_text().replace(KEYED, "warder_credential_source = Environment\n", 1))
    assert last(shared, environment).endswith("; name the profile by an option: p itself needs the variable")


def test_what_a_config_holds_is_not_obeyed_by_a_terminal(working):
    working.config(START + "credential_process = /bin/\x1b[2Jx process p\n")
    assert "\x1b" not in working.good("explain", "p")


@pytest.mark.parametrize("what, mentions", [
    ("a key in credentials", ["credentials:2: a key in plain text", "warder import p"]),
    ("a program that is gone", ["config:5: there is no program /opt/gone/warder"]),
    ("another program", ["config:5: credential_process runs /bin/echo, not warder"]),
    ("a name that is mistyped", ["config:5: there is no program warderr", f"write credential_process = {WARDER} process p"]),
    ("another program that is gone", ["config:5: there is no program /opt/gone/tool", "warder adopt p"]),
    ("a folder", ["config:5: ", "/bin cannot be run"]),
    ("quotes round all of it", [f"config:5: the quotes make one program name of {WARDER} process p",
                                f"write credential_process = {WARDER} process p"]),
    ("a web identity in the environment", ["AWS_WEB_IDENTITY_TOKEN_FILE is set here"]),
    ("sso", ["config:6: SDKs go by sso_account_id first", "warder adopt p"]),
])
def test_use_refuses_by_the_same_rule(shared, outcomes, what, mentions):
    result = shared.run("use", "--shell", "bash", "p", env=outcomes[what][0])
    assert (result.code, result.out) == (8, "false;\n")
    result.explained("warder use --keys p", *mentions)


@pytest.mark.parametrize("what", ["warder", "another warder", "a key in the environment", "another profile chosen"])
def test_use_mends_what_it_can(shared, outcomes, what):
    assert "export AWS_PROFILE=p;" in shared.good("use", "--shell", "bash", "p", env=outcomes[what][0])


@pytest.mark.parametrize("is_later", [True, False])
def test_two_sections_for_default(working, is_later):
    """botocore takes the later one whole; others take `[profile default]`."""
    asks = f"[profile default]\n{KEYED}credential_process = {WARDER} process default\n"
    bare = "[default]\nregion = eu-west-1\n"
    working.config(asks + bare if is_later else bare + asks)
    line = last(working, {}, "default")
    assert line.startswith("sdks: do not all ask warder for default: ~/.aws/config:"), line
    assert "[default] stands beside [profile default]" in line
    program = "import boto3; c = boto3.Session().get_credentials(); print(c and c.method)"
    assert working.python(program).stdout == ("None\n" if is_later else "custom-process\n")
    working.good("adopt", "default")
    assert last(working, {}, "default") == "sdks: ask warder for default"
