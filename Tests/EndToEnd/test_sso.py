"""IAM Identity Center: signing in, renewing it, and what is kept."""

import base64
import json
import os
import re
import time

import pytest
from clouds import ACCOUNT, PERMISSIONS, READER, SIGN_IN_KEY, START
from home import ROLE
from serving import wait_for

REGISTER, DEVICE, TOKEN, PAGE, PORTAL = (
    "/client/register", "/device_authorization", "/token", "/authorize", "/federation/credentials")
BY_DEVICE = [REGISTER, DEVICE, TOKEN + ":device_code", PORTAL]
BY_BROWSER = [REGISTER, PAGE, TOKEN + ":authorization_code", PORTAL]
CONFIG = f"""\
[sso-session corp]
sso_start_url = {START}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
[profile one]
region = eu-west-1
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = {PERMISSIONS}
[profile two]
region = us-east-1
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = {READER}
[profile old]
region = eu-west-1
sso_start_url = {START}
sso_region = eu-west-1
sso_account_id = {ACCOUNT}
sso_role_name = {PERMISSIONS}
[profile behind]
region = eu-west-1
warder_role_arn = {ROLE}
warder_source_profile = one
[profile nameless]
sso_session = corp
[profile forbidden]
sso_session = corp
sso_account_id = 222222222222
sso_role_name = {PERMISSIONS}
[profile other]
sso_session = corp
sso_account_id = {ACCOUNT}
sso_role_name = Nobody
"""
# Follows the page as a browser does, in which the user consents at once.
BROWSER = """\
#!/bin/sh
printf '%s\\n' "$1" >> {home}/opened
env > {home}/environment
cat /proc/*/cmdline 2>&1 | tr '\\0' ' ' > {home}/arguments
location=$(curl --silent --output /dev/null --write-out '%{{redirect_url}}' "$1")
printf '%s\\n' "$location" > {home}/location
again=$(curl --silent --output {home}/again --write-out '%{{http_code}}' "$1")
printf '%s\\n' "$again" >> {home}/again
page="{center}/authorize?${{location#*\\?}}"
printf 'url = "%s"' "$page" | exec curl --silent --location --output {home}/page --config -
"""


@pytest.fixture
def corp(unlocked, center):
    """A home whose profiles sign in; the browser of the desktop is a script."""
    center.say("device", **{"is": "approved"})
    unlocked.config(CONFIG)
    unlocked.environment |= center.environment()
    folder = unlocked.root / "bin"
    folder.mkdir()
    (folder / "xdg-open").write_text(BROWSER.format(home=unlocked.root, center=center.url))
    (folder / "xdg-open").chmod(0o755)
    unlocked.environment["PATH"] = f"{folder}:{unlocked.environment['PATH']}"
    return unlocked


@pytest.fixture
def signed_in(corp, center):
    corp.good("refresh", "one", "--device-code")
    assert center.log == BY_DEVICE
    center.log.clear()
    return corp


def opened(home):
    file = home.root / "opened"
    return file.read_text().splitlines() if file.exists() else []


def key(home, name):
    return json.loads(home.good("process", name))["AccessKeyId"]


# Signing in


def test_by_a_code_for_another_machine(corp, center):
    result = corp.run("refresh", "one", "--device-code")
    assert result.code == 0 and result.out == ""
    assert "ABCD-EFGH" in result.err and "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH" in result.err
    assert center.log == BY_DEVICE and opened(corp) == []
    center.log.clear()
    assert key(corp, "one") == SIGN_IN_KEY
    assert center.log == []


def test_the_code_is_waited_for(corp, center):
    center.say("device", **{"is": "pending"})
    process = corp.start("refresh", "one", "--device-code")
    wait_for(lambda: center.log.count(TOKEN + ":device_code") >= 2, "second poll", seconds=120)
    center.say("device", **{"is": "approved"})
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert center.log.count(DEVICE) == 1


