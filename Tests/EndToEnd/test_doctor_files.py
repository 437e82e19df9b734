"""`warder doctor` on the files: owners, modes, links, encodings, grammar, and profiles that cannot resolve."""

import os
import pathlib
import stat
import tempfile

import pytest
from doctor import Case, cases, codes, examined, goes_through, mend
from home import PROFILES, ROLE, WARDER
from importing import pair
from test_doctor_sdk import LAPSED, PROCESS, beside, credentials, listed, mended, process, replacing  # noqa: F401

END = len(PROFILES.splitlines())


def more(*lines):
    """Adds lines to the config, which has `END`."""
    return lambda home: home.config(PROFILES + "\n".join(lines) + "\n")


def asking(name, *lines):
    """A profile that asks warder: its header is the first line, its other settings begin at the third."""
    return [f"[profile {name}]", f"credential_process = {WARDER} process {name}", *lines]


def bytes_of(encoding, mark=b"", end="\n"):
    """Writes the config in another way."""

    def change(home):
        home.config_file.write_bytes(mark + PROFILES.replace("\n", end).encode(encoding))

    return change


MARK = b"\xef\xbb\xbf"


@cases(
    Case("a byte order mark", bytes_of("utf-8", MARK), "byte_order_mark", "config:1"),
    Case("a file of Windows'", bytes_of("utf-8", MARK, "\r\n"), "byte_order_mark", "config:1"),
    Case("UTF-16 with a mark", bytes_of("utf-16"), "utf16", "config:1"),
    Case("UTF-16, the low byte first", bytes_of("utf-16-le"), "utf16", "config:1"),
    Case("UTF-16, the high byte first", bytes_of("utf-16-be"), "utf16", "config:1"),
    Case("no equals sign", more("[profile x]", "what"), "property_without_equals", f"config:{END + 2}"),
    Case("a colon", more("[profile x]", "region: eu-west-1"), "property_without_equals", f"config:{END + 2}"),
    Case("no name", more("[profile x]", "= what"), "property_without_name", f"config:{END + 2}"),
    Case("an open header", more("[profile x # mine", "region = eu-west-1"), "unclosed_section", f"config:{END + 1}"),
    Case("an indented word", more("[profile x]", "  what"), "continuation_outside_property", f"config:{END + 2}"),
    Case("below an empty setting", more("[profile x]", "s3 =", "  what"), "subproperty_without_equals"),
    Case("there too", more("[profile x]", "s3 =", "  = y"), "subproperty_without_name", f"config:{END + 3}"),
    Case(
        "before the first section", lambda home: home.config("region = eu-west-1\n" + PROFILES), "outside_section", "config:1"
    ),
    Case("in the credentials file", credentials("[x]", "what"), "property_without_equals", "credentials:2"),
    Case(
        "a section twice", more(*asking("x", "region = eu-west-1", "warder_key = alice"), "[profile y]", "region = eu-west-2", "[profile x]", "output = json"),
        "repetition", f"config:{END + 7}",
    ),
    Case("an empty section twice", more("[profile x]", "[profile y]", "[profile x]"), "repetition", f"config:{END + 3}"),
    Case(
        "a setting twice", more("[profile x]", "region = eu-west-1", "output = b", "REGION = eu-west-3"), "repetition", f"config:{END + 4}"
    ),
    Case("a section twice in the credentials file", credentials("[x]", "a = b", "[x]", "c = d"), "repetition", "credentials:3"),
    Case("no word profile", more("[x]", "region = eu-west-1"), "misnamed_section", f"config:{END + 1}"),
    Case("a capital", more("[Profile x]", f"role_arn = {ROLE}"), "misnamed_section", f"config:{END + 1}"),
    Case("no blank", more("[profilex]", f"role_arn = {ROLE}"), "misnamed_section", f"config:{END + 1}"),
    Case("a capital default", more("[Default]", "region = eu-west-1"), "misnamed_section", f"config:{END + 1}"),
    Case("the word in the credentials file", credentials("[profile x]", "region = eu-west-1"), "misnamed_section", "credentials:1"),
    Case(
        "a mistyped setting", beside("warder_external_idd = xyz"), "unknown_setting", f"config:{PROCESS + 1}"
    ),
    Case("an unknown one", beside("warder_color = x"), "unknown_setting", f"config:{PROCESS + 1}"),
    Case(
        "one beside the right one", beside("warder_external_id = xyz", "warder_external_idd = x"), "unknown_setting"
    ),
)
def test_the_grammar(home, case):
    goes_through(home, case)


