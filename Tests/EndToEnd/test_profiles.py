"""Profiles that are made from what IAM Identity Center lists."""

import json
import random
import stat
import subprocess
import time

import pytest
from clouds import SIGN_IN_KEY, START
from home import WARDER
from serving import wait_for

ACCOUNTS, ROLES, PORTAL = "/assignment/accounts", "/assignment/roles", "/federation/credentials"
SESSION = f"""\
# mine
[sso-session corp]
sso_start_url = {START}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
ONE, TWO, THREE = "111111111111", "222222222222", "333333333333"
ASSIGNED = [[ONE, "Prod", "prod@example.com", ["Admin", "ReadOnly"]], [TWO, "Dev", "dev@example.com", ["Admin"]]]


def section(name, account, role, *more, session="corp"):
    return "\n".join([
        f"[profile {name}]", *more, f"warder_from_sso = {session}", f"warder_sso_session = {session}",
        f"warder_sso_account_id = {account}", f"warder_sso_role_name = {role}",
        f"credential_process = {WARDER} process {name}"]) + "\n"


ALL = "\n" + "\n".join([
    section("Dev-Admin", TWO, "Admin"), section("Prod-Admin", ONE, "Admin"), section("Prod-ReadOnly", ONE, "ReadOnly")])


@pytest.fixture
def corp(bare, center):
    """A home with an sso-session whose user has signed in with the AWS CLI, and what the portal lists."""
    bare.config(SESSION)
    bare.environment |= center.environment()
    center.cli_cache(bare, "corp")
    center.say("assign", accounts=ASSIGNED)
    return bare


def make(home, *arguments, **options):
    return home.run("profiles", "--from-sso", "corp", *arguments, **options)


def made(home, *arguments):
    """What the config holds after the command, which must succeed."""
    result = make(home, *arguments)
    assert result.code == 0 and result.out == "", result
    return home.config_file.read_text()


def names(text):
    return [line[9:-1] for line in text.splitlines() if line.startswith("[profile ")]


def state(file):
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mode, found.st_mtime_ns, found.st_ctime_ns


def test_a_profile_for_each_role(corp, center):
    result = make(corp)
    assert (result.code, result.out) == (0, "")
    assert corp.config_file.read_text() == SESSION + ALL
    assert result.err == (
        "warder: profiles of corp: 3 made\n"
        "hint: warder list shows them; use one: warder exec Dev-Admin\n")
    assert center.log == [ACCOUNTS, ROLES, ROLES]


def test_again_nothing_is_written(corp):
    made(corp)
    before = state(corp.config_file)
    result = make(corp, "--prune")
    assert (result.code, result.err) == (0, "warder: nothing to change: 3 profiles of corp as they are\n")
    assert state(corp.config_file) == before


def test_a_dry_run_is_a_diff_that_patch_takes(corp, tmp_path):
    result = make(corp, "--dry-run")
    assert result.code == 0 and result.err == "warder: profiles of corp: 3 to make\n"
    assert corp.config_file.read_text() == SESSION
    copy = tmp_path / "copy"
    copy.write_text(SESSION)
    subprocess.run(["patch", "--binary", "-s", copy], input=result.out.encode(), check=True)
    assert copy.read_text() == made(corp)


def test_the_profiles_work(corp, center):
    made(corp)
    center.log.clear()
    assert json.loads(corp.good("process", "Prod-ReadOnly"))["AccessKeyId"] == SIGN_IN_KEY
    program = """