@pytest.mark.parametrize("end, code", [("denied", 5), ("expired", 4)])
def test_nobody_consents(corp, center, end, code):
    center.say("device", **{"is": end})
    result = corp.run("refresh", "one", "--device-code")
    assert result.code == code and result.err.splitlines()[-1].startswith("hint: "), result
    corp.run("process", "one").failed(4)


@pytest.mark.needs("curl")
def test_by_the_browser(corp, center):
    corp.environment["BROWSER"] = "somebody's"
    result = corp.run("refresh", "one", passphrase=True)
    assert result.code == 0, result
    assert center.log == BY_BROWSER
    (entrance,) = opened(corp)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/sign-in/[\w-]{43}", entrance), entrance
    page = (corp.root / "location").read_text().strip()
    assert page.startswith("https://oidc.eu-west-1.amazonaws.com/authorize?") or page.startswith(center.url), page
    assert page in result.err
    # What comes back with a code of somebody else's needs the state, which stands in nobody's arguments.
    state = re.search(r"[?&]state=([\w-]{43})", page)[1]
    assert state not in (corp.root / "arguments").read_bytes().decode(errors="replace")
    again = (corp.root / "again").read_text()
    assert again.endswith("410\n") and state not in again
    center.log.clear()
    assert key(corp, "one") == SIGN_IN_KEY and center.log == []


@pytest.mark.needs("curl", "setpriv")
@pytest.mark.skipif(os.geteuid() != 0, reason="root alone becomes another user")
def test_another_user_of_the_host_is_answered_nothing(corp, center):
    """Whatever they know: the page that the browser begins with, which its arguments show, and the state."""
    corp.environment["BROWSER"] = "somebody's"
    script = corp.root / "bin/xdg-open"
    stranger = "setpriv --reuid 4711 --regid 4711 --clear-groups curl --silent --write-out ' %{http_code}\\n'"
    script.write_text(script.read_text().replace(
        "location=", f'{stranger} "$1" > {corp.root}/denied\nlocation=', 1).replace(
        "page=", f'back="${{1%/sign-in/*}}/oauth/callback?code=evil&state=$(echo "$location" | sed "s/.*[?&]state=//; s/&.*//")"\n'
        f'{stranger} "$back" >> {corp.root}/denied\npage=', 1))
    result = corp.run("refresh", "one", passphrase=True)
    assert result.code == 0, result
    denied = (corp.root / "denied").read_text()
    assert denied.count(" 403\n") == 2 and "state=" not in denied, denied
    assert center.log == BY_BROWSER


@pytest.mark.needs("curl")
def test_the_browser_is_told_no_passphrase(corp):
    corp.environment["DISPLAY"] = ":77"
    corp.good("refresh", "one", env={"WARDER_PASSPHRASE": "of somebody", "WARDER_PASSPHRASE_COMMAND": "cat secret"})
    assert "WARDER_PASSPHRASE" not in (corp.root / "environment").read_text()


@pytest.mark.needs("curl")
def test_the_user_declines_in_the_browser(corp, center):
    corp.environment["DISPLAY"] = ":77"
    corp.config(CONFIG.replace("sso:account:access", "test:deny"))
    result = corp.run("refresh", "one")
    assert result.code == 5 and "access_denied" in result.err, result
    assert PORTAL not in center.log


@pytest.mark.needs("curl")
def test_without_an_sso_session(corp, center):
    corp.good("refresh", "old", "--device-code")
    assert center.log == BY_DEVICE
    assert key(corp, "old") == SIGN_IN_KEY


def test_a_role_behind_it(signed_in, sts):
    assert key(signed_in, "behind") == "ASIATEMPORARY0000001"
    request = sts.only("AssumeRole")
    assert (request.access_key_id, request.token) == (SIGN_IN_KEY, "t0ken==")


# Nobody is there


