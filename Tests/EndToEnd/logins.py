"""Homes that sign in to the console, and browsers for them."""

import io
import json
import re
import shutil
import time
import urllib.request

import pytest
from signin import ARN, REGION, CLICache

CONFIG = f"""\
[profile me]
region = {REGION}
warder_login_session = {ARN}

[profile twin]
region = us-east-1
warder_login_session = {ARN}

[profile behind]
region = {REGION}
warder_role_arn = arn:aws:iam::222222222222:role/Admin
warder_source_profile = me
"""
# Follows the page as a browser does, in which the user does at once what they do.
BROWSER = """\
#!/bin/sh
printf '%s\\n' "$1" >> {home}/opened
exec curl --silent --location --output {home}/page "$1"
"""


def add_browser(home, script=BROWSER):
    """Puts a browser first in PATH, where a desktop has its own."""
    folder = home.root / "bin"
    folder.mkdir(exist_ok=True)
    (folder / "xdg-open").write_text(script.format(home=home.root))
    (folder / "xdg-open").chmod(0o755)
    home.environment |= {"PATH": f"{folder}:{home.environment['PATH']}", "DISPLAY": ":77", "BROWSER": "somebody's"}


def key(home, name="me"):
    return json.loads(home.good("process", name))["AccessKeyId"]


def last(sign_in):
    """The access key id that was given out last."""
    return sign_in.service.issued[-1]["accessToken"]["accessKeyId"]


def page_in(text):
    """The address of the page, as it is shown to the user."""
    return re.search(r"https?://\S+/v1/authorize\?\S+", text)[0]


def pasted(url):
    """What another device shows in the end."""
    with urllib.request.urlopen(url, timeout=30) as shown:
        return shown.read().decode()


PROMPT = "the code that the browser shows at the end: "


def sign_in_elsewhere(home, *command, codes=(pasted,)):
    """Runs warder at a terminal, and pastes what each of `codes` makes of the page's address; its terminal."""
    terminal = home.terminal(*(command or ("refresh", "me", "--device-code")))
    terminal.logfile_read = io.StringIO()
    terminal.expect(r"(https?://\S+/v1/authorize\?\S+)\r\n")
    page = terminal.match[1]
    for code in codes:
        terminal.expect_exact(PROMPT)
        terminal.pasted = code(page)
        terminal.sendline(terminal.pasted)
    return terminal


@pytest.fixture
def desktop_user(unlocked, sign_in):
    """An unlocked home whose user can sign in in a browser."""
    unlocked.config(CONFIG)
    unlocked.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    add_browser(unlocked)
    return unlocked


@pytest.fixture
def signed_in(desktop_user, sign_in):
    """The same, signed in; nothing is recorded yet."""
    desktop_user.good("refresh", "me")
    sign_in.requests.clear()
    return desktop_user


def sent_once(sign_in):
    """The refresh tokens that were sent."""
    sent = sign_in.sent()
    assert len(set(sent)) == len(sent), "a refresh token was sent twice"
    return sent


def own_due(home, sign_in):
    """Signs in, waits until the credentials have ended, and says how to come back to that."""
    sign_in.service.lives["access"] = 1
    home.good("refresh", "me")
    sign_in.service.lives["access"] = 900
    time.sleep(1.1)
    saved = home.root / "saved"
    shutil.copytree(home.cache, saved)

    def again():
        shutil.rmtree(home.cache)
        shutil.copytree(saved, home.cache)
        # What was sent is not in the cache.
        shutil.rmtree(home.root / "state/warder/sent", ignore_errors=True)
        sign_in.service.forget_use()
        sign_in.requests.clear()

    return again


def cli_due(home, sign_in):
    home.config(CONFIG.replace("warder_login_session", "login_session"))
    home.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url

    def again():
        home.good("forget")
        CLICache(home, sign_in)
        sign_in.requests.clear()

    return again


@pytest.fixture(params=["own", "cli"])
def due(request, sign_in):
    """A home whose sign-in, its own or the AWS CLI's, must be renewed; `due.again()` makes it so once more."""
    home = request.getfixturevalue({"own": "desktop_user", "cli": "bare"}[request.param])
    home.again = {"own": own_due, "cli": cli_due}[request.param](home, sign_in)
    home.again()
    return home