import boto3
credentials = boto3.Session(profile_name='Dev-Admin').get_credentials()
print(credentials.method, credentials.access_key)
"""
    result = corp.python(program)
    assert result.stdout == f"custom-process {SIGN_IN_KEY}\n", result.stderr
    assert center.log == [PORTAL, PORTAL]
    assert "Dev-Admin" in corp.good("list") and corp.run("explain", "Dev-Admin").code == 0
    assert "unknown" not in corp.run("doctor").out


def test_names_are_found_by_tab(corp, center):
    center.say("assign", accounts=[[ONE, "Kunde Ä/West", "", ["Read Only"]]])
    made(corp)
    assert corp.good("names", "profiles", "Ku") == "Kunde-Ae-West-Read-Only\n"


HOSTILE = [
    ("Prod EU", "Prod-EU"), ("a  -  b", "a-b"), ("a--b", "a--b"), ("Zürich/Süd", "Zuerich-Sued"), ("Straße", "Strasse"),
    ("e\u0301te\u0301", "ete"), ("u\u0308ber", "ueber"), ("Łódź", "Lodz"), ("x]\n[profile evil]\ny", "x-profile-evil-y"),
    ("a#b;c", "a-b-c"), ("'q' \"r\"", "q-r"), ("\u202eabc", "abc"), ("\x1b[31mred", "31mred"), ("東京", ONE), ("", ONE),
    ("   ", ONE), ("---", ONE), ("東京 Prod", "Prod"), ("a" * 2000, "a" * 64), ("$(rm -rf)`x`", "rm-rf-x"),
    ("a.b_c@d+e:f%20", "a.b_c@d+e:f%20"), ("a\u0000b", "a-b"), ("..", ".."),
]


@pytest.mark.parametrize("account, name", HOSTILE, ids=range(len(HOSTILE)))
def test_what_names_cannot_hold(corp, center, account, name):
    center.say("assign", accounts=[[ONE, account, "", ["Admin"]]])
    assert made(corp) == SESSION + "\n" + section(name + "-Admin", ONE, "Admin")
    json.loads(corp.good("process", name + "-Admin"))


@pytest.mark.parametrize("role", ["a\nb", "x #y", "x ;y", "#x", ";x", " x", "x ", "\u202ex", "x\u2028y", "\x1b[2J", "y" * 300])
def test_a_role_that_a_file_cannot_hold_is_left_out(corp, center, role):
    center.say("assign", accounts=[[ONE, "Prod", "", [role, "Good"]]])
    result = make(corp)
    assert result.code == 0 and "can hold the name of a role in " + ONE in result.err and "\x1b" not in result.err
    assert corp.config_file.read_text() == SESSION + "\n" + section("Prod-Good", ONE, "Good")


def test_a_role_with_spaces_and_signs_works(corp, center):
    center.say("assign", accounts=[[ONE, "Prod", "", ["Admin +/é=,x"]]])
    assert made(corp) == SESSION + "\n" + section("Prod-Admin-+-e-x", ONE, "Admin +/é=,x")
    json.loads(corp.good("process", "Prod-Admin-+-e-x"))


def test_twice_the_same_name(corp, center):
    accounts = [[TWO, "Prod", "", ["Admin"]], [ONE, "Prod", "", ["Admin", "Ops"]], [THREE, "Test", "", ["a=b", "a,b"]]]
    center.say("assign", accounts=accounts)
    first = made(corp)
    assert names(first) == [
        f"Prod-Admin-{ONE}", f"Prod-Admin-{TWO}", "Prod-Ops", f"Test-a-b-{THREE}", f"Test-a-b-{THREE}-2"]
    corp.config(SESSION)
    center.say("assign", accounts=[[number, name, "", roles[::-1]] for number, name, _, roles in accounts[::-1]])
    assert made(corp) == first


def test_a_second_account_of_the_name_comes_later(corp, center):
    made(corp)
    corp.config_file.write_text(corp.config_file.read_text() + "region = eu-west-3\n")
    center.say("assign", accounts=[*ASSIGNED, [THREE, "Prod", "", ["ReadOnly"]]])
    result = make(corp)
    assert f"warder: Prod-ReadOnly is now Prod-ReadOnly-{ONE}\n" in result.err and "1 made, 1 renamed" in result.err
    text = corp.config_file.read_text()
    assert section(f"Prod-ReadOnly-{ONE}", ONE, "ReadOnly") + "region = eu-west-3\n" in text
    assert section(f"Prod-ReadOnly-{THREE}", THREE, "ReadOnly") in text
    # The reason is gone, and the name stays: scripts go by it.
    center.say("assign", accounts=ASSIGNED)
    assert names(made(corp, "--prune")) == ["Dev-Admin", "Prod-Admin", f"Prod-ReadOnly-{ONE}"]


@pytest.mark.parametrize("place", ["config", "credentials"])
def test_a_profile_of_the_users_own_is_never_overwritten(corp, place):
    own = "[profile Prod-Admin]\nregion = eu-west-1\n" if place == "config" else ""
    if place == "credentials":
        (corp.root / ".aws/credentials").write_text("[Prod-Admin]\naws_access_key_id = A\naws_secret_access_key = B\n")
    corp.config(SESSION + own)
    result = make(corp)
    assert f"Prod-Admin is another profile and stays as it is: the role's is Prod-Admin-{ONE}" in result.err
    text = corp.config_file.read_text()
    assert text.startswith(SESSION + own + "\n") and section(f"Prod-Admin-{ONE}", ONE, "Admin") in text


def test_the_name_default_is_not_taken(corp, center):
    center.say("assign", accounts=[[ONE, "default", "", ["Admin"]]])
    assert names(made(corp, "--name", "{account_name}")) == [f"default-{ONE}"]


def test_what_the_user_adds_stays(corp):
    text = made(corp)
    changed = text.replace("[profile Prod-Admin]\n", "[profile Prod-Admin]\n# for work\nregion = eu-central-1\n").replace(
        "process Dev-Admin\n", "process Dev-Admin\noutput = json\n").replace(
        f"credential_process = {WARDER} process Prod-Admin\n", "")
    corp.config(changed)
    assert make(corp).err == "warder: profiles of corp: 1 changed, 2 as before\n"
    expected = changed.replace(
        "sso_role_name = Admin\n\n[profile Prod-R", f"sso_role_name = Admin\ncredential_process = {WARDER} process Prod-Admin\n\n[profile Prod-R")
    assert corp.config_file.read_text() == expected


@pytest.mark.parametrize("wrong, right", [
    ("/bin/other", f"{WARDER} process Prod-Admin"), (f"{WARDER} process Dev-Admin", f"{WARDER} process Prod-Admin"),
    ("", f"{WARDER} process Prod-Admin")], ids=["other", "anothers", "empty"])
def test_what_is_wrong_is_corrected(corp, wrong, right):
    text = made(corp)
    corp.config(text.replace(f"credential_process = {WARDER} process Prod-Admin\n", f"credential_process = {wrong} # why\n"))
    result = make(corp)
    assert "1 changed" in result.err
    comment = " # why" if wrong else ""
    assert corp.config_file.read_text() == text.replace(right + "\n", right + comment + "\n")


def test_warder_elsewhere_still_counts(corp):
    text = made(corp).replace(str(WARDER), "/opt/bin/warder")
    corp.config(text)
    assert made(corp) == text


# Templates


@pytest.mark.parametrize("template, expected", [
    ("{role}@{account_name}", ["Admin@Dev", "Admin@Prod", "ReadOnly@Prod"]),
    ("{account_id}/{role}", [f"{ONE}/Admin", f"{ONE}/ReadOnly", f"{TWO}/Admin"]),
    ("{email}:{role}", ["dev@example.com:Admin", "prod@example.com:Admin", "prod@example.com:ReadOnly"]),
    ("{role}", [f"Admin-{ONE}", f"Admin-{TWO}", "ReadOnly"]),
    ("x", [f"x-{ONE}", f"x-{ONE}-2", f"x-{TWO}"]),
])
def test_templates(corp, template, expected):
    assert sorted(names(made(corp, "--name", template))) == expected


def test_prefix(corp):
    assert names(made(corp, "--prefix", "c/")) == ["c/Dev-Admin", "c/Prod-Admin", "c/Prod-ReadOnly"]
    assert names(made(corp, "--name", "{role}.{prefix}{account_name}", "--prefix", "p")) == [
        "Admin.pDev", "Admin.pProd", "ReadOnly.pProd"]


@pytest.mark.parametrize("arguments, words", [
    (["--name", "{acount_name}"], ["no placeholder {acount_name}", "did you mean {account_name}?"]),
    (["--name", "{x}"], ["no placeholder {x}", "{account_name}, {account_id}, {role}, {prefix}, {email}"]),
    (["--name", "{role"], ["not closed"]), (["--name", ""], ["--name is empty"]),
    (["--name", "a b{role}"], ["--name has a space"]), (["--name", "{role}ü"], ["--name has a ü"]),
    (["--name", "{role}]"], ["--name has a ]"]), (["--name=-{role}"], ["begins with a hyphen"]),
    (["--prefix", "a b"], ["--prefix has a space"]), (["--prefix=-x"], ["begins with a hyphen"]),
    (["--prefix", "x", "--name", "{role}"], ["--name has no {prefix}"]),
    (["--default-region", "Frankfurt am Main"], ["is not a region"]),
])
def test_command_lines_that_cannot_be_meant(corp, center, arguments, words):
    make(corp, *arguments).failed(2, *words)
    assert center.log == []


def test_without_a_session_on_the_command_line(corp):
    corp.run("profiles").failed(2, "--from-sso SESSION is missing", "warder list", "--from-sso")


def test_region_of_new_profiles(corp):
    text = made(corp, "--account", ONE, "--role", "Admin", "--default-region", "eu-west-1")
    assert text == SESSION + "\n" + section("Prod-Admin", ONE, "Admin", "region = eu-west-1")
    corp.config(text.replace("eu-west-1\nwarder", "us-east-1\nwarder"))
    text = made(corp, "--default-region", "eu-west-1")
    assert text.count("region = us-east-1\nwarder") == 1 and text.count("region = eu-west-1\nwarder") == 2
    assert text.count("\nregion = ") == 3
    corp.config(text.replace("region = us-east-1\nwarder", "warder"))
    text = made(corp, "--default-region", "us-west-2")
    assert "process Prod-Admin\nregion = us-west-2\n" in text and text.count("us-west-2") == 1


# Filters, and what is gone


@pytest.mark.parametrize("arguments, expected, requests", [
    (["--account", ONE], ["Prod-Admin", "Prod-ReadOnly"], 1), (["--account", "Pr*"], ["Prod-Admin", "Prod-ReadOnly"], 1),
    (["--account", "Prod", "--account", "Dev"], ["Dev-Admin", "Prod-Admin", "Prod-ReadOnly"], 2),
    (["--role", "Read*"], ["Prod-ReadOnly"], 2), (["--role", "*"], ["Dev-Admin", "Prod-Admin", "Prod-ReadOnly"], 2),
    (["--account", "2*", "--role", "Admin"], ["Dev-Admin"], 1),
])
def test_filters(corp, center, arguments, expected, requests):
    assert names(made(corp, *arguments)) == expected
    assert center.log == [ACCOUNTS] + [ROLES] * requests


@pytest.mark.parametrize("arguments, words", [
    (["--account", "Stage"], ["no account of corp", f"Prod ({ONE}), Dev ({TWO})"]),
    (["--role", "Nobody"], ["no role of corp", "--role"]),
])
def test_a_filter_that_nothing_passes(corp, arguments, words):
    make(corp, *arguments).failed(7, *words)
    assert corp.config_file.read_text() == SESSION


def test_what_is_gone_stays_without_prune(corp, center):
    text = made(corp)
    center.say("assign", accounts=ASSIGNED[1:])
    result = make(corp)
    assert result.code == 0 and "Prod-Admin, Prod-ReadOnly: these roles are gone; --prune removes their profiles" in result.err
    assert corp.config_file.read_text() == text
    assert made(corp, "--prune") == SESSION + "\n" + section("Dev-Admin", TWO, "Admin")


@pytest.mark.parametrize("key", ["warder_source_profile", "include_profile"])
def test_other_profiles_that_name_one(corp, center, key):
    """Of what changes they are told, and nothing of theirs changes."""
    corp.config(SESSION + f"[profile mine]\n{key} = Prod-ReadOnly\n")
    made(corp)
    center.say("assign", accounts=[*ASSIGNED, [THREE, "Prod", "", ["ReadOnly"]]])
    result = make(corp)
    name = key.removeprefix("warder_")
    assert f"warder: mine names Prod-ReadOnly in {name}, which is now Prod-ReadOnly-{ONE}\nhint: correct its {name}\n" in result.err
    corp.config(corp.config_file.read_text().replace(f"{key} = Prod-ReadOnly\n", f"{key} = Prod-ReadOnly-{ONE}\n"))
    center.say("assign", accounts=[])
    assert f"mine names Prod-ReadOnly-{ONE} in {name}, which will be gone" in make(corp, "--prune", "--dry-run").err
    assert f"mine names Prod-ReadOnly-{ONE} in {name}, which is gone" in make(corp, "--prune").err


def test_prune_leaves_what_is_not_its_own(corp, center):
    own = section("mine", ONE, "Admin").replace("warder_from_sso = corp\n", "")
    other = section("theirs", ONE, "Admin", session="other")
    corp.config(SESSION + "\n" + own + "\n" + other)
    made(corp)
    center.say("assign", accounts=[])
    assert made(corp, "--prune") == SESSION + "\n" + own + "\n" + other


@pytest.mark.parametrize("filters, left", [
    (["--account", ONE], ["Dev-Admin"]), (["--role", "Admin"], ["Prod-ReadOnly"]),
    (["--role", "Read*", "--account", TWO], ["Dev-Admin", "Prod-Admin", "Prod-ReadOnly"]),
])
def test_prune_goes_no_further_than_the_filter(corp, center, filters, left):
    made(corp)
    center.say("assign", accounts=[])
    assert names(made(corp, "--prune", *filters)) == left


TAILS = [b"", b"\n", b"\r\n", b"\r", b"\n\n", b"\n  ", b"\n# comment", b"\n# \xff\xfe caf\xe9\n", b"\n\t\n\n"]


@pytest.mark.parametrize("tail", TAILS, ids=range(len(TAILS)))
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_removed_to_the_byte(corp, center, tail, ending):
    before = SESSION.rstrip("\n").replace("\n", ending).encode() + tail
    corp.config_file.write_bytes(before)
    corp.config_file.chmod(0o640)
    made_bytes(corp)
    assert corp.config_file.read_bytes() != before
    if tail in (ending.encode(), b""):
        assert all(line.endswith(b"\r") == (ending == "\r\n") for line in corp.config_file.read_bytes().split(b"\n")[:-1])
    # One goes, and the others stay; then they go as well.
    center.say("assign", accounts=[[ONE, "Prod", "", ["Admin"]]])
    made_bytes(corp, "--prune")
    assert corp.config_file.read_bytes().count(b"[profile ") == 1
    center.say("assign", accounts=[])
    made_bytes(corp, "--prune")
    assert corp.config_file.read_bytes() == before
    assert stat.S_IMODE(corp.config_file.stat().st_mode) == 0o640


def made_bytes(home, *arguments):
    result = make(home, *arguments)
    assert result.code == 0, result


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_and_goes_the_rest_stays(corp, center, seed):
    """The user writes between the profiles; what is of the user's own is there byte by byte in the end."""
    dice = random.Random(seed)
    ending = dice.choice(["\n", "\r\n"])
    own = [f"[profile own{n}]\nregion = eu-west-{n}\n# of mine\n" for n in range(3)]
    corp.config_file.write_bytes((SESSION + own[0]).replace("\n", ending).encode())
    made_bytes(corp)
    text = corp.config_file.read_bytes()
    corp.config_file.write_bytes(text + (ending + own[1].replace("\n", ending)).encode())
    center.say("assign", accounts=[*ASSIGNED[dice.randrange(2):], [THREE, "New", "", ["A", "B", "C"][:dice.randrange(1, 4)]]])
    made_bytes(corp, *dice.choice([[], ["--prune"]]))
    text = corp.config_file.read_bytes()
    corp.config_file.write_bytes(text + (ending + own[2].replace("\n", ending)).encode().rstrip())
    center.say("assign", accounts=[])
    made_bytes(corp, "--prune")
    expected = (SESSION + own[0] + "\n" + own[1] + "\n" + own[2]).replace("\n", ending).encode().rstrip()
    assert corp.config_file.read_bytes() == expected


