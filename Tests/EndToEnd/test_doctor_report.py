"""`warder doctor --report`: a text to hand on, which identifies neither a person nor an account."""

import random
import re
import socket
import string

from home import WARDER, random_key

ACCOUNT, OTHER = "123456789012", "210987654321"


def broken_home(home, user, session):
    """A home whose findings and notes are full of names."""
    home.config(f"""\
[profile {user}]
region = eu-wset-1
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/{user}
credential_process = {WARDER} process {user}

[profile prod]
region = eu-west-1
credential_process = /home/{user}/bin/absent process arn:aws:iam::{OTHER}:role/Admin
warder_role_arn = arn:aws:iam::{OTHER}:role/Admin
warder_source_profile = {user}
warder_role_session_name = {session}
""")
    home.environment.update({
        "USER": user, "AWS_ACCESS_KEY_ID": home.key[0], "AWS_SECRET_ACCESS_KEY": home.key[1],
        "HTTPS_PROXY": f"http://{user}:{home.key[1]}@proxy.{user}.example:3128",
        "AWS_CA_BUNDLE": f"/home/{user}/{session}/ca.pem",
        "AWS_REGION": f"arn:aws:iam::{ACCOUNT}:user/team/{user}",
    })


def test_names_numbers_and_keys_are_replaced_the_same_way_throughout(home):
    broken_home(home, "alice.b", "alice.b@example.com")
    result = home.run("doctor", "--report")
    assert result.code == 1 and result.err == ""
    text = result.out
    for secret in ("alice.b", ACCOUNT, OTHER, *home.key, "example.com", "hunter"):
        assert secret not in text, text
    assert "USER-1" in text and "ACCOUNT-1" in text
    assert "AWS_ACCESS_KEY_ID" in text and "eu-wset-1" in text and "proxy.USER-1" in text
    # The same account has the same number wherever it stands.
    assert text.count("ACCOUNT-1") + text.count("ACCOUNT-2") == len(re.findall(r"ACCOUNT-\d", text))


def test_what_it_says_of_the_machine(home):
    text = home.run("doctor", "--report").out
    lines = dict(line.split(": ", 1) for line in text.split("\n\n")[0].splitlines())
    version = home.good("--version").removeprefix("warder ").strip()
    assert lines["warder"] == version and "Linux" in lines["system"]
    assert lines["store"].startswith("file") and lines["profiles"] == "3, 3 of them ask warder"
    assert "AWS_EC2_METADATA_DISABLED" in lines["variables"].split()
    name = socket.gethostname()
    assert not re.search(rf"\b{re.escape(name)}\b", text)


def test_no_name_gets_through(home):
    """Names of all kinds, a hundred of them."""
    for seed in range(100):
        chance = random.Random(seed)
        user = "".join(chance.choices(string.ascii_lowercase + string.digits + "._-", k=chance.randint(3, 20)))
        user = "u" + user.strip("._-") + "x"
        session = user + chance.choice(["", "@example.com", "+ci@a.example.org"])
        broken_home(home, user, session)
        text = home.run("doctor", "--report").out
        for secret in (user, session, ACCOUNT, OTHER, *home.key):
            assert not re.search(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", text), (seed, secret, text)


def test_each_kind_of_name_by_itself(home):
    """The login, a device, a session and the machine are called differently, and stand in no ARN and in no home."""
    host = socket.gethostname().split(".")[0]
    identifier = random_key()[0]
    device, sessions = "wilhelmine", ["grete", "dorothea"]
    home.config(f"""\
[profile prod]
region = eu-west-1
credential_process = {WARDER} process prod
warder_role_arn = arn:aws:iam::{ACCOUNT}:role/Admin
warder_source_profile = alice
warder_role_session_name = {sessions[0]}
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/{device}

[profile plain]
role_arn = arn:aws:iam::{ACCOUNT}:role/Admin
source_profile = alice
role_session_name = {sessions[1]}
""")
    place = "/".join(["/srv", device, *sessions, host, "ca.pem"])
    home.environment |= {"USER": "ann", "AWS_CA_BUNDLE": place, "AWS_PROFILE": identifier}
    shown = "".join(home.run("doctor").out.split())
    assert place in shown and identifier in shown
    text = home.run("doctor", "--report").out
    for name in (device, *sessions, identifier):
        assert name not in text, (name, text)
    assert "KEY-1" in text and len(set(re.findall(r"USER-\d+", text))) >= 3, text
    assert host == "localhost" or (not re.search(rf"\b{re.escape(host)}\b", text) and "HOST-1" in text), text


def test_names_with_dots_spaces_and_addresses(home, tmp_path):
    """In the patterns of sed, over the end of a line, and as the address that a home is called after."""
    for number, (folder, user, profile) in enumerate([
            ("john.doe", "john.doe", "john.doe"), ("ann.smith@corp.com", "ann.smith@corp.com", "ann.smith"),
            ("x" * 17 + "/Ann Smith", "x", "Ann"), ("Ann.Smith", "Ann.Smith", "ann.smith")]):
        place = tmp_path / str(number) / folder
        place.mkdir(parents=True)
        (place / ".aws").mkdir()
        home.environment.update({"HOME": str(place), "USER": user, "AWS_CONFIG_FILE": str(place / ".aws/config"),
                                 "AWS_CA_BUNDLE": f"{place}/a/b/c/ca.pem"})
        (place / ".aws/config").write_text(
            f"[profile {profile}]\nregion = eu-west-1\n\n[{profile}]\nregion = eu-west-1\n"
            f"[profile prod]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/a\nsource_profile = x\n"
            f"role_session_name = {user.lower()}\ncredential_process = {WARDER} process prod\n")
        text = home.run("doctor", "--report").out
        assert not re.search(r"smith|john|doe", text, re.IGNORECASE), text
        assert re.search(r"USER-[0-9]", text) and "corp" not in text


def test_it_goes_with_no_other_form(home):
    for other in ("--json", "--fix"):
        home.run("doctor", "--report", other).failed(2, "--report")


def test_names_in_quotes_and_in_capitals(home, tmp_path):
    """As a shell has them in its quotes, and as somebody else writes them."""
    for number, (folder, user) in enumerate([("o'brien", "o'brien"), ("JOSÉ", "josé"), ("josé", "JOSÉ")]):
        place = tmp_path / str(number) / folder
        (place / ".aws").mkdir(parents=True)
        home.environment.update({"HOME": str(place), "USER": user, "LOGNAME": user})
        (place / ".aws/config").write_text(
            f"[profile {user}]\nregion = eu-west-1\n\n[{user}]\nregion = eu-west-1\n[profile x]\nregion\n"
            f"[profile prod]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/a\nsource_profile = {user}s\n"
            f"credential_process = {WARDER} process prod\n")
        text = home.run("doctor", "--report").out
        assert "USER-1" in text and not re.search(r"brien|jos|é", text.replace(f"{user}s", ""), re.IGNORECASE), text
