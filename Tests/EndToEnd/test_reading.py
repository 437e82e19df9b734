"""What people write into the files: values that are empty, indented sections, names and values that nothing reads."""

import datetime
import json
import os
import pwd
import subprocess

import clouds
import pytest
from home import MFA, ROLE, WARDER

PLAIN = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/plain\n"


def answer(home, name="p", **options):
    return json.loads(home.good("process", name, **options))


@pytest.fixture
def plain(unlocked, sts):
    """A home with a store and an STS, whose profiles are yet to be written."""
    return unlocked


@pytest.fixture
def program(plain):
    """The profile `p` asks another program; the function that writes what it prints."""
    def write(**members):
        keys = {"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "secret"}
        (plain.root / "answer").write_text(json.dumps(keys | members))
        plain.config(f"[profile p]\nregion = eu-west-1\ncredential_process = cat {plain.root}/answer\n")
        return plain

    return write


# An empty value counts as not set


def test_an_empty_token_is_none(plain, sts):
    plain.config(f"[profile p]\nregion = eu-west-1\n{PLAIN}aws_session_token =\n")
    assert answer(plain) == {"Version": 1, "AccessKeyId": "AKIAPLAIN", "SecretAccessKey": "secret/of/plain"}
    assert "unset AWS_SESSION_TOKEN" in plain.good("env", "p")
    # It is a long-term key: a device makes a session of it.
    plain.config(plain.config_file.read_text().replace("eu-west-1\n", f"eu-west-1\nmfa_serial = {MFA}\n"))
    plain.good("process", "p", "--mfa-code", "123456")
    request = sts.only("GetSessionToken")
    assert (request.access_key_id, request.token) == ("AKIAPLAIN", None)


def test_empty_members_of_another_program_s_answer(program):
    assert answer(program(SessionToken="", Expiration=None, AccountId="")) == {
        "Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "secret"}


def test_a_session_with_an_empty_token_is_not_kept_with_one(program):
    home = program(SessionToken="", Expiration=clouds.stamp(7200))
    for _ in range(2):
        assert "SessionToken" not in answer(home)
        (home.root / "answer").write_text("{}")
    assert "AWS_SESSION_TOKEN" not in home.good("env", "p").replace("unset AWS_SESSION_TOKEN", "")


def test_an_empty_variable_is_no_session(plain, sts):
    keys = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00000", "AWS_SECRET_ACCESS_KEY": "s" * 40, "AWS_SESSION_TOKEN": ""}
    plain.good("add", "fromenv", "--from-env", "--no-verify", passphrase=True, env=keys)
    plain.config("[profile p]\ncredential_source = Environment\n")
    assert set(answer(plain, env=keys)) == {"Version", "AccessKeyId", "SecretAccessKey"}


# Times and accounts of other programs


def test_an_end_in_another_form_of_iso_8601(program):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)
    said = answer(program(SessionToken="token", Expiration=end.strftime("%G-W%V-%uT%H:%M:%SZ")))
    assert said["Expiration"] == end.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_account_that_is_a_number(program):
    assert answer(program(AccountId=1))["AccountId"] == "000000000001"


# No region


@pytest.mark.parametrize("arn, host, region", [
    ("arn:aws:iam::222222222222:role/R", "sts.us-east-1.amazonaws.com", "us-east-1"),
    ("arn:aws-cn:iam::222222222222:role/R", "sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ("arn:aws-us-gov:iam::222222222222:role/R", "sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
])
def test_without_a_region_a_regional_endpoint_is_asked(bare, arn, host, region):
    bare.config(f"[profile p]\nrole_arn = {arn}\nsource_profile = p\n{PLAIN}")
    endpoint = json.loads(bare.good("explain", "p", "--json"))["endpoint"]
    assert (endpoint["url"], endpoint["signing_region"]) == (f"https://{host}/", region)
    bare.environment["AWS_REGION"] = "aws-global"
    assert json.loads(bare.good("explain", "p", "--json"))["endpoint"]["url"] == "https://sts.amazonaws.com/"


def test_a_region_that_nobody_knows(bare):
    """It may be a new one, so that it is asked; where its host is not found, the slip is named."""
    bare.config(f"[profile p]\nregion = eu-wst-1\nrole_arn = {ROLE}\nsource_profile = p\n{PLAIN}")
    bare.run("process", "p").failed(6, "sts.eu-wst-1.amazonaws.com", "eu-wst-1", "write eu-west-1")
    bare.environment["AWS_REGION"] = "EU-WEST-2"
    bare.run("process", "p").failed(8, "AWS_REGION", "write it as eu-west-2")


# Sections


@pytest.mark.parametrize("text", [
    f"[profile p]\n  region = eu-west-1\n  role_arn = {ROLE}\n  source_profile = q\n[profile q]\n{PLAIN}",
    f"  [profile p]\n  region = eu-west-1\n  role_arn = {ROLE}\n\n  # mine\n  source_profile = q\n  [profile q]\n"
    + "".join(f"  {line}\n" for line in PLAIN.splitlines()),
])
def test_an_indented_section(plain, sts, text):
    plain.config(text)
    assert answer(plain)["AccessKeyId"] == "ASIATEMPORARY0000001"
    assert sts.only("AssumeRole").region == "eu-west-1"
    # As botocore reads it.
    result = plain.sdk("import botocore.session as s; print(s.Session(profile='p').get_scoped_config())")
    assert ROLE in result.stdout and "'region': 'eu-west-1'" in result.stdout, result
    before = plain.config_file.read_bytes()
    plain.good("adopt", "p")
    assert answer(plain)["AccessKeyId"] == "ASIATEMPORARY0000001"
    result = plain.sdk("import botocore.session as s; print(s.Session(profile='p').get_scoped_config())")
    assert f"'credential_process': '{WARDER} process p'" in result.stdout and "'role_arn'" not in result.stdout, result
    plain.good("adopt", "--undo", "p")
    assert plain.config_file.read_bytes() == before


@pytest.mark.parametrize("head", ["[abc]", "[Profile abc]", "[profileabc]", "[profile:abc]", "[profiles abc]"])
def test_a_section_that_is_headed_otherwise(plain, head):
    plain.config(f"[profile q]\nregion = eu-west-1\n{head}\n{PLAIN}")
    for command in ("process", "explain", "adopt"):
        plain.run(command, "abc").failed(7, f"{plain.config_file}:3", "abc", "write [profile abc]")
    plain.config(plain.config_file.read_text() + f"[profile p]\nrole_arn = {ROLE}\nsource_profile = abc\n")
    plain.run("process", "p").failed(8, f"{plain.config_file}:8", "write [profile abc]")


def test_a_section_of_the_credentials_file_with_the_word_profile(plain):
    (plain.root / ".aws/credentials").write_text(f"[profile abc]\n{PLAIN}")
    plain.run("process", "abc").failed(7, "credentials:1", "write [abc]")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16(plain, encoding):
    text = f"[profile p]\r\n{PLAIN}"
    plain.config_file.write_bytes(text.encode(encoding))
    result = plain.run("process", "p")
    result.failed(8, "config:1", "UTF-16", "iconv -f UTF-16")
    command = result.err.splitlines()[1].removeprefix("hint: convert it: ")
    before = plain.config_file.stat()
    for _ in range(2):
        subprocess.run(["sh", "-c", command], check=True)
        assert plain.config_file.read_bytes() == text.encode()
    after = plain.config_file.stat()
    assert (after.st_mode, after.st_ino) == (before.st_mode, before.st_ino)
    assert [path.name for path in plain.config_file.parent.iterdir() if path.name.startswith("config")] == ["config"]
    assert answer(plain)["AccessKeyId"] == "AKIAPLAIN"


def test_a_start_url_that_differs(plain):
    plain.config("[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n"
                 "[profile p]\nsso_session = corp\nsso_start_url = https://other.example/start\n")
    plain.run("process", "p").failed(
        8, f"{plain.config_file}:6", "https://other.example/start", "https://corp.example/start",
        f"{plain.config_file}:3")


@pytest.mark.parametrize("head", ["[sso_session corp]", "[sso-sessions corp]", "[SSO Session corp]"])
def test_a_section_of_another_kind_that_is_headed_otherwise(plain, head):
    plain.config(f"{head}\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n"
                 "[profile p]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = R\n")
    plain.run("process", "p").failed(8, f"{plain.config_file}:5", f"{plain.config_file}:1", "write [sso-session corp]")


def test_a_setting_that_is_mistyped(plain):
    plain.config(f"[profile p]\nrole_arn = {ROLE}\nsource_profil = q\n[profile q]\n{PLAIN}")
    plain.run("process", "p").failed(8, f"{plain.config_file}:2", "write source_profile in place of source_profil",
                                     f"{plain.config_file}:3")


@pytest.mark.parametrize("line, hint", [
    ("duration_seconds = 1h", "write it in seconds: 3600"),
    ("duration_seconds = soon", "write it in digits"),
])
def test_a_time_in_units_where_aws_takes_seconds(plain, line, hint):
    plain.config(f"[profile p]\nrole_arn = {ROLE}\nsource_profile = q\n{line}\n[profile q]\n{PLAIN}")
    plain.run("process", "p").failed(8, f"{plain.config_file}:4", hint)


@pytest.mark.parametrize("value, hint", [("15", "write 15h or 15m"), ("8", "write 8h"), ("15s", "900 to 129600")])
def test_a_session_s_time_that_lacks_its_unit(plain, value, hint):
    plain.config(f"[profile p]\nwarder_key = alice\nwarder_session_duration = {value}\n")
    plain.run("process", "p").failed(8, f"{plain.config_file}:3", hint)


# Settings that are none


def test_an_unknown_setting_of_a_profile(plain):
    plain.config(f"[profile p]\nwarder_rolearn = {ROLE}\n{PLAIN}[profile q]\n{PLAIN}warder_nonsense = 1\n")
    for command in ("process", "explain"):
        plain.run(command, "p").failed(8, f"{plain.config_file}:2", "warder_rolearn", "write warder_role_arn")
    plain.run("process", "q").failed(8, f"{plain.config_file}:8", "warder_nonsense")
    plain.config(f"[profile p]\n{PLAIN}[profile q]\nwarder_nonsense = 1\n")
    assert answer(plain)["AccessKeyId"] == "AKIAPLAIN"


def test_a_file_of_settings_that_is_wrong(home):
    path = home.root / "config/warder/config"
    path.write_text("[warder]\nunlock_tme = 8h\n")
    for command in (["unlock"], ["status"], ["explain", "prod"]):
        home.run(*command, passphrase=True).failed(8, f"{path}:2", "unlock_tme", "write unlock_time")


def test_a_time_without_a_unit_on_the_command_line(home):
    home.run("unlock", "--for", "8", passphrase=True).failed(2, "8 has no unit", "8h")
    home.run("exec", "--min-ttl", "30", "prod", "--", "true").failed(2, "30 has no unit", "30m")


# Where the home is


@pytest.mark.needs("strace")
@pytest.mark.parametrize("said", [{}, {"HOME": ""}], ids=["unset", "empty"])
def test_a_home_that_no_variable_names(bare, tmp_path, said):
    """As for a system service without `User=`: the password database has it."""
    trace = tmp_path / "trace"
    result = subprocess.run(
        ["strace", "-f", "-e", "trace=openat", "-o", trace, WARDER, "explain", "nobody"],
        env={"PATH": bare.environment["PATH"], **said}, capture_output=True, text=True)
    home = pwd.getpwuid(os.getuid()).pw_dir
    assert result.returncode == 7 and "no profile or key named nobody" in result.stderr, result
    for path in (".aws/config", ".aws/credentials", ".local/share/warder/vault"):
        assert f'"{home}/{path}"' in trace.read_text(), path
    bare.run("explain", "nobody", env={"HOME": "", "AWS_CONFIG_FILE": "~"}).failed(1, home)


# A service of one's own


@pytest.mark.parametrize("arn", ["arn:aws:iam:::role/S3Access", "arn:minio:iam:::role/R", "arn:xxx:xxx:xxx:xxxx"])
def test_a_role_of_another_service(plain, sts, arn):
    del plain.environment["AWS_ENDPOINT_URL"]
    text = f"[profile p]\nregion = eu-west-1\nrole_arn = {arn}\nsource_profile = p\n{PLAIN}"
    plain.config(text)
    plain.run("process", "p").failed(8, f"{plain.config_file}:3", "ARN")
    plain.config(text + f"endpoint_url = {sts.url}\n")
    assert answer(plain)["AccessKeyId"] == "ASIATEMPORARY0000001"
    assert sts.only("AssumeRole").parameters["RoleArn"] == arn
    plain.config(text)
    answer(plain, env={"AWS_ENDPOINT_URL_STS": sts.url + "/other"})
    plain.config(text.replace(arn, "x" * 2049) + f"endpoint_url = {sts.url}\n")
    plain.run("process", "p").failed(8, f"{plain.config_file}:3")