def test_a_link_is_followed(corp):
    target = corp.root / "dotfiles"
    corp.config_file.rename(target)
    corp.config_file.symlink_to(target)
    made(corp)
    assert corp.config_file.is_symlink() and target.read_text() == SESSION + ALL


# Signing in


def test_it_signs_in(corp, center):
    center.center.access.clear()
    (next((corp.root / ".aws/sso/cache").iterdir())).unlink()
    make(corp, "--no-prompt").failed(4, "corp wants you to sign in", "warder profiles --from-sso corp")
    assert corp.config_file.read_text() == SESSION and center.log == []
    center.say("device", **{"is": "approved"})
    result = make(corp, "--device-code")
    assert result.code == 0 and "ABCD-EFGH" in result.err, result
    assert corp.config_file.read_text() == SESSION + ALL


def test_signed_out_meanwhile(corp, center):
    made(corp)
    corp.config(SESSION)
    center.center.access.clear()
    make(corp, "--no-prompt").failed(4, "corp wants you to sign in")
    assert corp.config_file.read_text() == SESSION


@pytest.mark.parametrize("text, session, code, words", [
    (SESSION, "crop", 7, ["no sso-session named crop", "did you mean corp?"]),
    (SESSION, "other", 7, ["no sso-session named other", "there are corp"]),
    ("[profile x]\nregion = eu-west-1\n", "corp", 7, ["has no sso-session", "write [sso-session corp]", "sso_start_url"]),
    ("[sso_session corp]\nsso_region = eu-west-1\n", "corp", 8, ["config:1:", "[sso-session corp]"]),
    (SESSION.replace("sso_region", "#"), "corp", 8, ["config:2:", "lacks sso_region"]),
    (SESSION.replace("sso_start_url", "#"), "corp", 8, ["config:2:", "lacks sso_start_url"]),
    (SESSION.replace("= eu-west-1", "= EU West"), "corp", 8, ["config:4:", "sso_region is not a region"]),
])
def test_sessions_that_cannot_be_used(corp, center, text, session, code, words):
    corp.config(text)
    corp.run("profiles", "--from-sso", session).failed(code, *words)
    assert center.log == []


