"""`warder doctor` on the text of files: encodings, grammar, unknown settings; and what boto3 makes of it."""

import os
import time

import pytest
from doctor import Case, cases, codes, examined, goes_through, mend
from faults import END, LAPSED, MARK, PROCESS, asking, beside, bytes_of, credentials, more, process, replacing
from home import PROFILES, ROLE, WARDER


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
        "before the first section", lambda home: home.config("region = eu-west-1\n" + PROFILES), "outside_section",
        "config:1",
    ),
    Case("in the credentials file", credentials("[x]", "what"), "property_without_equals", "credentials:2"),
    Case(
        "a section twice",
        more(*asking("x", "output = a", "warder_key = alice"), "[profile y]", "output = b", "[profile x]", "s3 = c"),
        "repetition", f"config:{END + 7}",
    ),
    Case(
        "an empty section twice", more("[profile x]", "[profile y]", "[profile x]"), "repetition", f"config:{END + 3}"
    ),
    Case(
        "a setting twice", more("[profile x]", "s3 = a", "output = b", "S3 = c"), "repetition", f"config:{END + 4}"
    ),
    Case(
        "a section twice in the credentials file", credentials("[x]", "a = b", "[x]", "c = d"), "repetition",
        "credentials:3",
    ),
    Case("no word profile", more("[x]", "region = eu-west-1"), "misnamed_section", f"config:{END + 1}"),
    Case("a capital", more("[Profile x]", f"role_arn = {ROLE}"), "misnamed_section", f"config:{END + 1}"),
    Case("no blank", more("[profilex]", f"role_arn = {ROLE}"), "misnamed_section", f"config:{END + 1}"),
    Case("a capital default", more("[Default]", "region = eu-west-1"), "misnamed_section", f"config:{END + 1}"),
    Case(
        "the word in the credentials file", credentials("[profile x]", "region = eu-west-1"), "misnamed_section",
        "credentials:1",
    ),
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


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_who_cannot_read_a_byte_order_mark_is_said(home, end):
    """Warder can."""
    bytes_of("utf-8", MARK, end)(home)
    (finding,) = examined(home)["findings"]
    assert "the AWS CLI" in finding["why"] and "cannot read the file" in finding["why"], finding


def test_a_section_that_was_twice_keeps_its_settings(home):
    first, other = ["[profile x]", "s3 = a", ""], ["[profile y]", "s3 = b", ""]
    second = ["[profile x]", "# why", "output = c"]
    twice = [*first, *other, *second]
    goes_through(home, Case("twice", more(*twice), "repetition"))
    text = home.config_file.read_text().removeprefix(PROFILES)
    assert text.index("# why\noutput = c") < text.index("[profile y]"), text
    assert "# [profile x]" in text and text.count("s3") == 2, text
    # Line ends and links stay.
    home.config_file.rename(home.root / "elsewhere")
    home.config_file.symlink_to(home.root / "elsewhere")
    (home.root / "elsewhere").write_text(PROFILES + "\n".join(twice))
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


def test_pipes_are_not_waited_for(home):
    """Nor are they read: what writes to them may write once only."""
    for path in (".aws/config", ".aws/credentials", "config/warder/config"):
        (home.root / path).parent.mkdir(parents=True, exist_ok=True)
        (home.root / path).unlink(missing_ok=True)
        os.mkfifo(home.root / path)
    before = time.monotonic()
    report = examined(home, timeout=20)
    assert time.monotonic() - before < 0.5
    assert codes(report) == ["unreadable_file"], report
    places = sorted(finding["place"].removeprefix(str(home.root)) for finding in report["findings"])
    assert places == ["/.aws/config", "/.aws/credentials", "/config/warder/config"]


def test_no_file_is_an_empty_one(home):
    home.environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
    assert codes(examined(home)) == []
