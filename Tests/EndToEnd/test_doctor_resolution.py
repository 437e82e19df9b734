"""`warder doctor` on profiles that warder is meant to resolve and cannot."""

from doctor import Case, cases, codes, examined, goes_through, mend
from faults import END, asking, both, edits, more
from home import PROFILES, ROLE

def role(name, source, *lines):
    """A profile with a role that asks warder: its source is in the fourth line, its other settings below that."""
    return asking(name, f"warder_role_arn = {ROLE}", f"warder_source_profile = {source}", *lines)


def signed_in(session, *lines):
    """A profile of IAM Identity Center that asks warder."""
    named = [f"warder_sso_session = {session}", "warder_sso_account_id = 222222222222", "warder_sso_role_name = R"]
    return asking("x", *named, *lines)


BAD_ROLE = [*asking("x", "warder_role_arn = arn:aws:iam::1:user/x", "warder_source_profile = alice")]
SSO = ["[sso-session corp]", "sso_start_url = https://x.awsapps.com/start", "sso_region = eu-west-1"]


@cases(
    Case(
        "a mistyped source", more(*role("x", "alcie")),
        "source_missing", f"config:{END + 4}",
    ),
    Case("a mistyped profile to include", more(*asking("x", "include_profile = prdo")), "included_profile_missing"),
    Case(
        "a source whose section is misnamed",
        more("[base]", "warder_key = alice", *role("x", "base")),
        "misnamed_section", f"config:{END + 1}",
    ),
    Case(
        "a mistyped name of a setting",
        more(*asking("x", f"warder_role_arn = {ROLE}", "warder_key = alice", "warder_source_profil = alice")),
        "unknown_setting", f"config:{END + 5}",
    ),
    Case(
        "a circle",
        both(more(*role("x", "y"),
                  *role("y", "x")), edits("s/= x/= alice/")),
        "cycle", f"config:{END + 8}",
    ),
    Case("a bad role", both(more(*BAD_ROLE), edits("s/:1:user/:222222222222:role/")), "bad_value", f"config:{END + 3}"),
    Case(
        "a duration with a unit",
        more(*role("x", "alice", "warder_duration_seconds = 1h")),
        "bad_value", f"config:{END + 5}",
    ),
    Case(
        "a role behind a role for too long",
        more(*role("x", "prod", "duration_seconds = 7200")),
        "role_chaining_too_long", f"config:{END + 5}",
    ),
    Case(
        "no policy file",
        both(
            more(*role("x", "alice", "warder_policy_file = ~/p.json")),
            edits("s/^/# /"),
        ),
        "no_policy_file", f"config:{END + 5}",
    ),
    Case(
        "a mistyped source of another kind", more(*asking("x", "warder_credential_source = Enviroment")),
        "unknown_credential_source",
    ),
    Case(
        "two sources",
        both(more(*role("x", "alice", "warder_credential_source = Environment")),
             edits("s/^/# /")), "two_sources", f"config:{END + 4}",
    ),
    Case(
        "a start URL of its own",
        more(*SSO, *signed_in("corp",
                           "warder_sso_start_url = https://y.awsapps.com/start")),
        "sso_key_beside_session", f"config:{END + 9}",
    ),
    Case(
        "no such sign-in",
        both(more(*SSO, *signed_in("cropp")),
             edits("s/cropp/corp/")), "sso_session_missing", f"config:{END + 6}",
    ),
)
def test_a_profile_that_does_not_resolve(listed, case):
    goes_through(listed, case)


def test_what_may_be_a_key_of_a_locked_store_is_no_fault(home):
    more(*role("x", "alicia"))(home)
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
         *role("x", "base"))(home)
    (finding,) = examined(home, "x")["findings"]
    assert finding["code"] == "unknown_setting" and finding["place"].endswith(f"config:{END + 3}"), finding
    mend(home, finding["command"])
    assert examined(home, "x")["findings"] == [] and "warder_region = eu-west-1" in home.config_file.read_text()


def test_a_key_that_is_not_stored(listed):
    more(*asking("x", "warder_key = alicia"))(listed)
    (finding,) = examined(listed)["findings"]
    assert finding["code"] == "key_not_stored" and finding["command"] == "warder add alicia", finding
    assert finding["place"].endswith(f"config:{END + 3}"), finding