def test_without_a_config(corp):
    corp.config_file.unlink()
    make(corp).failed(7, "has no sso-session")


# What goes wrong at the portal


@pytest.mark.parametrize("path", [ACCOUNTS, ROLES])
@pytest.mark.parametrize("statuses, code", [([403] * 9, 5), ([500] * 9, 5), ([404] * 9, 5), ([301] * 9, 6)], ids=str)
def test_a_portal_that_refuses(corp, center, path, statuses, code):
    center.say("fail", path=path, statuses=statuses)
    result = make(corp)
    result.failed(code)
    assert "corp" in result.err or code == 6
    assert corp.config_file.read_text() == SESSION


@pytest.mark.parametrize("body", [
    "", "[]", "{", "{}", '{"accountList": null}', '{"accountList": 1}', '{"accountList": [1]}', '{"accountList": [{"accountName": "x"}]}',
    '{"accountList": [{"accountId": "1]\\n[profile x", "accountName": "x"}]}', '{"accountList": [{"accountId": 1}]}'])
def test_a_portal_that_talks_nonsense(corp, center, body):
    center.say("fail", path=ACCOUNTS, statuses=[200], body=body)
    make(corp).failed(5)
    assert corp.config_file.read_text() == SESSION


@pytest.mark.parametrize("path", [ACCOUNTS, ROLES])
def test_an_answer_without_a_list_prunes_nothing(corp, center, path):
    before = made(corp)
    center.say("fail", path=path, statuses=[200], body="{}")
    make(corp, "--prune").failed(5)
    assert corp.config_file.read_text() == before