@pytest.mark.parametrize("name", ["one", "old", "behind"])
@pytest.mark.parametrize("display", [False, True])
def test_process_signs_in_never(corp, center, name, display):
    corp.environment |= {"DISPLAY": ":77", "BROWSER": "firefox"} if display else {}
    start = time.monotonic()
    corp.run("process", name).failed(4, "sign in", "warder refresh")
    assert time.monotonic() - start < 10
    assert center.log == [] and opened(corp) == []


@pytest.mark.parametrize("command", [["env", "one"], ["exec", "one", "--", "true"], ["whoami", "one"]])
def test_nothing_is_opened_where_nobody_is(corp, center, command):
    """A shell's hook, a unit, a cron job: no terminal, though the variables of a desktop may be there."""
    corp.environment["DISPLAY"] = ":77"
    start = time.monotonic()
    result = corp.run(*command)
    assert result.code == 4, result
    assert time.monotonic() - start < 10
    assert center.log == [] and opened(corp) == []


@pytest.mark.parametrize("command", ["refresh", "process"])
def test_no_prompt_is_heeded(corp, center, command):
    corp.environment["DISPLAY"] = ":77"
    corp.run(command, "one", "--no-prompt").failed(4)
    assert center.log == [] and opened(corp) == []


def test_at_a_terminal_exec_signs_in(corp, center):
    terminal = corp.terminal("exec", "one", "--", "printenv", "AWS_ACCESS_KEY_ID")
    terminal.expect("ABCD-EFGH")
    terminal.expect(SIGN_IN_KEY)
    assert center.log == BY_DEVICE


def test_at_a_terminal_process_signs_in_never(corp, center):
    terminal = corp.terminal("process", "one")
    terminal.expect("warder refresh one")
    terminal.close()
    assert center.log == []


# What is kept


def test_login_signs_in_although_it_need_not(signed_in, center):
    result = signed_in.run("login", "one", "--device-code")
    assert result.code == 0 and center.log[:3] == BY_DEVICE[:3], (result, center.log)


def test_another_start_url_is_another_sign_in(signed_in, center):
    signed_in.config(CONFIG.replace(START, "https://other.awsapps.com/start"))
    signed_in.run("process", "two").failed(4)
    assert center.log == []


def test_no_token_lies_open(signed_in, center):
    client = next(iter(center.center.clients.values()))
    tokens = [*center.center.access, *center.center.refresh, client["secret"]]
    assert len(tokens) == 3
    key(signed_in, "two")
    for token in tokens:
        # Base64 of a text within another starts at one of three places.
        shifted = [base64.b64encode(b"x" * shift + token.encode())[4:-4].decode() for shift in range(3)]
        for form in [token, token.encode().hex(), token.encode().hex().upper(), *shifted]:
            assert signed_in.has_secret(form) == []


def test_after_signing_out_somebody_is_asked(signed_in, center):
    center.say("expire", what="access")
    center.say("expire", what="refresh")
    signed_in.run("process", "two").failed(4, "sign in", "warder refresh two")
    center.log.clear()
    signed_in.good("refresh", "two", "--device-code")
    assert center.log[-3:] == [DEVICE, TOKEN + ":device_code", PORTAL]
    assert key(signed_in, "two") == SIGN_IN_KEY


def test_forgetting_everything_says_that_sign_ins_go(signed_in, center):
    count = len(json.loads(signed_in.good("status", "--json"))["sessions"])
    result = signed_in.run("forget")
    assert count == 1
    expected = "warder: dropped 1 session and 1 sign-in\n"
    assert (result.code, result.err) == (0, expected)
    signed_in.run("process", "two").failed(4, "sign in")


def test_twenty_at_once_renew_once(corp, center):
    center.say("lives", access=200, role=960)
    corp.good("refresh", "one", "--device-code")
    corp.good("forget", "two")
    center.log.clear()
    center.say("lives", access=28800, role=3600)
    processes = [corp.start("process", name) for name in ["two", "one"] * 10]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 20, answers
    assert center.log.count(TOKEN + ":refresh_token") == 1
    assert center.log.count(PORTAL) <= 2