def test_a_section_that_was_twice_keeps_its_settings(home):
    test_merged = ["[profile x]", "region = eu-west-1", "", "[profile y]", "region = eu-west-2", "", "[profile x]", "# why", "output = json"]
    goes_through(home, Case("twice", more(*test_merged), "repetition"))
    text = home.config_file.read_text().removeprefix(PROFILES)
    assert text.index("output = json") < text.index("[profile y]"), text
    assert "# [profile x]" in text and text.count("region") == 2, text
    # Line ends and links stay.
    home.config_file.rename(home.root / "elsewhere")
    home.config_file.symlink_to(home.root / "elsewhere")
    (home.root / "elsewhere").write_text(PROFILES + "\n".join(test_merged))
    goes_through_from_here(home, "repetition")
    assert home.config_file.is_symlink()


def goes_through_from_here(home, *wanted):
    """What is broken already."""
    found = examined(home)["findings"]
    assert sorted({each["code"] for each in found}) == sorted(wanted), found
    for command in dict.fromkeys(each["command"] for each in found):
        mend(home, command)
    assert codes(examined(home)) == []


def test_one_bad_line_hides_nothing_else(home):
    """Neither another bad line nor what is wrong with the rest."""
    replacing(f"{WARDER} process audit", "/gone/warder process audit")(home)
    home.config(home.config_file.read_text() + "[profile x]\nwhat\n[profile y\nregion: eu-west-1\n")
    credentials("[p]", "what")(home)
    goes_through_from_here(
        home, "absent_program", "property_without_equals", "unclosed_section"
    )
    assert "[profile y]\nregion = eu-west-1\n" in home.config_file.read_text()


def test_a_file_that_cannot_be_read_hides_nothing_of_the_other(home):
    bytes_of("utf-16")(home)
    credentials("[p]", "what")(home)
    home.environment["AWS_PROFILE"] = "prod"
    assert codes(examined(home)) == ["property_without_equals", "utf16"]


def test_a_command_that_comes_too_late_changes_nothing(home):
    """Another line is there by now."""
    beside("warder_external_idd = x")(home)
    (finding,) = examined(home)["findings"]
    home.config("# one line more\n" + home.config_file.read_text())
    before = home.config_file.read_text()
    mend(home, finding["command"])
    assert home.config_file.read_text() == before


def a_folder_of_settings(home):
    (home.root / "config/warder/config").unlink()
    (home.root / "config/warder/config").mkdir()


def settings(*lines):
    return lambda home: home.settings("[warder]\nhandoff_time = 0\n" + "\n".join(lines) + "\n")


@cases(
    Case("an unknown one", settings("colour = blue"), "unknown_setting", "warder/config:3"),
    Case("another section", settings("[x]"), "unknown_setting", "warder/config:3"),
    Case("a bad time", settings("unlock_time = 8"), "bad_setting", "warder/config:3"),
    Case("a store that is none", settings("store = cloud"), "bad_setting", "warder/config:3"),
    Case("a relative keyfile", settings("keyfile = key"), "bad_setting", "warder/config:3"),
    Case("no equals sign", settings("log off"), "property_without_equals", "warder/config:3"),
    Case(
        "UTF-16", lambda home: (home.root / "config/warder/config").write_bytes("[warder]\n".encode("utf-16")) and None,
        "utf16", "warder/config:1",
    ),
    Case("a folder", a_folder_of_settings, "unreadable_file", "warder/config"),
)
def test_warders_settings(home, case):
    goes_through(home, case)


def edits(script):
    """The user's editor, which is called with the line, and changes it."""

    def make(home):
        editor = home.root / "editor"
        editor.write_text(f'#!/bin/sh\nexec sed -i --follow-symlinks "${{1#+}}{script}" "$2"\n')
        editor.chmod(0o755)
        return {"EDITOR": str(editor)}

    return make


def both(*changes):
    def change(home):
        values = {}
        for each in changes:
            values |= each(home) or {}
        return values

    return change