def test_no_network(corp, center):
    corp.environment["AWS_ENDPOINT_URL_SSO"] = "http://127.0.0.1:9"
    make(corp).failed(6)
    assert corp.config_file.read_text() == SESSION


def test_pages(corp, center):
    center.say("assign", accounts=ASSIGNED, page=1)
    assert made(corp) == SESSION + ALL
    assert center.log == [ACCOUNTS] * 2 + [ROLES] * 3


def test_a_list_without_an_end(corp, center):
    center.say("assign", accounts=ASSIGNED, page=1, endless=True)
    make(corp).failed(5, "a list without an end")
    assert len(center.log) == 500 and corp.config_file.read_text() == SESSION


def test_too_many_requests_are_waited_out(corp, center):
    center.say("fail", path=ROLES, statuses=[429] * 5)
    assert made(corp) == SESSION + ALL
    assert center.log == [ACCOUNTS] + [ROLES] * 7


def test_an_account_listed_twice(corp, center):
    center.say("assign", accounts=[*ASSIGNED, ASSIGNED[0]])
    assert made(corp) == SESSION + ALL


# At once, and killed


def test_side_by_side(corp):
    processes = [corp.start("profiles", "--from-sso", "corp") for _ in range(8)]
    ends = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, ends
    assert corp.config_file.read_text() == SESSION + ALL


