"""`warder doctor` on what SDKs do instead of asking warder: the credentials file, settings beside `credential_process`,
and the program that it names."""

import shlex
import shutil
import subprocess

import pytest
from doctor import Case, cases, codes, examined, goes_through, mend
from faults import ASKS, LAPSED, PROCESS, PROD, added, beside, credentials, mended, process, replacing
from home import PROFILES, ROLE, WARDER, exit_code
from importing import pair

SIGN_IN = """
[profile x]
sso_session = corp
sso_account_id = 222222222222
sso_role_name = R
[sso-session corp]
sso_start_url = https://x.awsapps.com/start
sso_region = eu-west-1
"""


@cases(
    Case("a role", beside(f"role_arn = {ROLE}"), "setting_before_process", f"config:{PROCESS + 1}"),
    Case(
        "a role and its source", beside(f"role_arn = {ROLE}", "source_profile = alice"), "setting_before_process",
        f"config:{PROCESS + 1}", beside=("setting_before_process",),
    ),
    Case(
        "a role over several lines", beside("role_arn = arn:aws:iam::1:", "    role/x"), "setting_before_process",
        f"config:{PROCESS + 1}",
    ),
    Case("a web identity", beside("web_identity_token_file = /run/token"), "setting_before_process"),
    Case("a login", beside("login_session = arn:aws:iam::1:user/x"), "setting_before_process"),
    Case(
        "a sign-in", beside("sso_account_id = 222222222222", "sso_role_name = Admin"), "setting_before_process",
        f"config:{PROCESS + 1}",
    ),
    Case("a sign-in's session alone", beside("sso_session = corp"), "setting_before_process"),
    Case(
        "a role in the credentials file", credentials("[prod]", f"role_arn = {ROLE}"), "setting_before_process",
        "credentials:2",
    ),
    Case("no process", replacing(ASKS + "\n", ""), "no_process", f"config:{PROD}"),
    Case("an empty one", process(""), "empty_process", f"config:{PROCESS}"),
    Case("an open quote", process(f"'{WARDER} process prod"), "unfinished_process", f"config:{PROCESS}"),
    Case("quotes round all", process(f'"{WARDER} process prod"'), "quoted_arguments", f"config:{PROCESS}"),
    Case("a tilde", process("~/bin/warder process prod"), "shell_syntax", f"config:{PROCESS}"),
    Case("a pipe", process(f"{WARDER} process prod | cat"), "shell_syntax", f"config:{PROCESS}"),
    Case("an assignment", process(f"A=b {WARDER} process prod"), "shell_syntax", f"config:{PROCESS}"),
    Case("a program that is gone", process("/gone/warder process prod"), "absent_program", f"config:{PROCESS}"),
    Case("a mistyped one", process("/usr/bin/wardr process prod"), "absent_program", f"config:{PROCESS}"),
    Case("another command", process(f"{WARDER} list"), "other_command", f"config:{PROCESS}"),
    Case("another profile", process(f"{WARDER} process audit"), "another_profile", f"config:{PROCESS}"),
)
def test_a_profile(home, case):
    goes_through(home, case)
    assert f"credential_process = {WARDER} process prod\n" in home.config_file.read_text()


def executable(home, name, mode=0o755):
    """A program of the home's."""
    path = home.root / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path


def a_file_that_is_no_program(home):
    process(f"{executable(home, 'warder', 0o644)} process prod")(home)


def another_warder(home):
    program = executable(home, "warder")
    shutil.copy("/bin/true", program)
    process(f"{program} process prod")(home)


def by_its_name_alone(home):
    process("warder process prod")(home)
    return {"PATH": f"{WARDER.parent}:{home.environment['PATH']}"}


@cases(
    Case("a file that is no program", a_file_that_is_no_program, "not_executable", f"config:{PROCESS}"),
    Case("another warder", another_warder, "another_warder", f"config:{PROCESS}"),
    Case("a name", by_its_name_alone, "not_absolute", f"config:{PROCESS}"),
)
def test_a_program(home, case):
    goes_through(home, case)


@pytest.mark.parametrize(
    "lines, line", [(LAPSED, 2), (["output = json", "aws_access_key_id = AKIA"], 3)], ids=["a session's", "half a key"]
)
def test_a_key_that_cannot_be_stored(home, lines, line):
    """Nothing of it stays, and every other line does."""
    credentials("[prod]", *lines)(home)
    assert mended(home, "key_in_credentials")["place"].endswith(f"credentials:{line}")
    text = (home.root / ".aws/credentials").read_text()
    assert "aws_" not in text and text.count("\n") == len(lines) + 1 and text.startswith("[prod]\n"), text


def test_a_key_in_the_config(home):
    """Some SDKs go by it, and others by the program."""
    beside(*LAPSED)(home)
    assert mended(home, "key_in_config")["place"].endswith(f"config:{PROCESS + 1}")
    assert "aws_" not in home.config_file.read_text()


def test_a_key_in_the_credentials_file(working):
    """The command asks for a yes, and so is run at a terminal."""
    credentials("[alice]", *pair(working.key).splitlines())(working)
    (finding,) = [each for each in examined(working)["findings"] if each["code"] == "plaintext_key"]
    assert finding["place"].endswith("credentials:2") and finding["command"] == "warder import alice", finding
    with working.opened():
        terminal = working.terminal(*shlex.split(finding["command"])[1:], passphrase=True)
        terminal.expect("Y/n|y/N")
        terminal.sendline("y")
        assert exit_code(terminal) == 0
    assert codes(examined(working)) == []