BAD_ROLE = [*asking("x", "warder_role_arn = arn:aws:iam::1:user/x", "warder_source_profile = alice")]
SSO = ["[sso-session corp]", "sso_start_url = https://x.awsapps.com/start", "sso_region = eu-west-1"]


@cases(
    Case(
        "a mistyped source", more(*asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = alcie")),
        "source_missing", f"config:{END + 4}",
    ),
    Case("a mistyped profile to include", more(*asking("x", "include_profile = prdo")), "included_profile_missing"),
    Case(
        "a source whose section is misnamed",
        more("[base]", "region = eu-west-1", "warder_key = alice", *asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = base")),
        "misnamed_section", f"config:{END + 1}",
    ),
    Case(
        "a mistyped name of a setting", more(*asking("x", f"warder_role_arn = {ROLE}", "warder_key = alice", "warder_source_profil = alice")),
        "unknown_setting", f"config:{END + 5}",
    ),
    Case(
        "a circle",
        both(more(*asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = y"),
                  *asking("y", f"warder_role_arn = {ROLE}", "warder_source_profile = x")), edits("s/= x/= alice/")),
        "cycle", f"config:{END + 8}",
    ),
    Case("a bad role", both(more(*BAD_ROLE), edits("s/:1:user/:222222222222:role/")), "bad_value", f"config:{END + 3}"),
    Case(
        "a duration with a unit",
        more(*asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_duration_seconds = 1h")),
        "bad_value", f"config:{END + 5}",
    ),
    Case(
        "a role behind a role for too long",
        more(*asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = prod", "duration_seconds = 7200")),
        "role_chaining_too_long", f"config:{END + 5}",
    ),
    Case(
        "no policy file",
        both(
            more(*asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_policy_file = ~/p.json")),
            edits("s/^/# /"),
        ),
        "no_policy_file", f"config:{END + 5}",
    ),
    Case("a mistyped source of another kind", more(*asking("x", "warder_credential_source = Enviroment")), "unknown_credential_source"),
    Case(
        "two sources",
        both(more(*asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = alice", "warder_credential_source = Environment")),
             edits("s/^/# /")), "two_sources", f"config:{END + 4}",
    ),
    Case(
        "a start URL of its own",
        more(*SSO, *asking("x", "warder_sso_session = corp", "warder_sso_account_id = 222222222222", "warder_sso_role_name = R",
                           "warder_sso_start_url = https://y.awsapps.com/start")),
        "sso_key_beside_session", f"config:{END + 9}",
    ),
    Case(
        "no such sign-in",
        both(more(*SSO, *asking("x", "warder_sso_session = cropp", "warder_sso_account_id = 222222222222", "warder_sso_role_name = R")),
             edits("s/cropp/corp/")), "sso_session_missing", f"config:{END + 6}",
    ),
)
def test_a_profile_that_does_not_resolve(listed, case):
    goes_through(listed, case)


def test_what_may_be_a_key_of_a_locked_store_is_no_fault(home):
    more(*asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = alicia"))(home)
    assert examined(home)["findings"] == []


def test_a_profile_that_was_adopted_and_does_not_resolve_any_more(listed):
    home = listed
    home.config(PROFILES + f"[profile x]\nrole_arn = {ROLE}\nsource_profile = alice\n")
    home.good("adopt", "x")
    assert codes(examined(home)) == []
    before, after = home.config_file.read_text().split("[profile x]")
    home.config(before + "[profile x]" + after.replace("alice", "alicia"))
    (finding,) = examined(home)["findings"]
    assert finding["code"] == "source_missing" and "adopt" in finding["why"], finding


def test_an_unknown_setting_of_the_source_of_the_one_that_is_named(home):
    more("[profile base]", "warder_key = alice", "warder_regin = eu-west-1",
         *asking("x", f"warder_role_arn = {ROLE}", "warder_source_profile = base"))(home)
    (finding,) = examined(home, "x")["findings"]
    assert finding["code"] == "unknown_setting" and finding["place"].endswith(f"config:{END + 3}"), finding
    mend(home, finding["command"])
    assert examined(home, "x")["findings"] == [] and "warder_region = eu-west-1" in home.config_file.read_text()


def test_a_key_that_is_not_stored(listed):
    more(*asking("x", "warder_key = alicia"))(listed)
    (finding,) = examined(listed)["findings"]
    assert finding["code"] == "no_such_key" and finding["command"] == "warder add alicia", finding
    assert finding["place"].endswith(f"config:{END + 3}"), finding


# Owners, modes and links


def mode(bits, *names):
    """Gives files of the home's a mode."""

    def change(home):
        for name in names:
            (home.root / name).chmod(bits)

    return change


def reached(home):
    """Others may go as far as to the files; one that others cannot reach is closed to them."""
    for folder in (home.root, home.root / ".aws"):
        folder.chmod(0o755)


def with_keys(home):
    credentials("[lone]", *pair(home.key).splitlines())(home)


@cases(
    Case("a config that others can write", both(reached, mode(0o646, ".aws/config")), "writable_by_others", ".aws/config"),
    Case("a folder that others can write", both(reached, mode(0o757, ".aws")), "writable_by_others", "/.aws"),
    Case("settings that others can write", both(reached, mode(0o755, "config", "config/warder"), mode(0o666, "config/warder/config")),
         "writable_by_others", "warder/config"),
    Case("a vault that others can read", mode(0o644, "data/warder/vault"), "open_to_others", "warder/vault"),
    Case("its folder that others can write", mode(0o777, "data/warder"), "open_to_others", "data/warder"),
)
def test_a_mode(home, case):
    goes_through(home, case)


@cases(
    Case("a session that others can read", lambda home: home.sessions()[0].chmod(0o644), "open_to_others"),
    Case("its folder that others can write", lambda home: home.cache.chmod(0o777), "open_to_others", "warder/sessions"),
    Case("the log", mode(0o640, "state/warder/log"), "open_to_others", "warder/log"),
    Case("its folder", mode(0o770, "state/warder"), "open_to_others", "state/warder"),
)
def test_a_mode_of_what_commands_leave(working, case):
    goes_through(working, case)


def test_a_fix_is_a_mode(home):
    mode(0o644, "data/warder/vault")(home)
    (finding,) = examined(home)["findings"]
    assert finding["fix"] and finding["gravity"] == "broken" and finding["command"] == f"chmod 600 {home.vault}"


@pytest.mark.parametrize("bits", [0o604, 0o644, 0o666])
def test_keys_that_others_can_read_are_exposed(home, bits):
    both(with_keys, reached, mode(bits, ".aws/credentials"))(home)
    finding = mended(home, "readable_keys")
    assert finding["gravity"] == "exposed" and finding["fix"], finding
    assert finding["place"].endswith(".aws/credentials") and finding["command"].startswith("chmod 600 "), finding
    assert "writable_by_others" not in codes(examined(home))


def test_keys_in_the_config_that_others_can_read(home):
    home.config(PROFILES + "[profile lone]\n" + pair(home.key))
    both(reached, mode(0o644, ".aws/config"))(home)
    assert mended(home, "readable_keys")["place"].endswith(".aws/config")


@pytest.mark.parametrize(
    "change",
    [
        both(reached, mode(0o664, ".aws/config")),
        both(with_keys, mode(0o700, ".aws"), mode(0o644, ".aws/credentials")),
        mode(0o755, "data/warder"),
        mode(0o400, "data/warder/vault"),
    ],
    ids=["a group of one's own", "keys that others cannot reach", "a folder that others can list", "a vault to be read alone"],
)
def test_a_mode_that_harms_nobody(home, change):
    change(home)
    assert [each for each in codes(examined(home)) if each in ("readable_keys", "writable_by_others", "open_to_others")] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", [".aws/config", ".aws", "data/warder/vault", "data/warder"])
def test_another_owner(home, name):
    goes_through(home, Case("another", lambda home: os.chown(home.root / name, 4321, 4321), "foreign_owner", name))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_roots_file_in_the_users_home(home):
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    home.config(home.config_file.read_text().replace(str(WARDER), str(home.root / "warder")))
    assert codes(examined(home, **user)) == []
    os.chown(home.config_file, 0, 0)
    (finding,) = examined(home, **user)["findings"]
    assert finding["code"] == "roots_file" and finding["command"].startswith("sudo chown -R "), finding
    assert finding["place"].endswith(".aws/config")
    os.chown(home.config_file, user["user"], user["group"])
    assert codes(examined(home, **user)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(home):
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    home.config_file.chmod(0)
    (finding,) = examined(home, **user)["findings"]
    assert finding["code"] == "unreadable_file" and finding["fix"], finding


def a_link(name, target):
    def change(home):
        path = home.root / name
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    return change


def a_folder(home):
    (home.root / ".aws/credentials").mkdir()


def a_folder_by_a_variable(home):
    """Its name forgotten."""
    return {"AWS_CONFIG_FILE": str(home.root / ".aws")}


def a_linked_folder(home):
    for path in (home.root / ".aws").iterdir():
        path.unlink()
    (home.root / ".aws").rmdir()
    (home.root / ".aws").symlink_to("/gone/aws")


def a_linked_vault(home):
    home.vault.rename(home.root / "elsewhere")
    home.vault.symlink_to(home.root / "elsewhere")


@cases(
    Case("nothing", a_link(".aws/config", "/gone/config"), "broken_link", ".aws/config"),
    Case("nothing, of the credentials", a_link(".aws/credentials", "gone"), "broken_link", ".aws/credentials"),
    Case("nothing, of the settings", a_link("config/warder/config", "/gone/warder"), "broken_link", "warder/config"),
    Case("a circle", a_link(".aws/credentials", "credentials"), "unreadable_file", ".aws/credentials"),
    Case("a folder", a_folder, "unreadable_file", ".aws/credentials"),
    Case("a folder that a variable names", a_folder_by_a_variable, "unreadable_file", "/.aws"),
    Case("nothing, of the folder", a_linked_folder, "broken_link", "/.aws"),
    Case("the vault", a_linked_vault, "refused_link", "warder/vault"),
)
def test_a_link(home, case):
    goes_through(home, case)


@pytest.fixture
def store():
    """A folder of root's that others may read."""
    with tempfile.TemporaryDirectory(prefix="warder-store-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes what others may not write")
@pytest.mark.parametrize("name", [".aws/config", ".aws"])
def test_a_link_to_what_may_not_be_changed(home, store, name):
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    text = PROFILES.replace(str(WARDER), str(home.root / "warder"))
    home.config_file.unlink()
    link = home.root / name
    if name == ".aws":
        link.rmdir()
        (store / "config").write_text(text)
        link.symlink_to(store)
    else:
        (store / "mine").write_text(text)
        link.symlink_to(store / "mine")
    os.lchown(link, user["user"], user["group"])
    (finding,) = examined(home, **user)["findings"]
    assert (finding["code"], finding["gravity"]) == ("read_only_link", "risky"), finding
    assert finding["place"].endswith(name), finding
    mend(home, finding["command"])
    for path in (link, home.config_file):
        os.chown(path, user["user"], user["group"])
    assert not link.is_symlink() and home.config_file.stat().st_mode & stat.S_IWUSR
    assert home.config_file.read_text() == text
    assert codes(examined(home, **user)) == []


# What the SDK makes of it


METHOD = """
import botocore.session, sys
try:
    print(botocore.session.Session(profile="prod").get_credentials().method)
except Exception as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(
    "change, before",
    [
        (bytes_of("utf-8", MARK), "ConfigParseError"),
        (bytes_of("utf-16"), "ConfigParseError"),
        (more("[profile x]", "[profile x]"), "ConfigParseError"),
        (more("[profile x]", "a = b", "a = c"), "ConfigParseError"),
        (more("[profile x]", "what"), "ConfigParseError"),
        (replacing("[profile prod]", "[Profile prod]"), "ProfileNotFound"),
        (beside(f"role_arn = {ROLE}", "source_profile = alice"), "assume-role"),
        (credentials("[prod]", *LAPSED), "shared-credentials-file"),
        (process(f"'{WARDER} process prod"), "ValueError"),
        (process("~/bin/warder process prod"), "FileNotFoundError"),
        (process(f'"{WARDER} process prod"'), "FileNotFoundError"),
        (process(f"{WARDER} process prod | cat"), "CredentialRetrievalError"),
    ],
)
def test_boto3_asks_warder_once_it_is_mended(working, change, before):
    change(working)
    assert working.sdk(METHOD).stdout.strip() == before
    for command in dict.fromkeys(each["command"] for each in examined(working)["findings"]):
        mend(working, command)
    assert working.sdk(METHOD).stdout.strip() == "custom-process"