def test_beside_other_changes(corp, center):
    """What another command changes while the portal is asked is kept."""
    corp.config(SESSION + "[profile x]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = y\n")
    center.say("fail", path=ROLES, statuses=[429] * 2)
    process = corp.start("profiles", "--from-sso", "corp")
    wait_for(lambda: ROLES in center.log, "request")
    corp.good("adopt", "x")
    adopted = corp.config_file.read_text()
    assert process.wait(timeout=60) == 0
    assert "warder_role_arn" in adopted and corp.config_file.read_text() == adopted + ALL


def test_killed_at_any_moment(corp):
    for moment in range(40):
        corp.config(SESSION)
        process = corp.start("profiles", "--from-sso", "corp")
        time.sleep(moment * 0.004)
        process.kill()
        process.communicate()
        assert corp.config_file.read_text() in (SESSION, SESSION + ALL)
    assert made(corp) == SESSION + ALL
    assert [path.name for path in corp.config_file.parent.iterdir() if path.is_file()] == ["config"]


@pytest.mark.needs("strace")
def test_many_in_one_write(corp, center):
    """300 accounts of five roles, names with spaces, umlauts and slashes, each name twice."""
    roles = ["Admin", "Read Only", "Ops", "Billing", "Audit"]
    accounts = [[f"{n:012}", f"Kunde Ä {n // 2}/West", "", roles] for n in range(300)]
    center.say("assign", accounts=accounts)
    start = time.monotonic()
    result = make(corp, timeout=120)
    taken = time.monotonic() - start
    assert result.code == 0 and "1500 made" in result.err and taken < 5, (result, taken)
    found = names(corp.config_file.read_text())
    assert len(set(found)) == 1500 and found == sorted(found)
    assert corp.good("names", "profiles", "Kunde-Ae-7-West-Read").split() == [
        "Kunde-Ae-7-West-Read-Only-000000000014", "Kunde-Ae-7-West-Read-Only-000000000015"]
    json.loads(corp.good("process", "Kunde-Ae-7-West-Read-Only-000000000014"))
    trace = corp.root / "trace"
    center.say("assign", accounts=[])
    process = corp.start("profiles", "--from-sso", "corp", "--prune", prefix=[
        "strace", "-f", "-o", trace, "-e", "trace=rename,renameat,renameat2,openat,open,truncate,ftruncate"])
    assert process.wait(timeout=120) == 0
    calls = [line for line in trace.read_text().splitlines() if str(corp.config_file.parent) in line]
    assert sum("rename" in line for line in calls) == 1
    assert not any(f'"{corp.config_file}"' in line and ("O_WRONLY" in line or "O_RDWR" in line) for line in calls)
    assert corp.config_file.read_text() == SESSION