def test_killed_while_it_waits_for_consent(corp, center):
    center.say("device", **{"is": "pending"})
    process = corp.start("refresh", "one", "--device-code")
    wait_for(lambda: TOKEN + ":device_code" in center.log, "poll", seconds=120)
    process.kill()
    process.communicate()
    center.say("device", **{"is": "approved"})
    corp.good("refresh", "one", "--device-code")
    assert key(corp, "one") == SIGN_IN_KEY


def test_the_token_of_the_cli_serves(corp, center):
    center.cli_cache(corp, "corp")
    assert key(corp, "two") == SIGN_IN_KEY
    assert center.log == [PORTAL]


def test_after_aws_sso_login_refresh_opens_no_browser(corp, center):
    center.cli_cache(corp, "corp")
    corp.good("refresh", "two")
    assert center.log == [PORTAL] and opened(corp) == []


# What goes wrong


def test_a_profile_without_a_role(corp):
    corp.run("process", "nameless").failed(8, "config:", "sso_role_name")


@pytest.mark.parametrize("name, word", [("forbidden", "No access"), ("other", "sso_role_name")])
def test_a_role_that_is_not_given(signed_in, center, name, word):
    result = signed_in.run("process", name)
    result.failed(5, word)
    assert not any(token in result.err for token in center.center.access)


@pytest.mark.parametrize("statuses, code", [([500] * 9, 6), ([403] * 9, 5)])
def test_the_portal_fails(signed_in, center, statuses, code):
    center.say("fail", path=PORTAL, statuses=statuses)
    start = time.monotonic()
    result = signed_in.run("process", "two")
    assert result.code in (5, 6) and time.monotonic() - start < 10, (code, result)


@pytest.mark.parametrize("body", ["", "<html>", "{}", '{"roleCredentials": {"accessKeyId": 1}}', "[" * 100_000])
def test_the_portal_talks_nonsense(signed_in, center, body):
    center.say("fail", path=PORTAL, statuses=[200] * 5, body=body)
    signed_in.run("process", "two").failed(5)


def test_an_endpoint_without_https(corp, center):
    corp.environment["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://198.51.100.1/"
    corp.run("refresh", "one", "--device-code").failed(8, "AWS_ENDPOINT_URL_SSO_OIDC")


def test_a_region_cannot_lead_away(corp, center):
    corp.config(CONFIG.replace("sso_region = eu-west-1", "sso_region = eu-west-1.evil.example"))
    corp.environment = {k: v for k, v in corp.environment.items() if not k.startswith("AWS_ENDPOINT_URL_SSO")}
    corp.run("refresh", "one", "--device-code").failed(8, "region")


@pytest.mark.parametrize("command", [["process", "one"], ["explain", "one"], ["refresh", "one"], ["exec", "one", "true"],
                                     ["env", "one"]], ids=lambda command: command[0])
@pytest.mark.parametrize("region", ["eu_west_1", "eu-west-1.evil.example", "1"])
def test_a_region_that_is_none_is_said_first(corp, center, command, region):
    corp.config(CONFIG.replace("sso_region = eu-west-1", f"sso_region = {region}"))
    result = corp.run(*command)
    assert result.code == 8 and result.err.startswith(f"warder: {corp.config_file}:3: sso_region is not a region")
    assert center.log == []


def test_explain_says_that_somebody_must_sign_in(corp):
    explanation = json.loads(corp.good("explain", "one", "--json"))
    # `process` never signs in, whoever is there.
    assert explanation["prompts"] is False and "wants you to sign in" in explanation["fails"]
    last = corp.good("explain", "one").splitlines()[-2]
    assert last.startswith("next: fails: ") and last.endswith("run warder refresh one in a terminal")
    corp.run("process", "one").failed(4, "wants you to sign in", "warder refresh one")