def test_nixs_wrapper_is_no_other_warder(home):
    folder = home.root / "nix"
    folder.mkdir()
    shutil.copy(WARDER, folder / ".warder-wrapped")
    wrapper = folder / "warder"
    wrapper.write_text(f'#!/bin/bash\nexec -a "$0" {folder}/.warder-wrapped "$@"\n')
    wrapper.chmod(0o755)
    home.config(PROFILES.replace(str(WARDER), str(wrapper)))
    done = subprocess.run([wrapper, "doctor"], env=home.environment, cwd=home.root, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.endswith("no problems found\n"), done


def test_two_defaults(home):
    """`[profile default]` asks warder, and the AWS CLI reads `[default]` below it."""
    home.add_profile("default", "warder_source_profile = alice", f"warder_role_arn = {ROLE}")
    goes_through(
        home,
        Case(
            "another", added("[default]\nregion = us-east-1\n"),
            "hidden_default", f"config:{len(home.config_file.read_text().splitlines()) + 1}"))


def test_many_faults_of_one_kind_are_each_told(home):
    process("/gone/warder process prod")(home)
    replacing(f"{WARDER} process audit", "/gone/warder process audit")(home)
    assert [each["code"] for each in examined(home)["findings"]] == ["absent_program"] * 2


def test_one_profile_alone(home):
    """Of a profile that never was warder's only who names it wants to know."""
    added("\n[profile plain]\nsso_session = s\nsso_account_id = 1\nsso_role_name = R\n")(home)
    assert codes(examined(home)) == []
    assert codes(examined(home, "plain")) != []
    process("/gone/warder process prod")(home)
    assert codes(examined(home, "audit")) == []
    assert codes(examined(home, "prod")) == ["absent_program"]
    assert codes(examined(home, "nobody")) == ["no_profile"]


@cases(
    Case("a sign-in", added(SIGN_IN), "setting_before_process", profile="x"),
    Case(
        "a role",
        added(f"[profile x]\nrole_arn = {ROLE}\nsource_profile = alice\n"),
        "setting_before_process", profile="x",
    ),
    Case(
        "another program", added("[profile x]\ncredential_process = /bin/true\n"),
        "other_program", profile="x",
    ),
)
def test_a_profile_that_never_asked_warder_does_once_it_is_named(home, case):
    home.add_profile("x", "warder_key = alice")
    assert codes(examined(home, "x")) == []
    home.config(PROFILES)
    case.breaking(home)
    assert codes(examined(home)) == []
    report = examined(home, "x")
    assert codes(report) == [case.code]
    for finding in report["findings"]:
        assert finding["command"] == "warder adopt x" and finding["fix"], finding
    mend(home, "warder adopt x")
    assert codes(examined(home, "x")) == []


HEALTHY = {
    "a sign-in": SIGN_IN,
    "a role": f"[profile x]\nrole_arn = {ROLE}\nsource_profile = alice\nmfa_serial = m\n",
    "a role that lives on nothing": f"[profile x]\nrole_arn = {ROLE}\n",
    "another program": "[profile x]\ncredential_process = /bin/echo {}\n",
    "a program that is gone": "[profile x]\ncredential_process = /gone/vault get x\n",
    "a wrapper": "[profile x]\ncredential_process = /bin/sh /opt/warder-wrapper x\n",
    "a source without a process": f"[profile x]\nmfa_serial = arn:aws:iam::111111111111:mfa/alice\nwarder_key = alice\n"
    f"[profile y]\ncredential_process = {WARDER} process y\nwarder_role_arn = {ROLE}\nwarder_source_profile = x\n",
    "what others include": f"[profile x]\nwarder_session_duration = 8h\n[profile y]\ninclude_profile = x\n"
    f"credential_process = {WARDER} process y\nwarder_key = alice\n",
    "an unprefixed role that exec uses": f"[profile x]\nrole_arn = {ROLE}\nsource_profile = alice\n"
    "warder_session_duration = 8h\n",
    "other programs' sections": "[plugins]\ncli_legacy_plugin_path = /x\n[preview]\ncloudfront = true\n",
    "both defaults": f"[default]\ncredential_process = {WARDER} process default\n[profile default]\n"
    f"credential_process = {WARDER} process default\nwarder_key = alice\n",
}


@pytest.mark.parametrize("text", HEALTHY.values(), ids=HEALTHY)
def test_what_is_meant_so_is_no_fault(listed, text):
    """Whether it is known which keys are stored, or not."""
    listed.config(PROFILES + "\n" + text)
    assert examined(listed)["findings"] == []
    listed.good("lock")
    assert examined(listed)["findings"] == []


def test_a_profile_of_aws_login_is_adopted(home):
    """SDKs could use its sign-in as well; who names the profile wants warder to."""
    home.config("[profile l]\nlogin_session = arn:aws:iam::123456789012:user/bob\n")
    home.run("doctor", "l", "--fix", "--yes")
    assert "\nwarder_login_session = arn:aws:iam::123456789012:user/bob\n" in home.config_file.read_text()
